// Sharing a room: by the device's own sheet where there is one; else its link to copy, and a code for another phone's camera.

import { find } from "./cards.js";

/** Let the share button share. */
export function offerSharing() {
  const button = find("share");
  const { title = "", address = "" } = button.dataset;
  const dialog = /** @type {HTMLDialogElement} */ (find("share-dialog"));
  const link = /** @type {HTMLInputElement} */ (find("share-link"));
  const copy = find("share-copy");
  button.addEventListener("click", async () => {
    // A desk has a sheet too, in some browsers, but its owner wants the code: only a touch screen is given the sheet.
    if (!navigator.share || !matchMedia("(pointer: coarse)").matches) {
      dialog.showModal();
      return;
    }
    try {
      await navigator.share({ title, url: address });
    } catch (error) {
      // They closed the sheet again; whatever else went wrong, the link is there.
      if (!(error instanceof DOMException && error.name === "AbortError")) dialog.showModal();
    }
  });
  copy.addEventListener("click", async () => {
    link.select();
    let said = copy.dataset.copied;
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      said = copy.dataset.select; // no clipboard without HTTPS, or it was refused
    }
    find("share-said").textContent = said ?? "";
  });
  dialog.addEventListener("close", () => find("share-said").replaceChildren());
}
