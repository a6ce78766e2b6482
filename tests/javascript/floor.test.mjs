// Floor time: what the server counted, counted on second by second, without jumping.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Floor, standing } from "../../static/js/room/floor.js";

/** @type {(times: Record<string, number>, holder?: string, held?: number) => import("../../static/js/room/protocol.js").StageFloor} */
const told = (times, holder = "", held = 0) => ({
  times: Object.entries(times).map(([person, seconds]) => ({ person, seconds })),
  holder,
  held,
});

test("whoever speaks is counted on, and whoever does not stands still", () => {
  const floor = new Floor();
  floor.hear(told({ host: 60, guest: 9 }), 0);
  floor.speak(["host"], 0);
  assert.deepEqual([floor.spoken("host", 3000), floor.spoken("guest", 3000)], [63, 9]);
  floor.speak(["guest"], 3000);
  assert.deepEqual([floor.spoken("host", 5000), floor.spoken("guest", 5000)], [63, 11]);
});

test("whoever was never heard of has not spoken, and is counted once they do", () => {
  const floor = new Floor();
  assert.equal(floor.spoken("host", 1000), 0);
  floor.speak(["host"], 1000);
  assert.equal(floor.spoken("host", 3500), 2);
});

test("a new figure does not jump back within its second", () => {
  const floor = new Floor();
  floor.speak(["host"], 0);
  floor.hear(told({ host: 4 }), 4800);
  assert.equal(floor.spoken("host", 5000), 5);
  floor.hear(told({ host: 4 }), 5000);
  assert.equal(floor.spoken("host", 5001), 5);
});

test("the server is right where the page counted otherwise", () => {
  const floor = new Floor();
  floor.speak(["host"], 0);
  floor.hear(told({ host: 2 }), 30_000);
  assert.equal(floor.spoken("host", 30_000), 2);
  floor.hear(told({ host: 90 }), 31_000);
  assert.equal(floor.spoken("host", 32_000), 91);
});

test("whoever left is forgotten", () => {
  const floor = new Floor();
  floor.hear(told({ host: 60, guest: 9 }), 0);
  floor.hear(told({ host: 60 }), 5000);
  assert.equal(floor.spoken("guest", 5000), 0);
});

test("a turn counts on through pauses, begins anew with another, and ends with the silence", () => {
  const floor = new Floor();
  floor.hear(told({ host: 5 }, "host", 7), 0);
  assert.deepEqual([floor.holder, floor.held(4000)], ["host", 11]);
  floor.hear(told({ host: 5, guest: 1 }, "guest"), 4000);
  assert.deepEqual([floor.holder, floor.held(6000)], ["guest", 2]);
  floor.hear(told({ host: 5, guest: 3 }), 9000);
  assert.deepEqual([floor.holder, floor.held(20_000)], ["", 0]);
});

test("a turn is free without a limit, and with one it runs, ends soon, and is over", () => {
  assert.equal(standing(9000, 0), "free");
  assert.deepEqual([0, 104, 105, 119, 120, 500].map((held) => standing(held, 120)), ["running", "running", "soon", "soon", "over", "over"]);
});
