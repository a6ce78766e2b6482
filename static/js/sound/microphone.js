// One microphone, from when it is asked for until it is let go: chosen, muted, and replaced when it goes away. Knows no room.

import { recall, remember } from "./remembered.js";

/**
 * The browser's microphone, with what makes a voice clear asked for.
 * @param {string} device its id; empty for the system's own
 * @returns {Promise<MediaStreamTrack>}
 * @throws {DOMException} NotAllowedError, NotFoundError and their like
 */
export async function askForMicrophone(device) {
  const clear = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  // Not `exact`: a device that was chosen once and is not there today must not keep anybody from speaking.
  const stream = await navigator.mediaDevices.getUserMedia({ audio: device ? { ...clear, deviceId: device } : clear });
  const [track] = stream.getAudioTracks();
  if (!track) throw new DOMException("", "NotFoundError");
  return track;
}

/**
 * Dispatches:
 * - "track": `track` is another, or none;
 * - "replaced" (detail: the new one's name): it went away, and the system's own took its place, muted;
 * - "lost": it went away, and there is no other.
 */
export class Microphone extends EventTarget {
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {Promise<void> | null} while the browser asks: one question at a time */
  #opening = null;
  #muted = true;
  #closings = 0;

  /** @param {AbortSignal} [gone] the page is not in the document any more */
  constructor(gone) {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#look(), { signal: gone });
  }

  /** What sounds, or would if it were not muted. */
  get track() {
    return this.#track;
  }

  get live() {
    return this.#track?.readyState === "live";
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    this.#muted = muted;
    if (this.#track) this.#track.enabled = !muted;
  }

  /** Ask for it, unless it is there. It stays silent until it is unmuted. */
  async open() {
    if (this.live) return;
    this.#opening ??= this.#ask(recall("microphone")).finally(() => {
      this.#opening = null;
    });
    await this.#opening;
  }

  /**
   * Use another from now on, muted or not as this one is; remembered by this browser.
   * @param {string} device its id; empty for the system's own
   */
  async choose(device) {
    remember("microphone", device);
    if (this.live) await this.#ask(device);
  }

  /** Let go of it. */
  release() {
    this.#muted = true;
    this.#take(null);
  }

  /** Let go of it, also of one that the browser is still asking about. */
  close() {
    this.#closings += 1;
    this.release();
  }

  /** @param {string} device */
  async #ask(device) {
    const closings = this.#closings;
    const track = await askForMicrophone(device);
    if (closings !== this.#closings) {
      track.stop(); // one left while the browser asked
      throw new DOMException("", "AbortError");
    }
    this.#take(track);
  }

  /** @param {MediaStreamTrack | null} track */
  #take(track) {
    if (track === this.#track) return;
    this.#track?.stop();
    this.#track = track;
    if (track) {
      track.enabled = !this.#muted;
      track.addEventListener("ended", () => this.#replace(track));
    }
    this.dispatchEvent(new Event("track"));
  }

  /** Some browsers do not end the track of a device that is gone. */
  async #look() {
    const track = this.#track;
    const device = track?.getSettings().deviceId;
    if (!track || !device) return;
    const devices = await navigator.mediaDevices.enumerateDevices();
    if (!devices.some((found) => found.kind === "audioinput" && found.deviceId === device)) await this.#replace(track);
  }

  /**
   * It went away: nobody is heard by a microphone they did not choose, so the one that takes its place is muted.
   * @param {MediaStreamTrack} gone
   */
  async #replace(gone) {
    if (gone !== this.#track) return;
    this.release();
    try {
      await this.#ask("");
      this.dispatchEvent(new CustomEvent("replaced", { detail: this.#track?.label ?? "" }));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (error.name !== "AbortError") this.dispatchEvent(new Event("lost"));
    }
  }
}
