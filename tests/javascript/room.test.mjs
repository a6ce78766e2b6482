// The room as a page knows it: snapshot, desk and standing follow the server; nobody is ever unmuted by it.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Clock, Socket, heard, openWindow, settled } from "./browser.mjs";
import { person, snapshotWith, youWith } from "./people.mjs";

openWindow();
const { Wire } = await import("../../static/js/room/wire.js");
const { Room } = await import("../../static/js/room/room.js");

/** What the room asks of the sound, in the order it asks. */
class FakeMedia extends EventTarget {
  /** @type {unknown[][]} */
  asked = [];
  muted = true;
  play = () => this.asked.push(["play"]);
  close = () => this.asked.push(["close"]);
  /** @param {number[]} what */
  moved = (...what) => this.asked.push(["moved", ...what]);
  /** @param {unknown[]} what */
  connect = async (...what) => this.asked.push(["connect", ...what]);
  /** @param {boolean} onStage */
  setOnStage = async (onStage) => this.asked.push(["setOnStage", onStage]);
  releaseMicrophone = async () => this.asked.push(["releaseMicrophone"]);
  /** @param {boolean} muted */
  setMuted = async (muted) => {
    this.muted = muted;
    this.asked.push(["setMuted", muted]);
  };
}

const clock = new Clock();
const silence = { kept: true, messages: [], questions: [], voted: [], wait: 0, waiting: [], quiet: [] }; // nobody wrote anything
const onStage = youWith({ position: "stage" });
/** @type {FakeMedia} */
let media;
/** @type {InstanceType<typeof Wire>} */
let wire;
/** @type {InstanceType<typeof Room>} */
let room;

beforeEach(() => {
  wire?.close();
  Socket.all = [];
  Math.random = () => 0.5;
  media = new FakeMedia();
  wire = new Wire("/ws/rooms/x/");
  room = new Room(wire, /** @type {import("../../static/js/room/media.js").Media} */ (/** @type {unknown} */ (media)));
});

/**
 * Enter, or come back.
 * @param {object} [entered] what the server answers
 */
async function letIn(entered = {}) {
  Socket.last.says({ type: "hello", data: { protocol: 2, heartbeat_seconds: 5 } });
  Socket.last.answers("room.join", { you: youWith(), connection: "c1", snapshot: snapshotWith(), desk: null, talk: silence, ...entered });
  await settled();
}

/** @param {object} [entered] */
async function enter(entered) {
  room.enter();
  await letIn(entered);
}

/**
 * @param {string} type
 * @param {object} data
 * @param {number} [seq]
 */
async function happens(type, data, seq) {
  Socket.last.says({ type, data, ...(seq ? { seq } : {}) });
  await settled();
}

test("entering plays within the tap, joins muted, and connects the sound", async () => {
  await enter();
  assert.deepEqual(media.asked[0], ["play"]);
  const { muted, resume } = Socket.last.command("room.join").data;
  assert.deepEqual([muted, resume], [true, ""]);
  assert.deepEqual(media.asked.at(-1), ["connect", false, false]);
  assert.equal(room.state, "inside");
});

test("who comes back says what they last wanted, and which connection was theirs", async () => {
  await enter({ you: onStage });
  await media.setMuted(false);
  Socket.last.close();
  assert.equal(room.state, "reconnecting");
  await clock.pass(400);
  await letIn({ you: { ...onStage, muted: false } });
  const { muted, resume } = Socket.last.command("room.join").data;
  assert.deepEqual([muted, resume], [false, "c1"]);
  assert.deepEqual(media.asked.at(-1), ["connect", true, true]);
  assert.equal(media.muted, false);
});

test("who was muted while away is muted before the sound connects", async () => {
  await enter({ you: onStage });
  await media.setMuted(false);
  Socket.last.close();
  await clock.pass(400);
  media.asked = [];
  await letIn({ you: { ...onStage, muted: true } });
  const muting = media.asked.findIndex(([what]) => what === "setMuted");
  const connecting = media.asked.findIndex(([what]) => what === "connect");
  assert.ok(muting >= 0 && muting < connecting);
  assert.equal(media.muted, true);
});

test("nothing that the server says unmutes", async () => {
  await enter({ you: onStage, snapshot: snapshotWith({ stage: [person("me", 1)] }) });
  await happens("stage.muted", { person: "me", muted: false, by: "" }, 5);
  await happens("you.changed", { you: { ...onStage, muted: false }, by: "" });
  await happens("room.frozen", { frozen: false, by: "" }, 6);
  assert.ok(media.asked.every(([what, muted]) => what !== "setMuted" || muted === true));
});

test("muted by somebody, or by a pause, nothing more leaves the page", async () => {
  await enter({ you: { ...onStage, muted: false }, snapshot: snapshotWith({ stage: [person("me", 1, { muted: false })] }) });
  media.muted = false;
  await happens("stage.muted", { person: "me", muted: true, by: "Ji-woo" }, 5);
  assert.equal(media.muted, true);
  media.muted = false;
  await happens("room.frozen", { frozen: true, by: "Sofia" }, 6);
  assert.equal(media.muted, true);
});

test("another who is muted changes nothing here", async () => {
  await enter({ you: { ...onStage, muted: false } });
  media.muted = false;
  await happens("stage.muted", { person: "other", muted: true, by: "" }, 5);
  assert.equal(media.muted, false);
});

test("taken off the stage one is muted, the direction follows, and the microphone is let go", async () => {
  await enter({ you: { ...onStage, muted: false } });
  media.asked = [];
  await happens("you.changed", { you: youWith(), by: "Ji-woo" });
  assert.deepEqual(media.asked, [["setMuted", true], ["releaseMicrophone"], ["setOnStage", false]]);
});

test("with a hand up or an invitation the microphone is kept", async () => {
  await enter();
  media.asked = [];
  await happens("you.changed", { you: youWith({ place: 1 }), by: "" });
  await happens("you.changed", { you: youWith({ invited_by: "Ji-woo" }), by: "" });
  assert.ok(!media.asked.some(([what]) => what === "releaseMicrophone"));
});

test("events are applied in order, the known dropped, and a gap asks for everything", async () => {
  await enter();
  await happens("stage.locked", { locked: true, by: "" }, 5);
  await happens("stage.locked", { locked: false, by: "" }, 5);
  assert.equal(room.snapshot?.locked, true);
  await happens("hands.policy", { policy: "nobody", by: "" }, 9);
  assert.equal(room.snapshot?.hand_policy, "everyone");
  const snapshot = snapshotWith({ seq: 9, hand_policy: "nobody" });
  Socket.last.answers("room.sync", { you: youWith(), snapshot, desk: null, talk: silence });
  await settled();
  assert.equal(room.snapshot?.hand_policy, "nobody");
});

test("a crowd that is behind does not ask all at once", async () => {
  await enter();
  Math.random = () => 0.8;
  await happens("stage.version", { seq: 7 });
  assert.equal(Socket.last.count("room.sync"), 0);
  await clock.pass(800);
  assert.equal(Socket.last.count("room.sync"), 1);
});

test("in another room already, one is asked, and entering is not insisted on", async () => {
  const said = heard(room, "asked");
  room.enter();
  Socket.last.says({ type: "hello", data: { protocol: 2, heartbeat_seconds: 5 } });
  const { id } = Socket.last.command("room.join");
  Socket.last.says({ type: "error", re: id, code: "in_another_room", message: "", fatal: false, details: { title: "Other" } });
  await settled();
  assert.equal(said.length, 1);
  assert.equal(room.state, "outside");
  room.enter(true);
  await letIn();
  assert.equal(Socket.last.command("room.join").data.leave_other, true);
});

test("put out, the sound ends and the page does not come back by itself", async () => {
  const said = heard(room, "over");
  await enter();
  Socket.last.says({ type: "error", re: null, code: "removed", message: "You were removed.", fatal: true, details: { by: "Ji-woo" } });
  await clock.pass(30_000);
  assert.deepEqual([room.state, said.length, Socket.all.length], ["failed", 1, 1]);
  assert.deepEqual(media.asked.at(-1), ["close"]);
});

test("opened somewhere else, it says so", async () => {
  await enter();
  Socket.last.says({ type: "error", re: null, code: "superseded", message: "", fatal: true, details: {} });
  assert.equal(room.state, "elsewhere");
});

test("a room that ended stays ended", async () => {
  const said = heard(room, "ended");
  await enter();
  await happens("room.ended", { by: "Ji-woo" }, 5);
  Socket.last.says({ type: "error", re: null, code: "room_ended", message: "", fatal: true, details: {} });
  assert.deepEqual([room.state, said], ["ended", [["ended", "Ji-woo"]]]);
});

test("the sound is elsewhere: by a frame, or by the answer to a ping, which is asked for when the sound falters", async () => {
  await enter();
  await happens("media.restart", { epoch: 2, spread_ms: 300 });
  assert.deepEqual(media.asked.at(-1), ["moved", 2, 300]);
  const pings = Socket.last.count("ping");
  media.dispatchEvent(Object.assign(new Event("state"), { detail: "lost" }));
  assert.equal(Socket.last.count("ping"), pings + 1);
  Socket.last.answers("ping", { epoch: 3 });
  await settled();
  assert.deepEqual(media.asked.at(-1), ["moved", 3, 0]);
});

test("whom one muted and who comes later is known to be muted; whom one hears again elsewhere is read again", async () => {
  const lin = { id: "lin", name: "Lin Wei", initials: "LW", tint: 0, portrait: "", role: "member", claims: [] };
  const said = { id: "1", text: "Hello", at: "2026-11-27T10:00:00.000+00:00", author: lin };
  await enter({ talk: { ...silence, messages: [said] } });
  await happens("talk.quiet", { quiet: ["lin"] });
  assert.deepEqual([room.talk?.quiet, room.talk?.messages], [["lin"], []]);
  await happens("talk.quiet", { quiet: [] });
  assert.deepEqual(room.talk?.quiet, []);
  assert.ok(Socket.last.command("room.sync"));
});

test("what the answer to a sync overtook is still told, with who did it, and once", async () => {
  await enter({ you: { ...onStage, muted: false } });
  /** @type {{before: {muted: boolean}, now: {muted: boolean}, by: string}[]} */
  const told = [];
  room.addEventListener("stood", (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  const muted = { ...onStage, muted: true };
  const asked = room.sync();
  await settled();
  Socket.last.answers("room.sync", { you: muted, snapshot: snapshotWith(), desk: null, talk: silence });
  await asked;
  assert.equal(room.you?.muted, true);
  assert.equal(told.length, 0);
  await happens("you.changed", { you: muted, by: "Ji-woo" });
  assert.deepEqual(told.map(({ before, now, by }) => [before.muted, now.muted, by]), [[false, true, "Ji-woo"]]);
});
