// The one big button in each situation: design's table, row by row.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bigButton } from "../../static/js/room/button.js";

/** @typedef {import("../../static/js/room/button.js").Situation} Situation */

/** @type {Situation} a member who listens, hands open */
const listening = {
  ...{ state: "inside", asks: "", expectsStage: false, role: "member", onStage: false, muted: true, unheard: false, silent: false, place: 0, lineWaits: false },
  ...{ invited: false, handPolicy: "everyone", frozen: false, blocked: false, wait: 0 },
};
const speaking = { ...listening, onStage: true, muted: false };

/** @type {[string, Partial<Situation>, string, string][]} what it is, the situation, the word, what a tap does */
const SITUATIONS = [
  ["outside, to listen", { state: "outside" }, "listen", "enter"],
  ["outside, with a seat on stage", { state: "outside", expectsStage: true }, "enter", "enter"],
  ["outside, with something to agree to", { state: "outside", asks: "chatham" }, "agree", "enter"],
  ["the same with a seat on stage", { state: "outside", asks: "chatham", expectsStage: true }, "agree", "enter"],
  ["entering", { state: "joining" }, "joining", ""],
  ["reconnecting, trying now", { state: "reconnecting" }, "reconnecting", ""],
  ["reconnecting in seconds", { state: "reconnecting", wait: 3 }, "reconnectingIn", ""],
  ["the room went on in another tab", { state: "elsewhere" }, "elsewhere", "enter"],
  ["it failed", { state: "failed" }, "again", "enter"],
  ["over", { state: "ended" }, "ended", ""],
  ["the browser wants a tap, whatever else", { blocked: true, place: 2, invited: true }, "tap", "play"],
  ["hands open", {}, "raise", "raise"],
  ["a hand up", { place: 3 }, "handUp", "lower"],
  ["a hand up stays so with an invitation", { place: 3, invited: true }, "handUp", "lower"],
  ["invited", { invited: true }, "joinStage", "join"],
  ["invited while hands are closed", { invited: true, handPolicy: "nobody" }, "joinStage", "join"],
  ["the host in the audience", { role: "host" }, "joinStage", "join"],
  ["a moderator in the audience", { role: "moderator", handPolicy: "nobody" }, "joinStage", "join"],
  ["hands closed", { handPolicy: "nobody" }, "handsClosed", ""],
  ["hands for those who are followed", { handPolicy: "followed" }, "raise", "raise"],
  ["on stage, muted", { onStage: true }, "unmute", "unmute"],
  ["on stage, live", { onStage: true, muted: false }, "mute", "mute"],
  ["paused, on stage", { onStage: true, frozen: true }, "frozen", ""],
  ["paused, live still: muting is never refused", { onStage: true, muted: false, frozen: true }, "mute", "mute"],
  ["paused, listening", { frozen: true }, "frozen", ""],
  ["paused, a hand can come down", { frozen: true, place: 1 }, "handUp", "lower"],
  ["a guest", { role: "guest" }, "askToJoin", "signup"],
  ["staff", { role: "staff" }, "asStaff", ""],
];

for (const [name, situation, word, does] of SITUATIONS)
  test(name, () => {
    const button = bigButton({ ...listening, ...situation });
    assert.deepEqual([button.word, button.does], [word, does]);
  });

test("what a tap does nothing about looks at rest", () => {
  for (const [name, situation, , does] of SITUATIONS)
    assert.equal(bigButton({ ...listening, ...situation }).look === "rest", does === "", name);
});

test("words with a hand that wait for staff are told of beside the button", () => {
  assert.equal(bigButton({ ...listening, place: 1 }).hint, "handUpHint");
  assert.equal(bigButton({ ...listening, place: 1, lineWaits: true }).hint, "lineWaitsHint");
});

test("an open microphone that nothing comes from is said beside the button", () => {
  assert.equal(bigButton({ ...speaking, unheard: true }).hint, "unheardHint");
  assert.equal(bigButton({ ...speaking, silent: true, unheard: true }).hint, "silentHint");
  assert.equal(bigButton(speaking).hint, undefined);
  assert.equal(bigButton({ ...speaking, muted: true, unheard: true }).hint, undefined);
});
