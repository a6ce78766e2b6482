// Applies histories of events as a page does: reads `[{snapshot, desk, events}, …]` as JSON from standard input, writes what
// comes of them. tests/rooms/test_histories.py compares it with the server's.

import { ORDERED } from "../../static/js/room/protocol.js";
import { applyEvent, applyToDesk } from "../../static/js/room/stage.js";

/** @typedef {import("../../static/js/room/protocol.js").Frame} Frame */
/** @typedef {import("../../static/js/room/protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("../../static/js/room/protocol.js").Desk} Desk */

let text = "";
for await (const chunk of process.stdin) text += chunk;
/** @type {{snapshot: RoomSnapshot, desk: Desk, events: Frame[]}[]} */
const histories = JSON.parse(text);
const results = histories.map(({ snapshot, desk, events }) => {
  const told = (/** @type {string} */ history) => events.filter((event) => ORDERED[event.type] === history);
  return { snapshot: told("everyone").reduce(applyEvent, snapshot), desk: told("moderators").reduce(applyToDesk, desk) };
});
process.stdout.write(JSON.stringify(results));
