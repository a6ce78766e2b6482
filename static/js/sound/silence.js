// Whether an open microphone gives nothing at all: switched off at itself, muted by the system, or the wrong one.

import { DIGITAL_SILENCE_DBFS, LevelMeter } from "./level.js";

const SILENT_AFTER_MILLISECONDS = 5000;
const LOOK_EVERY_MILLISECONDS = 250;

/** Since when there was no sound. Time is an argument. */
export class Silence {
  /** @type {number | null} */
  #since = null;

  /**
   * Whether it has been silent for too long.
   * @param {number} level dBFS
   * @param {number} now milliseconds
   */
  hear(level, now) {
    if (level > DIGITAL_SILENCE_DBFS) this.#since = null;
    else this.#since ??= now;
    return this.#since !== null && now - this.#since >= SILENT_AFTER_MILLISECONDS;
  }
}

/** Listens to one open microphone at a time. Dispatches "changed" when `silent` does. */
export class SilenceWatch extends EventTarget {
  silent = false;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {LevelMeter | null} */
  #meter = null;
  #timer = 0;

  /**
   * Listen to this from now on.
   * @param {MediaStreamTrack | null} track an unmuted microphone, or none
   */
  watch(track) {
    if (track === this.#track) return;
    clearInterval(this.#timer);
    this.#meter?.close();
    this.#track = track;
    this.#be(false);
    if (!track) return;
    const meter = (this.#meter = new LevelMeter(track));
    const silence = new Silence();
    this.#timer = window.setInterval(() => {
      if (meter.runs) this.#be(silence.hear(meter.level, performance.now()));
    }, LOOK_EVERY_MILLISECONDS);
  }

  /** @param {boolean} silent */
  #be(silent) {
    if (this.silent === silent) return;
    this.silent = silent;
    this.dispatchEvent(new Event("changed"));
  }
}
