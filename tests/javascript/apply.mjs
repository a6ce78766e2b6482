// Applies histories of events as a page does: reads `[{snapshot, events}, …]` as JSON from standard input, writes the
// snapshots that come of them. tests/rooms/test_both_ends.py compares them with the server's.

import { applyEvent } from "../../static/js/room/stage.js";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const results = JSON.parse(text).map(({ snapshot, events }) => events.reduce(applyEvent, snapshot));
process.stdout.write(JSON.stringify(results));
