// The way in and out: what is agreed to first, being in another room already, leaving, and ending the room for all.

import { find, words } from "./cards.js";
import { askLeaveOther, confirmed } from "./dialogs.js";

/** @typedef {import("./wire.js").Refusal} Refusal */

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./view.js").View} view
 * @property {import("./attempts.js").Attempt} attempt
 */

export class Entrance {
  /** The confidentiality to agree to before entering; empty if there is none, or one has. */
  asks = "";

  /** @param {Parts} parts */
  constructor({ room, view, attempt }) {
    this.room = room;
    this.view = view;
    this.asks = view.room.dataset.asks ?? "";
    room.addEventListener("changed", () => {
      if (room.state === "inside") this.asks = "";
    });
    room.addEventListener("asked", (event) => this.#askedToLeave(/** @type {CustomEvent<Refusal>} */ (event).detail));
    room.addEventListener("terms", (event) => {
      this.asks = /** @type {CustomEvent<string>} */ (event).detail;
      view.alert("");
    });
    find("leave").addEventListener("click", (event) => this.#leave(event));
    find("end").addEventListener("click", () =>
      attempt("end", async () => {
        if (await confirmed(words.endTitle, words.endText, words.endYes)) await room.act("room.end");
      }),
    );
  }

  /** Enter, from within a tap. */
  enter() {
    this.view.alert("");
    this.view.full(false);
    this.room.accepts = this.asks || this.room.accepts;
    const asStaff = /** @type {HTMLInputElement | null} */ (this.view.room.querySelector("#as-staff"));
    this.room.asStaff = asStaff?.checked ?? false;
    this.room.enter();
  }

  /** @param {Refusal} refusal */
  async #askedToLeave({ details }) {
    const answer = await askLeaveOther(details);
    if (answer === "yes") this.room.enter(true);
    if (answer === "back") location.assign(this.view.room.dataset.roomPath?.replace("ROOM", details.room ?? "") ?? "/");
  }

  /** @param {MouseEvent} event */
  async #leave(event) {
    if (this.room.state !== "inside") return;
    event.preventDefault();
    const home = /** @type {HTMLAnchorElement} */ (event.currentTarget).href;
    await this.room.leave();
    location.assign(home);
  }
}
