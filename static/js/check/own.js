// What only the person can tell: whether the microphone hears them, and they the loudspeaker.

import { fill } from "../room/cards.js";
import { useSpeaker } from "../sound/devices.js";
import { LevelMeter, DIGITAL_SILENCE_DBFS, filled } from "../sound/level.js";
import { askForMicrophone } from "../sound/microphone.js";
import { recall } from "../sound/remembered.js";

/** @typedef {import("./steps.js").Steps} Steps */

const SPEECH_DBFS = -55;
const LISTENED_MILLISECONDS = 10_000;
const METER_EVERY_MILLISECONDS = 100;
const TONE_SECONDS = 1.5;

/** Whether one's voice reaches the page. @param {Steps} steps */
export async function checkMicrophone(steps) {
  const { words } = steps;
  steps.show("microphone", "running", words.saySomething);
  let track;
  try {
    track = await askForMicrophone(recall("microphone"));
  } catch (error) {
    const missing = error instanceof DOMException && error.name === "NotFoundError";
    steps.show("microphone", "bad", missing ? words.microphoneMissing : words.microphoneRefused);
    return;
  }
  const meter = new LevelMeter(track);
  const bar = /** @type {HTMLMeterElement} */ (steps.find("level"));
  let loudest = -Infinity;
  const end = performance.now() + LISTENED_MILLISECONDS;
  steps.find("level-part").hidden = false;
  while (loudest < SPEECH_DBFS && performance.now() < end && steps.main.isConnected) {
    await new Promise((resolve) => window.setTimeout(resolve, METER_EVERY_MILLISECONDS));
    bar.value = filled(meter.level);
    loudest = Math.max(loudest, meter.level);
  }
  meter.close();
  track.stop();
  if (loudest >= SPEECH_DBFS) steps.show("microphone", "good", fill(words.heardYou, { DEVICE: track.label || "?" }));
  else steps.show("microphone", "bad", loudest > DIGITAL_SILENCE_DBFS ? words.tooQuiet : words.silentMicrophone);
}

/** Play a tone; whether it was heard, the person says. @param {Steps} steps */
export async function checkSpeakers(steps) {
  const { words } = steps;
  steps.show("speakers", "running", words.listenNow);
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
    steps.find("speakers-answer").hidden = false;
    steps.show("speakers", "running", words.didYouHear);
    steps.find("heard").focus();
  } catch {
    steps.show("speakers", "bad", words.speakersRefused);
  } finally {
    tone.stop();
    element.srcObject = null;
    context.close().catch(() => {});
  }
}

/**
 * @param {Steps} steps
 * @param {boolean} heard
 */
export function answerSpeakers(steps, heard) {
  const { words } = steps;
  steps.find("speakers-answer").hidden = true;
  steps.show("speakers", heard ? "good" : "bad", heard ? "" : words.speakersAdvice);
  steps.find("play-tone").focus();
}
