// Which square of a picture is kept: always within it, always square, and its middle stays when it is made smaller.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Crop } from "../../static/js/photo/crop.js";

/** @param {Crop} crop */
const within = (crop) =>
  crop.x >= 0 && crop.y >= 0 && crop.x + crop.side <= crop.width + 1e-9 && crop.y + crop.side <= crop.height + 1e-9;

test("it begins with the largest square, around the middle", () => {
  const crop = new Crop(600, 300);
  assert.deepEqual([crop.x, crop.y, crop.side], [150, 0, 300]);
  assert.deepEqual(crop.where, { across: 50, down: 50 });
});

test("the picture follows the hand, and the window never leaves it", () => {
  const crop = new Crop(600, 300);
  crop.drag(0.1, 0.5);
  assert.deepEqual([crop.x, crop.y], [120, 0]);
  crop.drag(9, 9);
  assert.deepEqual([crop.x, crop.y], [0, 0]);
  crop.drag(-9, -9);
  assert.deepEqual([crop.x, crop.y], [300, 0]);
  assert.deepEqual(crop.where, { across: 100, down: 50 });
});

test("larger and smaller, the middle stays, as far as the picture goes", () => {
  const crop = new Crop(400, 400);
  crop.zoomTo(2);
  assert.deepEqual([crop.x, crop.y, crop.side], [100, 100, 200]);
  crop.drag(1, 1);
  crop.zoomTo(1);
  assert.deepEqual([crop.x, crop.y, crop.side], [0, 0, 400]);
  crop.zoomTo(99);
  assert.equal(crop.zoom, 4);
  crop.zoomTo(0);
  assert.equal(crop.zoom, 1);
});

test("whatever is done to it, it stays within", () => {
  const crop = new Crop(1000, 1);
  for (let step = 0; step < 200; step++) {
    crop.drag(Math.sin(step) * 3, Math.cos(step) * 3);
    crop.zoomTo(1 + (step % 7));
    assert.ok(within(crop), `step ${step}`);
  }
});
