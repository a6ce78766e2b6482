// Reactions: how many tapped what, shown beside each button for a moment. Not announced: they would talk over the speakers.

import { find, part } from "./cards.js";

const SHOWN_MILLISECONDS = 4000;
/** @type {Map<string, {count: number, timer: number}>} */
const shown = new Map();

/**
 * Add what came to what is shown.
 * @param {import("./protocol.js").ReactionCount[]} counts
 */
export function showReactions(counts) {
  for (const { reaction, count } of counts) {
    const button = find("reactions").querySelector(`[data-reaction="${CSS.escape(reaction)}"]`);
    if (!button) continue;
    const before = shown.get(reaction);
    window.clearTimeout(before?.timer);
    const total = (before?.count ?? 0) + count;
    part(button, ".count").textContent = String(total);
    const timer = window.setTimeout(() => {
      shown.delete(reaction);
      part(button, ".count").textContent = "";
    }, SHOWN_MILLISECONDS);
    shown.set(reaction, { count: total, timer });
  }
}
