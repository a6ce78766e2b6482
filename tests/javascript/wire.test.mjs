// The wire: answers find their commands, a lost socket comes back with growing, jittered waits, a dead one is noticed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Clock, Socket, heard, openWindow, settled } from "./browser.mjs";

openWindow();
const { NO_ANSWER, Refusal, Wire } = await import("../../static/js/room/wire.js");

const clock = new Clock();
const hello = { type: "hello", data: { protocol: 2, heartbeat_seconds: 5 } };
/** @type {InstanceType<typeof Wire>} */
let wire;

beforeEach(() => {
  wire?.close();
  Socket.all = [];
  Math.random = () => 0.5; // the middle of the jitter
  wire = new Wire("/ws/rooms/x/");
});

function connect() {
  wire.open();
  Socket.last.says(hello);
  return Socket.last;
}

test("it opens one socket on this host, and says when the server said hello", () => {
  const said = heard(wire, "open");
  connect();
  wire.open();
  assert.equal(Socket.all.length, 1);
  assert.equal(Socket.last.address, "wss://talk.example/ws/rooms/x/");
  assert.equal(said.length, 1);
});

test("each answer finds its command, whatever the order", async () => {
  const socket = connect();
  const first = wire.command("mic.mute");
  const second = wire.command("room.people", { query: "" });
  socket.says({ type: "ok", re: socket.command("room.people").id, data: { people: [] } });
  socket.answers("mic.mute");
  assert.deepEqual([await first, await second], [{}, { people: [] }]);
});

test("a refusal rejects its own command with code, words and details", async () => {
  const socket = connect();
  const command = wire.command("hand.raise", { line: "" });
  socket.says({ type: "error", re: socket.command("hand.raise").id, code: "hands_closed", message: "Closed.", fatal: false, details: { a: "b" } });
  await assert.rejects(command, (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.message, error.fatal, error.details], ["hands_closed", "Closed.", false, { a: "b" }]);
    return true;
  });
});

test("a command that nobody answers is given up after eight seconds, and at once without a socket", async () => {
  await assert.rejects(wire.command("mic.mute"), { code: NO_ANSWER });
  connect();
  const command = wire.command("mic.mute");
  const outcome = assert.rejects(command, { code: NO_ANSWER });
  await clock.pass(8000);
  await outcome;
});

test("what waits for an answer is told when the socket is lost", async () => {
  const socket = connect();
  const outcome = assert.rejects(wire.command("mic.mute"), { code: NO_ANSWER });
  socket.close();
  await outcome;
});

/** How long the wire waits before each of so many tries, in milliseconds. @param {number} tries */
async function waits(tries) {
  const found = [];
  for (let each = 0; each < tries; each += 1) {
    const opened = Socket.all.length;
    Socket.last.close();
    const began = clock.now;
    while (Socket.all.length === opened) await clock.pass(10);
    found.push(clock.now - began);
  }
  return found;
}

test("it comes back by itself: the wait doubles up to eight seconds", async () => {
  connect();
  assert.deepEqual(await waits(7), [400, 800, 1600, 3200, 6400, 8000, 8000]);
});

test("waits are spread by a quarter either way, so that a crowd does not come back at once", async () => {
  connect();
  Math.random = () => 0;
  assert.deepEqual(await waits(1), [300]);
  Socket.last.says(hello);
  Math.random = () => 0.999999;
  assert.deepEqual(await waits(1), [500]);
});

test("a server that said hello is waited for anew", async () => {
  connect();
  await waits(4);
  Socket.last.says(hello);
  assert.deepEqual(await waits(1), [400]);
});

test("the seconds until the next try are counted down", async () => {
  connect();
  await waits(4);
  const said = heard(wire, "lost", "waiting");
  Socket.last.close();
  await clock.pass(3000);
  assert.deepEqual(said, [["lost", null], ["waiting", 7], ["waiting", 6], ["waiting", 5], ["waiting", 4]]);
});

test("a network that is back is not waited for", async () => {
  connect();
  await waits(5);
  Socket.last.close();
  const opened = Socket.all.length;
  globalThis.dispatchEvent(new Event("online"));
  assert.equal(Socket.all.length, opened + 1);
  await clock.pass(10_000);
  assert.equal(Socket.all.length, opened + 1); // and what was waited for is not done as well
});

test("a fatal refusal ends it", async () => {
  const said = heard(wire, "over", "lost");
  connect().says({ type: "error", re: null, code: "removed", message: "Removed.", fatal: true, details: {} });
  await clock.pass(30_000);
  assert.equal(Socket.all.length, 1);
  assert.deepEqual(said.map(([type]) => type), ["over"]);
});

test("another refusal that answers nothing is passed on", () => {
  const said = heard(wire, "refused");
  connect().says({ type: "error", re: null, code: "too_many_messages", message: "Slowly.", fatal: false, details: {} });
  assert.equal(said.length, 1);
});

test("it says every five seconds that it is there, and how much came", async () => {
  const socket = connect();
  socket.says({ type: "audience.counted", data: { count: 3 } });
  await clock.pass(5000);
  assert.deepEqual(socket.command("ping").data, { received: 2 });
});

test("in a busy room it says so sooner", async () => {
  const socket = connect();
  for (let frame = 0; frame < 50; frame += 1) socket.says({ type: "audience.counted", data: { count: frame } });
  assert.equal(socket.count("ping"), 1);
  await settled();
});

test("a socket on which nothing comes is dead, and another is opened", async () => {
  const socket = connect();
  await clock.pass(20_000);
  assert.equal(socket.readyState, 3);
  assert.ok(Socket.all.length > 1);
});

test("a page that is gone hears no answer any more, and its wire listens to nothing", async () => {
  const gone = new AbortController();
  wire = new Wire("/ws/rooms/x/", gone.signal);
  const socket = connect();
  /** @type {string[]} */
  const late = [];
  const hear = (/** @type {Promise<unknown>} */ answer) => answer.then(() => late.push("ok"), () => late.push("refused"));
  hear(wire.command("mic.mute"));
  gone.abort();
  hear(wire.command("mic.unmute"));
  await clock.pass(20_000);
  assert.deepEqual(late, []);
  assert.equal(socket.readyState, 3);
  const opened = Socket.all.length;
  globalThis.dispatchEvent(new Event("online"));
  assert.equal(Socket.all.length, opened);
});

test("a process that ends is left for another at once, at a moment of one second", async () => {
  connect().close(4504);
  await clock.pass(490);
  assert.equal(Socket.all.length, 1);
  await clock.pass(20);
  assert.equal(Socket.all.length, 2);
});
