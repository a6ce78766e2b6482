// How loud a track is now.

const SAMPLES = 2048; // 43 ms at 48 kHz
const QUIETEST_DBFS = -60; // an empty meter
export const DIGITAL_SILENCE_DBFS = -90; // a microphone that is on has more noise of its own

/**
 * The level of some samples.
 * @param {Float32Array} samples
 * @returns {number} dBFS, RMS; -Infinity for nothing at all
 */
export function levelOf(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return 10 * Math.log10(power);
}

/**
 * How far a meter is filled.
 * @param {number} level dBFS
 * @returns {number} 0 to 1
 */
export const filled = (level) => Math.min(1, Math.max(0, 1 - level / QUIETEST_DBFS));

/** Measures one track, without being heard. */
export class LevelMeter {
  #context = new AudioContext();
  #analyser = new AnalyserNode(this.#context, { fftSize: SAMPLES, smoothingTimeConstant: 0 });
  #samples = new Float32Array(SAMPLES);

  /** @param {MediaStreamTrack} track */
  constructor(track) {
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(this.#analyser);
    this.#context.resume().catch(() => {});
  }

  /** Whether it measures: a browser may want a tap first. */
  get runs() {
    return this.#context.state === "running";
  }

  /** The level now, in dBFS. */
  get level() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return levelOf(this.#samples);
  }

  close() {
    this.#context.close().catch(() => {});
  }
}
