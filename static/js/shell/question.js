// A question on whatever page is shown, from a <template> that holds a <dialog>.

/**
 * @param {HTMLTemplateElement} template
 * @returns {Promise<boolean>} whether the answer was yes
 */
export function agreed(template) {
  const dialog = /** @type {HTMLDialogElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
