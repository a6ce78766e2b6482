// The page's half of the rules: what ordered events do to a snapshot.

import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEvent, applyToDesk, inOrder, judge } from "../../static/js/room/stage.js";
import { hand, person, snapshotWith } from "./people.mjs";

/** @typedef {import("../../static/js/room/protocol.js").Frame} Frame */

const empty = snapshotWith({ faces: [{ id: "f", name: "F", initials: "F", tint: 0, portrait: "", role: "member", claims: [] }] });
/** @type {import("../../static/js/room/protocol.js").Desk} */
const desk = { seq: 7, hands: [], invited: [] };

test("who is seated appears in the order of coming, once", () => {
  let snapshot = applyEvent(empty, { type: "stage.seated", seq: 5, data: { person: person("late", 2), by: "" } });
  snapshot = applyEvent(snapshot, { type: "stage.seated", seq: 6, data: { person: person("early", 1), by: "" } });
  snapshot = applyEvent(snapshot, { type: "stage.seated", seq: 7, data: { person: person("late", 2, { muted: false }), by: "" } });
  assert.deepEqual(snapshot.stage.map((found) => found.id), ["early", "late"]);
  assert.equal(snapshot.stage[1]?.muted, false);
  assert.equal(snapshot.seq, 7);
});

test("muting changes one person and leaves the old snapshot alone", () => {
  const before = { ...empty, stage: [person("a", 1), person("b", 2)] };
  const after = applyEvent(before, { type: "stage.muted", seq: 5, data: { person: "b", muted: false, by: "" } });
  assert.deepEqual(after.stage.map((found) => found.muted), [true, false]);
  assert.deepEqual(before.stage.map((found) => found.muted), [true, true]);
});

test("who is unseated is gone, and unseating nobody changes nothing", () => {
  const before = { ...empty, stage: [person("a", 1)] };
  assert.deepEqual(applyEvent(before, { type: "stage.unseated", seq: 5, data: { person: "a", by: "" } }).stage, []);
  assert.deepEqual(applyEvent(before, { type: "stage.unseated", seq: 5, data: { person: "x", by: "" } }).stage, before.stage);
});

test("an ended room has nobody in it", () => {
  const after = applyEvent({ ...empty, stage: [person("a", 1)] }, { type: "room.ended", seq: 5, data: { by: "a" } });
  assert.deepEqual([after.phase, after.stage, after.faces, after.count], ["ended", [], [], 0]);
});

test("the audience is counted outside the order", () => {
  const after = applyEvent(empty, { type: "audience.changed", data: { count: 9, faces: [] } });
  assert.deepEqual([after.count, after.seq], [9, 4]);
});

test("an unknown event changes nothing", () => {
  const unknown = /** @type {Frame} */ (/** @type {unknown} */ ({ type: "from.the.future", data: {} }));
  assert.equal(applyEvent(empty, unknown), empty);
});

test("the next is applied, the known dropped, a gap asks for the snapshot", () => {
  assert.deepEqual([5, 4, 1, 6].map((seq) => judge(4, seq)), ["apply", "drop", "drop", "sync"]);
});

test("equal numbers are ordered by id, as the server does", () => {
  assert.deepEqual(inOrder([person("b", 1), person("a", 1)]).map((found) => found.id), ["a", "b"]);
});

test("hands stand in the order they were raised, and a line changed keeps its place", () => {
  let after = applyToDesk(desk, { type: "hand.raised", seq: 8, data: { hand: hand("b", 2) } });
  after = applyToDesk(after, { type: "hand.raised", seq: 9, data: { hand: hand("a", 1) } });
  after = applyToDesk(after, { type: "hand.raised", seq: 10, data: { hand: hand("a", 1, "why") } });
  assert.deepEqual(after.hands.map((found) => [found.person.id, found.line]), [["a", "why"], ["b", ""]]);
  after = applyToDesk(after, { type: "hand.lowered", seq: 11, data: { person: "a", by: "" } });
  assert.deepEqual([after.hands.map((found) => found.person.id), after.seq], [["b"], 11]);
});

test("an invitation is on the desk until it ends", () => {
  const invited = applyToDesk(desk, { type: "stage.invited", seq: 8, data: { person: person("a", 0), by: "host" } });
  assert.deepEqual(invited.invited.map((found) => found.id), ["a"]);
  assert.deepEqual(applyToDesk(invited, { type: "stage.invitation_ended", seq: 9, data: { person: "a" } }).invited, []);
});

test("freezing mutes everybody, and letting go on unmutes nobody", () => {
  const before = { ...empty, stage: [person("a", 1, { muted: false })] };
  const frozen = applyEvent(before, { type: "room.frozen", seq: 5, data: { frozen: true, by: "staff" } });
  assert.deepEqual([frozen.frozen, frozen.stage[0]?.muted], [true, true]);
  const on = applyEvent(frozen, { type: "room.frozen", seq: 6, data: { frozen: false, by: "staff" } });
  assert.deepEqual([on.frozen, on.stage[0]?.muted], [false, true]);
});
