// The page follows the room: whatever changed, all of it is shown as it is now.

import { fill, words } from "./cards.js";
import { showDesk } from "./desk.js";
import { may } from "./permissions.js";

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./media.js").Media} media
 * @property {import("./view.js").View} view
 * @property {import("./entrance.js").Entrance} entrance
 * @property {import("./sounding.js").Sounding} sounding
 */

export class Showing {
  #blocked = false; // the browser wants a tap before it plays
  /** @type {string[]} */
  #speaking = [];

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    const { room, media, view } = parts;
    for (const type of ["changed", "terms"]) room.addEventListener(type, () => this.show());
    room.addEventListener("speaking", (event) => {
      this.#speaking = /** @type {CustomEvent<string[]>} */ (event).detail;
      this.show();
    });
    media.addEventListener("state", (event) => view.media(/** @type {CustomEvent<string>} */ (event).detail));
    for (const type of ["blocked", "playing"])
      media.addEventListener(type, () => {
        this.#blocked = type === "blocked";
        this.show();
      });
  }

  show() {
    this.parts.view.keepingFocus(() => this.#showAll());
  }

  #showAll() {
    const { room, view, entrance, sounding } = this.parts;
    const { snapshot, you } = room;
    if (snapshot) {
      view.show(snapshot);
      this.#followMode(snapshot.confidentiality);
      view.ring(this.#speaking);
    }
    showDesk(room.state === "inside" ? you : null, snapshot, room.desk);
    view.situate(
      {
        state: room.state,
        asks: entrance.asks,
        expectsStage: view.room.dataset.onStage === "true",
        role: you?.role ?? "member",
        onStage: room.onStage,
        muted: you?.muted ?? true,
        unheard: room.unheard,
        silent: sounding.silent,
        place: you?.place ?? 0,
        lineWaits: Boolean(you?.line_waiting),
        invited: Boolean(you?.invited_by),
        handPolicy: snapshot?.hand_policy ?? "everyone",
        frozen: snapshot?.frozen ?? false,
        blocked: this.#blocked,
        wait: room.wait,
      },
      { speaking: Boolean(you && this.#speaking.includes(you.id)), mayEnd: Boolean(you && may(you, "room.end")) },
    );
    sounding.follow();
  }

  /** Say that the room is more confidential from now on. @param {string} mode */
  #followMode(mode) {
    const { view } = this.parts;
    if (view.room.dataset.confidentiality === mode) return;
    view.room.dataset.confidentiality = mode;
    view.toast(fill(words.newMode, { MODE: view.modeName(mode) }));
  }
}
