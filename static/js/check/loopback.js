// A tone that goes to the audio worker and comes back: whether it does, and how long it takes from mouth to ear.

const TONE_HZ = 880;
const BEEPS = 4;
const BEEP_MILLISECONDS = 350;
const PAUSE_MILLISECONDS = 650; // longer than the worker needs to fall silent
const SAMPLES = 1024; // 21 ms at 48 kHz
const LOOK_EVERY_MILLISECONDS = 5;
const LOUD_DBFS = -50;

/** A tone of ours, silent until it beeps. */
export class Beeper {
  #destination;
  #volume;

  /** @param {AudioContext} context */
  constructor(context) {
    this.#destination = context.createMediaStreamDestination();
    this.#volume = new GainNode(context, { gain: 0 });
    const tone = new OscillatorNode(context, { frequency: TONE_HZ });
    tone.connect(this.#volume).connect(this.#destination);
    tone.start();
  }

  /** What is sent. */
  get track() {
    return /** @type {MediaStreamTrack} */ (this.#destination.stream.getAudioTracks()[0]);
  }

  /** @param {boolean} on */
  beep(on) {
    this.#volume.gain.value = on ? 0.3 : 0;
  }
}

/**
 * The level of our tone in a spectrum, in dBFS.
 * @param {Float32Array} bins of an analyser
 * @param {number} rate samples a second
 */
export function levelOfTone(bins, rate) {
  const middle = Math.round((TONE_HZ / (rate / 2)) * bins.length);
  return Math.max(...bins.subarray(middle - 1, middle + 2));
}

/**
 * Beep, and listen to what comes back.
 * @param {AudioContext} context
 * @param {Beeper} beeper
 * @param {MediaStream} heard what comes from the worker
 * @returns {Promise<number[]>} milliseconds until each beep that came back was heard
 */
export async function measure(context, beeper, heard) {
  const element = new Audio(); // without one, browsers do not decode what comes
  element.muted = true;
  element.srcObject = heard;
  element.play().catch(() => {});
  const analyser = new AnalyserNode(context, { fftSize: SAMPLES, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(heard).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  const isHeard = () => {
    analyser.getFloatFrequencyData(bins);
    return levelOfTone(bins, context.sampleRate) > LOUD_DBFS;
  };
  const delays = [];
  try {
    for (let beep = 0; beep < BEEPS; beep += 1) {
      const began = performance.now();
      beeper.beep(true);
      const came = await until(isHeard, BEEP_MILLISECONDS + PAUSE_MILLISECONDS);
      if (came) delays.push(performance.now() - began);
      await rest(Math.max(0, BEEP_MILLISECONDS - (performance.now() - began)));
      beeper.beep(false);
      await until(() => !isHeard(), PAUSE_MILLISECONDS * 2);
      await rest(PAUSE_MILLISECONDS);
    }
  } finally {
    beeper.beep(false);
    element.srcObject = null;
  }
  return delays;
}

/**
 * The one in the middle: the first beep also wakes everything up.
 * @param {number[]} delays
 */
export const median = (delays) => Math.round([...delays].sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? 0);

/** @param {number} milliseconds */
const rest = (milliseconds) => new Promise((resolve) => window.setTimeout(resolve, milliseconds));

/**
 * Wait for a condition; whether it came.
 * @param {() => boolean} condition
 * @param {number} within milliseconds
 */
async function until(condition, within) {
  const end = performance.now() + within;
  while (!condition()) {
    if (performance.now() > end) return false;
    await rest(LOOK_EVERY_MILLISECONDS);
  }
  return true;
}
