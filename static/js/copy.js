// Buttons that copy what stands in a field: `data-copies` names it. Where the browser refuses, the text is marked to be copied by
// hand. Listens to the document, so that it is there for every page that comes into it.

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-copies]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  const part = button.closest("main, aside"); // another page may be in the document, with a field of the same name
  const field = part?.querySelector(`#${button.dataset.copies}`);
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
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
