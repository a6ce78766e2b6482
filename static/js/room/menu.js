// What has no place in a row on a phone: behind one button, by keyboard too. On a wide page all of it stands in the row.

import { find } from "./cards.js";

/**
 * Let a button open and close what it controls.
 * @param {AbortSignal} gone the page is not in the document any more
 */
export function offerMenu(gone) {
  const [button, menu] = [find("room-more"), find("room-menu")];
  const open = (/** @type {boolean} */ isOpen) => {
    menu.dataset.open = String(isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  const isOpen = () => menu.dataset.open === "true";
  button.addEventListener("click", () => open(!isOpen()));
  const closed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    open(false);
    button.focus();
  };
  for (const part of [button, menu]) part.addEventListener("keydown", closed);
  const elsewhere = (/** @type {Event} */ event) => {
    if (isOpen() && event.target instanceof Node && !button.contains(event.target)) open(false);
  };
  document.addEventListener("click", elsewhere, { signal: gone });
}
