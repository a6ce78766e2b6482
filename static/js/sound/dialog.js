// The sound dialog: which microphone and loudspeaker, how loud one is, and hearing oneself before others do.

import { find, words } from "../room/cards.js";
import { canChooseSpeaker, chooseSpeaker, listDevices } from "./devices.js";
import { LevelMeter, filled } from "./level.js";
import { askForMicrophone } from "./microphone.js";
import { playBack, record } from "./recording.js";
import { recall } from "./remembered.js";

/** @typedef {import("./microphone.js").Microphone} Microphone */

const METER_EVERY_MILLISECONDS = 100;
const RECORDED_MILLISECONDS = 3000;

export class SoundDialog {
  #dialog = /** @type {HTMLDialogElement} */ (find("sound-dialog"));
  #microphones = /** @type {HTMLSelectElement} */ (find("sound-microphone"));
  #speakers = /** @type {HTMLSelectElement} */ (find("sound-speaker"));
  #meter = /** @type {HTMLMeterElement} */ (find("sound-level"));
  #said = find("sound-said");
  #tryIt = find("sound-try");
  #record = /** @type {HTMLButtonElement} */ (find("sound-record"));
  /** @type {MediaStreamTrack | null} what is measured: heard by nobody */
  #preview = null;
  /** @type {LevelMeter | null} */
  #level = null;
  #timer = 0;

  /**
   * @param {Microphone} microphone the room's
   * @param {HTMLAudioElement} element what the room sounds through
   * @param {(error: unknown) => string} explain why there is no microphone
   * @param {AbortSignal} gone the page is not in the document any more
   */
  constructor(microphone, element, explain, gone) {
    this.microphone = microphone;
    this.element = element;
    this.explain = explain;
    find("sound-speaker-part").hidden = !canChooseSpeaker();
    this.#tryIt.addEventListener("click", () => this.#try());
    this.#record.addEventListener("click", () => this.#hearOneself());
    this.#microphones.addEventListener("change", () => this.#choose());
    this.#speakers.addEventListener("change", () => chooseSpeaker(element, this.#speakers.value));
    this.#dialog.addEventListener("close", () => this.#stop());
    microphone.addEventListener("track", () => {
      if (this.#dialog.open && microphone.live) this.#show();
    });
    const changed = () => this.#dialog.open && this.#list();
    navigator.mediaDevices?.addEventListener("devicechange", changed, { signal: gone });
    gone.addEventListener("abort", () => this.#stop());
  }

  async open() {
    this.#say("");
    this.#dialog.showModal();
    await this.#list();
    if (this.microphone.live) await this.#show();
    else this.#arrange();
  }

  /** Ask for the microphone, and show how loud it is. */
  async #try() {
    this.#say("");
    try {
      await this.#show();
      this.#record.focus(); // the button that was pressed is gone
    } catch (error) {
      this.#say(this.explain(error));
    }
  }

  async #choose() {
    this.#say("");
    try {
      await this.microphone.choose(this.#microphones.value);
      if (this.#preview) await this.#show();
    } catch (error) {
      this.#say(this.explain(error));
    }
  }

  /** Measure the microphone that is chosen: a copy of the room's, which is muted apart from it, or one of our own. */
  async #show() {
    const { track } = this.microphone;
    const preview = track && this.microphone.live ? track.clone() : await askForMicrophone(recall("microphone"));
    this.#stop();
    if (!this.#dialog.open) {
      preview.stop(); // closed while the browser asked
      return;
    }
    preview.enabled = true;
    this.#preview = preview;
    const level = (this.#level = new LevelMeter(preview));
    this.#timer = window.setInterval(() => {
      this.#meter.value = filled(level.level);
    }, METER_EVERY_MILLISECONDS);
    this.#arrange();
    await this.#list(); // browsers name devices from now on
  }

  async #hearOneself() {
    if (!this.#preview || this.#record.getAttribute("aria-disabled") === "true") return;
    const context = new AudioContext(); // within the tap, so that it may sound
    this.#record.setAttribute("aria-disabled", "true");
    const wasMuted = this.element.muted;
    try {
      this.#say(words.recording ?? "");
      const recording = await record(this.#preview, RECORDED_MILLISECONDS);
      this.#say(words.playingBack ?? "");
      this.element.muted = true; // the room would speak over it
      await playBack(recording, context);
      this.#say(words.playedBack ?? "");
    } catch {
      this.#say(words.notRecorded ?? "");
    } finally {
      this.element.muted = wasMuted;
      this.#record.setAttribute("aria-disabled", "false");
      context.close().catch(() => {});
    }
  }

  async #list() {
    if (!navigator.mediaDevices) return;
    fillSelect(this.#microphones, await listDevices("audioinput"), recall("microphone"));
    fillSelect(this.#speakers, await listDevices("audiooutput"), recall("speaker"));
  }

  #arrange() {
    this.#tryIt.hidden = this.#preview !== null;
    this.#record.hidden = this.#preview === null;
    this.#dialog.dataset.measuring = String(this.#preview !== null);
  }

  #stop() {
    clearInterval(this.#timer);
    this.#level?.close();
    this.#preview?.stop();
    this.#level = this.#preview = null;
    this.#meter.value = 0;
    this.#arrange();
  }

  /** @param {string} text */
  #say(text) {
    this.#said.textContent = text;
  }
}

/**
 * Offer devices after the system's own.
 * @param {HTMLSelectElement} select
 * @param {import("./devices.js").Device[]} devices
 * @param {string} chosen
 */
function fillSelect(select, devices, chosen) {
  const [own] = select.options;
  select.replaceChildren(...(own ? [own] : []), ...devices.map((device) => new Option(device.name, device.id)));
  select.value = devices.some((device) => device.id === chosen) ? chosen : "";
}
