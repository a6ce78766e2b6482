// A room's page that was left listens to nothing beyond its own part of the document.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { openWindow, settled } from "./browser.mjs";

openWindow();
const { Awake } = await import("../../static/js/sound/awake.js");
const { Microphone } = await import("../../static/js/sound/microphone.js");

/** @type {string[]} */
let asked = [];
/** @type {EventTarget} */
let devices;
/** @type {EventTarget} */
let page;

beforeEach(() => {
  asked = [];
  page = new EventTarget();
  devices = Object.assign(new EventTarget(), {
    enumerateDevices: async () => (asked.push("devices"), []),
    getUserMedia: async () => ({ getAudioTracks: () => [track()] }),
  });
  const lock = () => ({ released: false, release: async () => void asked.push("released") });
  const wakeLock = { request: async () => (asked.push("lock"), lock()) };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices: devices, wakeLock } });
  Object.defineProperty(globalThis, "document", { configurable: true, value: Object.assign(page, { hidden: false }) });
  Object.defineProperty(globalThis, "localStorage", { configurable: true, value: { getItem: () => null } });
});

function track() {
  const settings = { deviceId: "a", label: "A" };
  return Object.assign(new EventTarget(), { readyState: "live", enabled: true, stop() {}, getSettings: () => settings });
}

test("the screen's lock is given back, and is not asked for again when the page is seen", async () => {
  const gone = new AbortController();
  const awake = new Awake(gone.signal);
  awake.keep(true);
  await settled();
  gone.abort();
  page.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.deepEqual(asked, ["lock", "released"]);
});

test("devices that come and go are looked at no more", async () => {
  const gone = new AbortController();
  const microphone = new Microphone(gone.signal);
  await microphone.open();
  devices.dispatchEvent(new Event("devicechange"));
  await settled();
  const looked = asked.length;
  assert.ok(looked > 0);
  gone.abort();
  devices.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.equal(asked.length, looked);
});
