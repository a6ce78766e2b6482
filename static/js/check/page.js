// The self-test: each step says what it found and what to do about it, and all of it becomes a report to copy.

import { fill, find, words } from "../room/cards.js";
import { useSpeaker } from "../sound/devices.js";
import { LevelMeter, DIGITAL_SILENCE_DBFS, filled } from "../sound/level.js";
import { askForMicrophone } from "../sound/microphone.js";
import { recall } from "../sound/remembered.js";
import { Line, Unanswered } from "./line.js";
import { Beeper, measure, median } from "./loopback.js";
import { canRelay, connectToWorker, pathOf } from "./peers.js";
import { report } from "./report.js";

/** @typedef {import("./report.js").State} State */
/** @typedef {"browser" | "socket" | "udp" | "turn" | "loopback" | "microphone" | "speakers"} Step */

const SPEECH_DBFS = -55;
const LISTENED_MILLISECONDS = 10_000;
const METER_EVERY_MILLISECONDS = 100;
const TONE_SECONDS = 1.5;

const place = find("check");
const begin = /** @type {HTMLButtonElement} */ (find("begin"));
/** @type {Map<Step, {state: State, detail: string}>} */
const found = new Map();

/**
 * Show what a step has come to.
 * @param {Step} step
 * @param {State} state
 * @param {string} [detail]
 */
function show(step, state, detail = "") {
  found.set(step, { state, detail });
  const item = find(`step-${step}`);
  item.dataset.state = state;
  find(`state-${step}`).textContent = words[state] ?? "";
  find(`detail-${step}`).textContent = detail;
  const field = /** @type {HTMLTextAreaElement} */ (find("report"));
  field.value = report(
    [...found].map(([name, now]) => ({ name: find(`name-${name}`).textContent ?? "", word: words[now.state] ?? "", detail: now.detail })),
    { address: location.host, agent: navigator.userAgent, time: new Date().toISOString() },
  );
  field.rows = field.value.split("\n").length + 1;
}

// --- The network, at one tap --------------------------------------------------------------------------------------------

async function checkNetwork() {
  if (begin.getAttribute("aria-disabled") === "true") return;
  begin.setAttribute("aria-disabled", "true");
  place.dataset.state = "running";
  find("verdict").textContent = "";
  for (const step of /** @type {Step[]} */ (["browser", "socket", "udp", "turn", "loopback"])) show(step, "waiting");
  const context = new AudioContext(); // within the tap, so that it runs
  const line = new Line(place.dataset.socketPath ?? "");
  try {
    if (checkBrowser() && (await checkSocket(line))) {
      const hears = await checkUdp(line);
      await checkTurn(line);
      if (hears) await checkLoopback(line, context, hears);
      else show("loopback", "skipped", words.needsUdp);
      hears?.close();
    } else {
      for (const step of /** @type {Step[]} */ (["udp", "turn", "loopback"])) show(step, "skipped", words.needsSocket);
    }
  } finally {
    line.close();
    context.close().catch(() => {});
    begin.setAttribute("aria-disabled", "false");
    begin.textContent = words.again ?? "";
    place.dataset.state = "done";
    const bad = [...found.values()].filter(({ state }) => state === "bad").length;
    find("verdict").textContent = (bad ? words.someBad : words.allGood) ?? "";
  }
}

function checkBrowser() {
  const lacks = [
    ["WebRTC", "RTCPeerConnection" in window],
    ["Web Audio", "AudioContext" in window],
    [words.microphoneAccess ?? "", Boolean(navigator.mediaDevices)],
  ].filter(([, there]) => !there);
  if (lacks.length) show("browser", "bad", fill(words.browserLacks, { WHAT: lacks.map(([name]) => name).join(", ") }));
  else show("browser", "good");
  return lacks.length === 0;
}

/** @param {Line} line */
async function checkSocket(line) {
  show("socket", "running");
  try {
    await line.open();
    const began = performance.now();
    await line.command("check.echo", {});
    show("socket", "good", milliseconds(performance.now() - began));
    return true;
  } catch (error) {
    show("socket", "bad", said(error) || words.socketAdvice);
    return false;
  }
}

/** @param {Line} line */
async function checkUdp(line) {
  show("udp", "running");
  try {
    const peer = await connectToWorker(line, null);
    const path = await pathOf(peer);
    show("udp", "good", path.milliseconds ? milliseconds(path.milliseconds) : "");
    return peer;
  } catch (error) {
    show("udp", "bad", said(error) || words.udpAdvice);
    return null;
  }
}

/** @param {Line} line */
async function checkTurn(line) {
  show("turn", "running");
  try {
    const relay = await line.command("check.relay", {});
    if (!relay.urls.length) show("turn", "absent", words.turnAbsent);
    else if (await canRelay(relay)) show("turn", "good");
    else show("turn", "bad", words.turnAdvice);
  } catch (error) {
    show("turn", "bad", said(error) || words.turnAdvice);
  }
}

/**
 * @param {Line} line
 * @param {AudioContext} context
 * @param {RTCPeerConnection} hears
 */
async function checkLoopback(line, context, hears) {
  show("loopback", "running");
  let speaks = null;
  try {
    const beeper = new Beeper(context);
    speaks = await connectToWorker(line, beeper.track);
    const [receiver] = hears.getReceivers();
    const delays = receiver ? await measure(context, beeper, new MediaStream([receiver.track])) : [];
    if (delays.length) show("loopback", "good", milliseconds(median(delays)));
    else show("loopback", "bad", words.loopbackAdvice);
  } catch (error) {
    show("loopback", "bad", said(error) || words.loopbackAdvice);
  } finally {
    speaks?.close();
  }
}

/** @param {number} value */
const milliseconds = (value) => fill(words.milliseconds, { NUMBER: Math.max(1, Math.round(value)) });

/** @param {unknown} error */
const said = (error) => (error instanceof Unanswered ? error.message : "");

// --- What only the person can tell ----------------------------------------------------------------------------------------

async function checkMicrophone() {
  show("microphone", "running", words.saySomething);
  let track;
  try {
    track = await askForMicrophone(recall("microphone"));
  } catch (error) {
    const missing = error instanceof DOMException && error.name === "NotFoundError";
    show("microphone", "bad", missing ? words.microphoneMissing : words.microphoneRefused);
    return;
  }
  const meter = new LevelMeter(track);
  const bar = /** @type {HTMLMeterElement} */ (find("level"));
  let loudest = -Infinity;
  const end = performance.now() + LISTENED_MILLISECONDS;
  find("level-part").hidden = false;
  while (loudest < SPEECH_DBFS && performance.now() < end) {
    await new Promise((resolve) => window.setTimeout(resolve, METER_EVERY_MILLISECONDS));
    bar.value = filled(meter.level);
    loudest = Math.max(loudest, meter.level);
  }
  meter.close();
  track.stop();
  if (loudest >= SPEECH_DBFS) show("microphone", "good", fill(words.heardYou, { DEVICE: track.label || "?" }));
  else show("microphone", "bad", loudest > DIGITAL_SILENCE_DBFS ? words.tooQuiet : words.silentMicrophone);
}

async function checkSpeakers() {
  show("speakers", "running", words.listenNow);
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const element = new Audio(); // the way a room sounds, so through the loudspeaker that was chosen
  element.srcObject = out.stream;
  const tone = new OscillatorNode(context, { frequency: 523.25 });
  tone.connect(new GainNode(context, { gain: 0.2 })).connect(out);
  try {
    await useSpeaker(element);
    await element.play();
    tone.start();
    await new Promise((resolve) => window.setTimeout(resolve, TONE_SECONDS * 1000));
    find("speakers-answer").hidden = false;
    show("speakers", "running", words.didYouHear);
    find("heard").focus();
  } catch {
    show("speakers", "bad", words.speakersRefused);
  } finally {
    tone.stop();
    element.srcObject = null;
    context.close().catch(() => {});
  }
}

/** @param {boolean} heard */
function answerSpeakers(heard) {
  find("speakers-answer").hidden = true;
  show("speakers", heard ? "good" : "bad", heard ? "" : words.speakersAdvice);
  find("play-tone").focus();
}

begin.addEventListener("click", checkNetwork);
find("try-microphone").addEventListener("click", checkMicrophone);
find("play-tone").addEventListener("click", checkSpeakers);
find("heard").addEventListener("click", () => answerSpeakers(true));
find("not-heard").addEventListener("click", () => answerSpeakers(false));
