// What a host is told of blocks: who meets whom here. A row each, until it is put away; somebody it concerns may have left by then.

import { fill, find, fromTemplate, part, words } from "./cards.js";

/** @typedef {import("./protocol.js").RoomConflict} RoomConflict */

/**
 * @param {import("./room.js").Room} room
 * @param {import("./view.js").View} view
 */
export function showConflicts(room, view) {
  const list = find("conflicts");
  const told = new Set(); // whoever only came back meets nobody anew
  room.addEventListener("conflict", (event) => {
    const conflict = /** @type {CustomEvent<RoomConflict>} */ (event).detail;
    const key = `${conflict.first} ${conflict.second}`;
    if (told.has(key)) return;
    told.add(key);
    const sentence = fill(words.conflict, { FIRST: conflict.first_name, SECOND: conflict.second_name });
    const item = /** @type {HTMLElement} */ (fromTemplate("conflict"));
    part(item, "[data-text]").textContent = sentence;
    part(item, "button").addEventListener("click", () => {
      item.remove();
      if (!list.children.length) find("desk-title").focus();
    });
    list.append(item);
    view.announce(sentence);
  });
  room.addEventListener("changed", () => {
    list.hidden = room.you?.role !== "host";
  });
}
