// Reactions: how many tapped what, shown beside each button for a moment. Not announced: they would talk over the speakers.

import { find, part } from "./cards.js";

const SHOWN_MILLISECONDS = 4000;

export class Reactions {
  /** @type {Map<string, {count: number, timer: number}>} */
  #shown = new Map();
  #buttons = find("reactions");

  /**
   * Add what came to what is shown.
   * @param {import("./protocol.js").ReactionCount[]} counts
   */
  show(counts) {
    for (const { reaction, count } of counts) {
      const button = this.#buttons.querySelector(`[data-reaction="${CSS.escape(reaction)}"]`);
      if (!button) continue;
      const before = this.#shown.get(reaction);
      window.clearTimeout(before?.timer);
      const total = (before?.count ?? 0) + count;
      part(button, ".count").textContent = String(total);
      const timer = window.setTimeout(() => {
        this.#shown.delete(reaction);
        part(button, ".count").textContent = "";
      }, SHOWN_MILLISECONDS);
      this.#shown.set(reaction, { count: total, timer });
    }
  }
}
