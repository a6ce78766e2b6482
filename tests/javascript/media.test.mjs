// The sound and its microphone: muted before anything is sent, replaced when it goes away, let go when it is not needed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Clock, heard, openWindow, settled } from "./browser.mjs";

openWindow();

/** A microphone's track. */
class Track extends EventTarget {
  /** @param {string} device */
  constructor(device) {
    super();
    this.device = device;
    this.label = `name of ${device}`;
    this.readyState = "live";
    this.enabled = true;
  }
  getSettings() {
    return { deviceId: this.device };
  }
  stop() {
    this.readyState = "ended";
  }
  /** Somebody pulls the plug. */
  unplug() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

/** What the browser has, and how it answers. */
const devices = Object.assign(new EventTarget(), {
  /** @type {Track[]} */
  given: [],
  /** @type {{audio: {deviceId?: string, echoCancellation: boolean, noiseSuppression: boolean, autoGainControl: boolean}}[]} */
  asked: [],
  /** @type {string[]} */
  plugged: ["own", "headset"],
  /** @type {Promise<void>} until the person has answered */
  answered: Promise.resolve(),
  refuses: "",
  async getUserMedia(/** @type {typeof devices.asked[0]} */ wanted) {
    devices.asked.push(wanted);
    await devices.answered;
    if (devices.refuses) throw new DOMException("", devices.refuses);
    const track = new Track(wanted.audio.deviceId ?? "own");
    devices.given.push(track);
    return { getAudioTracks: () => [track] };
  },
  enumerateDevices: async () => devices.plugged.map((deviceId) => ({ kind: "audioinput", deviceId, label: deviceId })),
});

/** A peer connection that agrees with everything. */
class Peer extends EventTarget {
  /** @type {Peer[]} */
  static all = [];
  connectionState = "new";
  /** @type {Track | null} */
  sends = null;
  direction = "";
  /** @type {string[]} what it did, in order */
  did = [];
  constructor() {
    super();
    Peer.all.push(this);
  }
  addTransceiver() {}
  getTransceivers() {
    const peer = this;
    return [
      {
        set direction(/** @type {string} */ direction) {
          peer.direction = direction;
        },
        sender: {
          async replaceTrack(/** @type {Track | null} */ track) {
            peer.sends = track;
            peer.did.push(track ? `sends ${track.enabled ? "open" : "muted"}` : "sends nothing");
          },
        },
      },
    ];
  }
  async createOffer() {
    return { sdp: "offer" };
  }
  async setLocalDescription() {
    this.did.push("offers");
  }
  async setRemoteDescription() {
    this.did.push("agrees");
  }
  close() {
    this.connectionState = "closed";
  }
  /** @param {string} state */
  be(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

const kept = new Map();
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: devices }, configurable: true });
Object.assign(globalThis, {
  RTCPeerConnection: Peer,
  HTMLMediaElement: class {},
  MediaStream: class {},
  localStorage: {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    removeItem: (/** @type {string} */ key) => kept.delete(key),
  },
});
const { Media } = await import("../../static/js/room/media.js");

const clock = new Clock();
let refused = false;
let epoch = 1; // of the place that answers
let shared = false; // whether that only passes on what is mixed elsewhere
/** @type {InstanceType<typeof Media>} */
let media;

beforeEach(() => {
  media?.close();
  Object.assign(devices, { given: [], asked: [], plugged: ["own", "headset"], refuses: "", answered: Promise.resolve() });
  Peer.all = [];
  kept.clear();
  refused = false;
  epoch = 1;
  shared = false;
  Math.random = () => 0.5; // the middle of any jitter
  const element = Object.assign(new EventTarget(), { srcObject: null, play: async () => {}, pause() {} });
  media = new Media(/** @type {HTMLAudioElement} */ (/** @type {unknown} */ (element)), async () => {
    if (refused) throw new Error("refused");
    return { sdp: "answer", epoch, shared };
  });
});

const last = () => /** @type {Track} */ (devices.given.at(-1));
const peer = () => /** @type {Peer} */ (Peer.all.at(-1));

test("a listener asks for no microphone and sends nothing", async () => {
  await media.connect(false, false);
  assert.equal(peer().direction, "recvonly");
  assert.deepEqual([peer().sends, devices.asked.length, media.muted], [null, 0, true]);
});

test("a clear voice is asked for", async () => {
  await media.openMicrophone();
  assert.deepEqual(devices.asked[0]?.audio, { echoCancellation: true, noiseSuppression: true, autoGainControl: true });
});

test("with the hand up there is a microphone, and it is muted; two who ask are one question", async () => {
  await media.connect(false, false);
  await Promise.all([media.openMicrophone(), media.openMicrophone()]);
  assert.deepEqual([devices.asked.length, last().enabled, media.muted, peer().sends], [1, false, true, null]);
});

test("on stage it is muted before the first packet could be sent", async () => {
  await media.connect(false, false);
  await media.openMicrophone();
  await media.setOnStage(true);
  assert.deepEqual(peer().did.slice(-3), ["sends muted", "offers", "agrees"]);
  await media.setMuted(false);
  assert.equal(last().enabled, true);
});

test("going on stage and back is the same peer", async () => {
  await media.connect(false, false);
  await media.openMicrophone();
  await media.setOnStage(true);
  await media.setOnStage(false);
  assert.deepEqual([Peer.all.length, peer().direction, peer().sends], [1, "recvonly", null]);
});

test("a new peer after a loss sends what was sent: muted if one was muted, open if one was open", async () => {
  await media.connect(true, false);
  await media.setMuted(false);
  peer().be("failed");
  await settled();
  assert.deepEqual([Peer.all.length, peer().did[0]], [2, "sends open"]);
  await media.setMuted(true);
  peer().be("failed");
  await settled();
  assert.equal(peer().did[0], "sends muted");
});

test("a peer that was interrupted is given two seconds", async () => {
  await media.connect(false, false);
  const states = heard(media, "state");
  peer().be("disconnected");
  await clock.pass(1500);
  assert.equal(Peer.all.length, 1);
  peer().be("connected");
  await clock.pass(5000);
  assert.equal(Peer.all.length, 1);
  peer().be("disconnected");
  await clock.pass(2000);
  assert.equal(Peer.all.length, 2);
  assert.deepEqual(states.map(([, state]) => state), ["lost", "connected", "lost", "connecting"]);
});

test("an offer that was refused is made again", async () => {
  refused = true;
  await media.connect(false, false);
  refused = false;
  await clock.pass(1500);
  assert.deepEqual([Peer.all.length, peer().did.at(-1)], [2, "agrees"]);
});

test("who is muted while the browser still asks stays muted", async () => {
  await media.connect(true, false);
  /** @type {() => void} */
  let answer = () => {};
  devices.answered = new Promise((resolve) => (answer = resolve));
  const unmuting = assert.rejects(media.setMuted(false), { name: "AbortError" });
  await media.setMuted(true);
  answer();
  await unmuting;
  assert.deepEqual([last().enabled, media.muted], [false, true]);
});

test("who left while the browser asked has no open microphone", async () => {
  await media.connect(true, false);
  const opening = assert.rejects(media.openMicrophone(), { name: "AbortError" });
  media.close();
  await opening;
  assert.equal(last().readyState, "ended");
});

test("a refused microphone leaves one muted", async () => {
  devices.refuses = "NotAllowedError";
  await assert.rejects(media.setMuted(false), { name: "NotAllowedError" });
  assert.equal(media.muted, true);
});

test("another microphone goes on as the last: open stays open, on the same peer", async () => {
  await media.connect(true, false);
  await media.setMuted(false);
  await media.microphone.choose("headset");
  assert.deepEqual(devices.given.map((track) => track.readyState), ["ended", "live"]);
  assert.deepEqual([peer().sends?.device, peer().sends?.enabled, Peer.all.length], ["headset", true, 1]);
});

test("what was chosen is asked for the next time", async () => {
  await media.microphone.choose("headset");
  assert.equal(devices.asked.length, 0);
  await media.openMicrophone();
  assert.equal(devices.asked[0]?.audio.deviceId, "headset");
});

test("one that went away is replaced by the system's own, muted", async () => {
  const said = heard(media.microphone, "replaced", "lost");
  await media.microphone.choose("headset");
  await media.connect(true, false);
  await media.setMuted(false);
  last().unplug();
  await settled();
  assert.deepEqual([last().device, last().enabled, media.muted, peer().sends], ["own", false, true, last()]);
  assert.deepEqual(said, [["replaced", "name of own"]]);
});

test("one that is gone from the list is replaced too, others do not matter", async () => {
  await media.microphone.choose("headset");
  await media.openMicrophone();
  devices.plugged = ["headset"];
  devices.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.equal(devices.given.length, 1);
  devices.plugged = ["own"];
  devices.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual([last().device, last().enabled], ["own", false]);
});

test("without another the loss is said", async () => {
  const said = heard(media.microphone, "replaced", "lost");
  await media.openMicrophone();
  devices.refuses = "NotFoundError";
  last().unplug();
  await settled();
  assert.deepEqual([said, media.muted, media.microphone.track], [[["lost", null]], true, null]);
});

test("let go, it is stopped and sent no more", async () => {
  await media.connect(true, false);
  await media.setMuted(false);
  await media.releaseMicrophone();
  await settled();
  assert.deepEqual([last().readyState, peer().sends, media.muted], ["ended", null, true]);
});

test("from a worker that only passes on one goes on stage by another peer, which hears before the first is closed", async () => {
  shared = true;
  await media.connect(false, false);
  const former = peer();
  former.be("connected");
  former.dispatchEvent(Object.assign(new Event("track"), { track: "passed on" }));
  shared = false;
  await media.setOnStage(true);
  assert.deepEqual([Peer.all.length, peer().direction, former.connectionState], [2, "sendrecv", "connected"]);
  const hearing = media.element.srcObject;
  peer().dispatchEvent(Object.assign(new Event("track"), { track: "mixed" }));
  assert.equal(media.element.srcObject, hearing, "what is not connected yet says nothing");
  peer().be("connected");
  assert.notEqual(media.element.srcObject, hearing);
  assert.equal(former.connectionState, "closed");
  await media.setOnStage(false);
  assert.deepEqual([Peer.all.length, peer().direction], [2, "recvonly"]);
});

test("a peer that fails on its way to the stage leaves nothing behind", async () => {
  shared = true;
  await media.connect(false, false);
  const former = peer();
  await media.setOnStage(true);
  peer().be("failed");
  await settled();
  assert.deepEqual([former.connectionState, Peer.all.length], ["closed", 3]);
});

test("told that the sound is elsewhere, it connects again once, at its moment, and not if it is there already", async () => {
  await media.connect(false, false);
  await settled();
  media.moved(1, 0); // the place that answered
  assert.equal(Peer.all.length, 1);
  epoch = 2;
  media.moved(2, 1000);
  media.moved(2, 0); // by another way
  await clock.pass(490);
  assert.equal(Peer.all.length, 1);
  await clock.pass(20);
  assert.equal(Peer.all.length, 2);
  media.moved(2, 0);
  await clock.pass(2000);
  assert.equal(Peer.all.length, 2);
  media.moved(0, 0); // it is about this page alone
  assert.equal(Peer.all.length, 3);
});

test("who reconnects by itself does not do so again when it is told", async () => {
  await media.connect(false, false);
  await settled();
  epoch = 2;
  media.moved(2, 1000);
  peer().be("failed");
  await settled();
  await clock.pass(2000);
  assert.equal(Peer.all.length, 2);
});
