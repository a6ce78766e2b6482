// What the page makes of levels, devices and the browser's counts. Nothing of it needs a browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { trouble } from "../../static/js/room/trouble.js";
import { choosable } from "../../static/js/sound/devices.js";
import { filled, levelOf } from "../../static/js/sound/level.js";
import { Weakness, count, wasWeak } from "../../static/js/sound/network.js";
import { Silence } from "../../static/js/sound/silence.js";

const still = { received: 0, lost: 0, jitter: 0, roundTrip: 0, lostOfOurs: 0 };
const connection = { state: "inside", media: "connected", begun: true, moved: false, weak: false };

test("levels are in dB below full scale, and a meter is empty at -60", () => {
  assert.equal(levelOf(new Float32Array(100).fill(1)), 0);
  assert.equal(Math.round(levelOf(new Float32Array(100).fill(0.1))), -20);
  assert.equal(levelOf(new Float32Array(100)), -Infinity);
  assert.deepEqual([0, -30, -60, -90, -Infinity].map(filled), [1, 0.5, 0, 0, 0]);
});

test("a microphone is silent when nothing at all came for five seconds", () => {
  const silence = new Silence();
  assert.equal(silence.hear(-Infinity, 0), false);
  assert.equal(silence.hear(-Infinity, 4900), false);
  assert.equal(silence.hear(-Infinity, 5000), true);
  assert.equal(silence.hear(-70, 5250), false); // the noise of a quiet room is a sign of life
  assert.equal(silence.hear(-Infinity, 9000), false);
});

test("devices are offered by name; the system's own is not offered twice", () => {
  const device = (/** @type {string} */ deviceId, /** @type {string} */ label, kind = "audioinput") => ({ deviceId, label, kind });
  const devices = /** @type {MediaDeviceInfo[]} */ ([
    device("default", "Default - Headset"),
    device("communications", "Communications - Headset"),
    device("a", "Headset"),
    device("b", ""),
    device("c", "Speakers", "audiooutput"),
  ]);
  assert.deepEqual(choosable(devices, "audioinput"), [{ id: "a", name: "Headset" }]);
  assert.deepEqual(choosable(devices, "audiooutput"), [{ id: "c", name: "Speakers" }]);
});

test("of the browser's reports those about the one connection count", () => {
  const reports = [
    { type: "inbound-rtp", packetsReceived: 90, packetsLost: 10, jitter: 0.02 },
    { type: "remote-inbound-rtp", fractionLost: 0.25 },
    { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.08 },
    { type: "codec" },
  ];
  assert.deepEqual(count(reports), { received: 90, lost: 10, jitter: 0.02, roundTrip: 0.08, lostOfOurs: 0.25 });
});

test("a network is weak by loss, either way, by jitter or by a long way round", () => {
  const now = { ...still, received: 100 };
  assert.equal(wasWeak(still, now), false);
  assert.equal(wasWeak(still, { ...now, lost: 10 }), true);
  assert.equal(wasWeak({ ...still, lost: 10 }, { ...now, lost: 10 }), false); // that was before
  assert.equal(wasWeak(still, { ...still, received: 1, lost: 2 }), false); // too few to say
  assert.equal(wasWeak(still, { ...now, jitter: 0.2 }), true);
  assert.equal(wasWeak(still, { ...now, lostOfOurs: 0.2 }), true);
  assert.equal(wasWeak(still, { ...now, roundTrip: 0.9 }), true);
});

test("one bad moment is no weak network, and one good one does not mend it", () => {
  const weakness = new Weakness();
  const looks = [true, false, true, true, false, false, true, false, false, false];
  assert.deepEqual(looks.map((look) => weakness.note(look)), [false, false, false, true, true, true, true, true, true, false]);
});

test("what is wrong is said in one word, and nothing while the button says it", () => {
  const said = [
    [{}, ""],
    [{ weak: true }, "weakNetwork"],
    [{ media: "connecting", begun: false }, "soundConnects"],
    [{ media: "connecting" }, "soundLost"],
    [{ media: "lost" }, "soundLost"],
    [{ media: "lost", moved: true }, "soundMoves"],
    [{ media: "lost", state: "reconnecting" }, ""],
    [{ media: "none", begun: false }, ""],
  ];
  for (const [now, key] of said) assert.equal(trouble({ ...connection, .../** @type {object} */ (now) }), key);
});
