// The desk of those who run the room as a sheet above the bar on a phone; on a wide page it always stands beside the stage.

import { find } from "./cards.js";

const PHONE = "(max-width: 959px)";

/** Let the desk come up and go down. */
export function offerSheet() {
  const [desk, button] = [find("desk"), find("open-desk")];
  const open = (/** @type {boolean} */ isOpen) => {
    desk.dataset.open = String(isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
  };
  const close = () => {
    open(false);
    button.focus();
  };
  button.addEventListener("click", () => {
    if (desk.dataset.open === "true") return close();
    open(true);
    find("desk-title").focus();
  });
  find("desk-close").addEventListener("click", close);
  desk.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && matchMedia(PHONE).matches) close();
  });
  // One sheet at a time.
  for (const other of ["open-chat", "open-questions"]) find(other).addEventListener("click", () => open(false));
}
