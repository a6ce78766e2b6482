// A list in which nothing is chosen beforehand, and something has to be: what is missing is said beside it, in the page's language.

document.addEventListener("invalid", (event) => refuse(event), { capture: true });
document.addEventListener("change", ({ target }) => clear(target));
document.addEventListener("reset", ({ target }) => {
  if (target instanceof HTMLFormElement) for (const list of target.querySelectorAll("select[data-choose]")) clear(list);
});

/** @param {Event} event */
function refuse(event) {
  const list = event.target;
  if (!(list instanceof HTMLSelectElement) || !list.dataset.choose) return;
  event.preventDefault(); // the browser's own bubble speaks the browser's language
  const error = errorOf(list) ?? document.createElement("p");
  error.id = `${list.id}_error`;
  error.className = "errorlist";
  error.setAttribute("role", "alert");
  list.after(error);
  error.textContent = list.dataset.choose;
  list.setAttribute("aria-invalid", "true");
  list.setAttribute("aria-describedby", error.id);
  list.focus();
}

/** @param {EventTarget | null} list */
function clear(list) {
  if (!(list instanceof HTMLSelectElement) || !list.dataset.choose) return;
  errorOf(list)?.remove();
  list.removeAttribute("aria-invalid");
  list.removeAttribute("aria-describedby");
}

/** @param {HTMLSelectElement} list */
function errorOf(list) {
  return document.getElementById(`${list.id}_error`);
}
