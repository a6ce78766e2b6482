// Finding people, for those who run the room: who is here is looked up again by itself when stage or audience changed.

import { find } from "./cards.js";
import { showFound } from "./desk.js";

/** @typedef {import("./protocol.js").Visitor} Visitor */
/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */

const LOOK_EVERY_MILLISECONDS = 2500;

export class People {
  /** @type {Visitor[]} */
  found = [];
  #query = "";
  #known = ""; // what the room looked like when it was looked up last

  /**
   * @param {(query: string) => Promise<Visitor[]>} ask
   * @param {() => RoomSnapshot | null} room the room, while this person may look
   * @param {AbortSignal} gone the page is not in the document any more
   */
  constructor(ask, room, gone) {
    this.ask = ask;
    this.room = room;
    const timer = window.setInterval(() => this.#again(), LOOK_EVERY_MILLISECONDS);
    gone.addEventListener("abort", () => clearInterval(timer));
  }

  /** Look for those whom the field names; everybody, if it is empty. */
  async search() {
    this.#query = /** @type {HTMLInputElement} */ (find("find-query")).value;
    this.#known = this.#looks();
    this.found = await this.ask(this.#query);
    showFound(this.found);
    find("found").dataset.query = this.#query;
  }

  /** Look again, if this person runs the room and it changed since; what does not come is not missed. */
  async #again() {
    const looks = this.#looks();
    if (!looks || looks === this.#known || document.hidden) return;
    if (/** @type {HTMLInputElement} */ (find("find-query")).value !== this.#query) return; // they are typing
    await this.search().catch(() => {
      this.#known = "";
    });
  }

  #looks() {
    const room = this.room();
    return room ? `${room.seq} ${room.count} ${room.faces.map((face) => face.id).join()}` : "";
  }
}
