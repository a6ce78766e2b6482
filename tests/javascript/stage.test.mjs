// The page's half of the rules: what ordered events do to a snapshot.

import assert from "node:assert/strict";
import { test } from "node:test";

import { applyEvent, inOrder, judge } from "../../static/js/room/stage.js";

const person = (id, number, more = {}) => ({ id, number, name: id, muted: true, role: "member", position: "stage", ...more });
const empty = { seq: 4, phase: "live", stage_size: 8, stage: [], count: 3, faces: [{ id: "f" }] };

test("who is seated appears in the order of coming, once", () => {
  let snapshot = applyEvent(empty, { type: "stage.seated", seq: 5, data: { person: person("late", 2) } });
  snapshot = applyEvent(snapshot, { type: "stage.seated", seq: 6, data: { person: person("early", 1) } });
  snapshot = applyEvent(snapshot, { type: "stage.seated", seq: 7, data: { person: person("late", 2, { muted: false }) } });
  assert.deepEqual(snapshot.stage.map((found) => found.id), ["early", "late"]);
  assert.equal(snapshot.stage[1].muted, false);
  assert.equal(snapshot.seq, 7);
});

test("muting changes one person and leaves the old snapshot alone", () => {
  const before = { ...empty, stage: [person("a", 1), person("b", 2)] };
  const after = applyEvent(before, { type: "stage.muted", seq: 5, data: { person: "b", muted: false } });
  assert.deepEqual(after.stage.map((found) => found.muted), [true, false]);
  assert.deepEqual(before.stage.map((found) => found.muted), [true, true]);
});

test("who is unseated is gone, and unseating nobody changes nothing", () => {
  const before = { ...empty, stage: [person("a", 1)] };
  assert.deepEqual(applyEvent(before, { type: "stage.unseated", seq: 5, data: { person: "a" } }).stage, []);
  assert.deepEqual(applyEvent(before, { type: "stage.unseated", seq: 5, data: { person: "x" } }).stage, before.stage);
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
  assert.equal(applyEvent(empty, { type: "from.the.future", data: {} }), empty);
});

test("the next is applied, the known dropped, a gap asks for the snapshot", () => {
  assert.deepEqual([5, 4, 1, 6].map((seq) => judge(empty, seq)), ["apply", "drop", "drop", "sync"]);
});

test("equal numbers are ordered by id, as the server does", () => {
  assert.deepEqual(inOrder([person("b", 1), person("a", 1)]).map((found) => found.id), ["a", "b"]);
});
