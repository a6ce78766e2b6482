// The floor's time on the stage's cards, second by second. A quiet figure: it is there to be read, and announced by nobody.

import { fill, find, part, words } from "./cards.js";
import { Floor } from "./floor.js";
import { clockOf } from "./talk.js";

const EVERY_MILLISECONDS = 1000;

export class FloorClock {
  #floor = new Floor();
  #stage = find("stage");

  /**
   * @param {import("./room.js").Room} room
   * @param {AbortSignal} gone the page is not in the document any more
   */
  constructor(room, gone) {
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
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.#stage.querySelectorAll("[data-person]"))) {
      const person = item.dataset.person ?? "";
      const spoken = this.#floor.spoken(person, now);
      const turn = person === this.#floor.holder ? fill(words.turn, { TIME: clockOf(this.#floor.held(now)) }) : "";
      part(item, "[data-floor]").hidden = spoken === 0 && !turn;
      write(part(item, "[data-spoken]"), clockOf(spoken));
      write(part(item, "[data-turn]"), turn);
    }
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
