// Reporting what a page shows without leaving it: the link opens the form that stands beside it. Without scripts it leads to a
// page of its own.

import "./choice.js";

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest("a[data-report], .report-dialog [data-close]") : null;
  if (!(pressed instanceof HTMLElement) || event.defaultPrevented) return;
  if (pressed instanceof HTMLAnchorElement) open(pressed, event);
  else pressed.closest("dialog")?.close();
});

/**
 * @param {HTMLAnchorElement} link
 * @param {MouseEvent} event
 */
function open(link, event) {
  const dialog = document.getElementById(link.dataset.report ?? "");
  const elsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!(dialog instanceof HTMLDialogElement) || elsewhere) return;
  event.preventDefault();
  dialog.showModal();
}
