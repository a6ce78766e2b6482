// The floor's time on the stage's cards, second by second, and the limit that the host has set to a turn. A quiet figure: it is
// there to be read. Only whoever has the floor is told that their turn ends, once before and once when it does.

import { fill, find, part, words } from "./cards.js";
import { Floor, standing } from "./floor.js";
import { clockOf } from "./talk.js";

const EVERY_MILLISECONDS = 1000;

export class FloorClock {
  #floor = new Floor();
  #stage = find("stage");
  #told = ""; // what whoever sits here was told of their turn

  /**
   * @param {import("./room.js").Room} room
   * @param {import("./view.js").View} view
   * @param {AbortSignal} gone the page is not in the document any more
   */
  constructor(room, view, gone) {
    this.room = room;
    this.view = view;
    room.addEventListener("floor", (event) => {
      this.#floor.hear(/** @type {CustomEvent<import("./protocol.js").StageFloor>} */ (event).detail, performance.now());
      this.#show();
    });
    room.addEventListener("speaking", (event) =>
      this.#floor.speak(/** @type {CustomEvent<string[]>} */ (event).detail, performance.now()),
    );
    room.addEventListener("changed", () => {
      if (room.state !== "inside") this.#floor.speak([], performance.now()); // nobody says who speaks meanwhile
      this.#show();
    });
    const timer = window.setInterval(() => this.#show(), EVERY_MILLISECONDS);
    gone.addEventListener("abort", () => clearInterval(timer));
  }

  #show() {
    const now = performance.now();
    const limit = this.room.snapshot?.turn_limit ?? 0;
    const held = this.#floor.held(now);
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.#stage.querySelectorAll("[data-person]"))) {
      const person = item.dataset.person ?? "";
      const spoken = this.#floor.spoken(person, now);
      const mine = person === this.#floor.holder;
      const turn = mine ? fill(limit ? words.turnOf : words.turn, { TIME: clockOf(held), LIMIT: clockOf(limit) }) : "";
      part(item, "[data-floor]").hidden = spoken === 0 && !turn;
      part(item, "[data-floor]").dataset.standing = mine ? standing(held, limit) : "free";
      write(part(item, "[data-spoken]"), clockOf(spoken));
      write(part(item, "[data-turn]"), turn);
      part(item, "[data-turn-over]").hidden = !mine || standing(held, limit) !== "over";
    }
    this.#tell(held, limit);
  }

  /**
   * @param {number} held
   * @param {number} limit
   */
  #tell(held, limit) {
    const { you, state } = this.room;
    const mine = state === "inside" && you?.id === this.#floor.holder;
    const told = mine ? standing(held, limit) : "free";
    if (told === this.#told) return;
    this.#told = told;
    if (told === "soon") this.view.toast(fill(words.turnSoon, { SECONDS: limit - held }));
    if (told === "over") this.view.toast(words.turnOver ?? "");
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
