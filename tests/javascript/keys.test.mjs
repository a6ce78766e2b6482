// Keys: what each asks for and where it rests; talking ends as the finger does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PushToTalk, meaning } from "../../static/js/room/keys.js";
import { settled } from "./browser.mjs";

/** @typedef {import("../../static/js/room/keys.js").Key} Key */

/** @type {Key} */
const key = { key: "x", code: "KeyX", repeat: false, modified: false, within: "" };
const space = { ...key, key: " ", code: "Space" };
const m = { ...key, key: "m", code: "KeyM" };

test("space talks, M mutes, H is for the hand, and ? shows the list", () => {
  assert.equal(meaning(space), "talk");
  assert.equal(meaning(m), "mute");
  assert.equal(meaning({ ...m, key: "M" }), "mute");
  assert.equal(meaning({ ...key, key: "h", code: "KeyH" }), "hand");
  assert.equal(meaning({ ...key, key: "?", code: "Slash" }), "help");
  assert.equal(meaning(key), "");
});

test("a keyboard of other letters is read by the place of its keys", () => {
  assert.equal(meaning({ ...m, key: "ㅡ" }), "mute");
  assert.equal(meaning({ ...key, key: "ㅗ", code: "KeyH" }), "hand");
  assert.equal(meaning({ ...key, key: ",", code: "KeyM" }), "mute");
  assert.equal(meaning({ ...key, key: "w", code: "KeyM" }), ""); // Latin letters are what they say
});

test("they rest while one types, in a dialog, with Control, and on repetition", () => {
  for (const rests of /** @type {Partial<Key>[]} */ ([{ within: "typing" }, { within: "asked" }, { modified: true }, { repeat: true }]))
    for (const pressed of [space, m]) assert.equal(meaning({ ...pressed, ...rests }), "");
});

test("space presses a button that has the focus, letters do not", () => {
  assert.equal(meaning({ ...space, within: "pressing" }), "");
  assert.equal(meaning({ ...m, within: "pressing" }), "mute");
});

/** A push-to-talk whose changes the test lets come to an end one by one. */
function slowly() {
  /** @type {boolean[]} */
  const changes = [];
  /** @type {(() => void)[]} */
  const ends = [];
  const talk = new PushToTalk((muted) => {
    changes.push(muted);
    return new Promise((resolve) => ends.push(() => resolve(undefined)));
  });
  const end = async () => {
    ends.shift()?.();
    await settled();
  };
  return { talk, changes, end };
}

test("one is unmuted while the key is held", async () => {
  const { talk, changes, end } = slowly();
  talk.press();
  await end();
  talk.release();
  await end();
  assert.deepEqual(changes, [false, true]);
});

test("let go before the unmuting was done, one is muted after it", async () => {
  const { talk, changes, end } = slowly();
  talk.press();
  talk.release();
  assert.deepEqual(changes, [false]);
  await end();
  assert.deepEqual(changes, [false, true]);
});

test("pressed, let go and pressed again within one change, one goes on talking", async () => {
  const { talk, changes, end } = slowly();
  talk.press();
  talk.release();
  talk.press();
  await end();
  assert.deepEqual(changes, [false]);
});
