// Buttons that copy what stands in a field: `data-copies` names it. Where the browser refuses, the text is marked to be copied by hand.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-copies]")))
  button.addEventListener("click", async () => {
    const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (document.getElementById(button.dataset.copies ?? ""));
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus();
      field.select();
      copied = document.execCommand("copy"); // in-app browsers have nothing newer
    }
    button.textContent = (copied ? button.dataset.copied : button.dataset.byHand) ?? "";
  });
