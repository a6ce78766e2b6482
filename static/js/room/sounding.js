// The page's side of the sound: what goes wrong with it is seen, the keyboard and the system's controls reach it.

import { Awake } from "../sound/awake.js";
import { offerControls, showInControls, withdrawControls } from "../sound/controls.js";
import { SoundDialog } from "../sound/dialog.js";
import { NetworkWatch } from "../sound/network.js";
import { recall, remember } from "../sound/remembered.js";
import { SilenceWatch } from "../sound/silence.js";
import { fill, find, words } from "./cards.js";
import { listenToKeys } from "./keys.js";
import { trouble } from "./trouble.js";

const SAID_AFTER_MILLISECONDS = 800; // what is over sooner is no trouble

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./media.js").Media} media
 * @property {import("./view.js").View} view
 * @property {(muted: boolean) => Promise<void>} changeMicrophone also says to the room; complains by itself
 * @property {() => void} pressHand
 * @property {(error: unknown) => string} explain
 * @property {() => void} changed
 * @property {() => boolean} seen whether the room is what the page shows now
 * @property {AbortSignal} gone the page is not in the document any more
 */

export class Sounding {
  #silence = new SilenceWatch();
  #network = new NetworkWatch();
  #awake;
  #state = "none";
  #begun = false;
  #moved = false;
  #troubleTimer = 0;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    const { room, media } = parts;
    this.#awake = new Awake(parts.gone);
    this.#silence.addEventListener("changed", () => {
      parts.view.announce(this.silent ? words.silentHint : "");
      parts.changed();
    });
    this.#network.addEventListener("changed", () => this.#sayTrouble());
    media.addEventListener("state", (event) => this.#connection(/** @type {CustomEvent<string>} */ (event).detail));
    media.addEventListener("peer", () => this.#network.watch(media.peer));
    room.addEventListener("moved", () => {
      this.#moved = true;
    });
    media.microphone.addEventListener("replaced", (event) => this.#replaced(/** @type {CustomEvent<string>} */ (event).detail));
    media.microphone.addEventListener("lost", () => this.#lost());
    media.microphone.addEventListener("track", () => parts.changed());
    this.#offerDialogs();
    this.#listen();
    offerControls(parts.view.room.querySelector("h1")?.textContent ?? "", words.icon ?? "", {
      play: () => media.play(),
      pause: () => media.pause(),
      toggleMicrophone: () => this.#toggle(),
    });
    parts.gone.addEventListener("abort", () => {
      withdrawControls();
      clearTimeout(this.#troubleTimer);
    });
  }

  /** Whether one's open microphone gives nothing at all. */
  get silent() {
    return this.#silence.silent;
  }

  /** Follow the room: call it whenever something changed. */
  follow() {
    const { room, media } = this.parts;
    const here = room.state === "inside" || room.state === "reconnecting";
    const live = here && room.onStage && !media.muted;
    this.#awake.keep(here && room.onStage);
    this.#silence.watch(live ? media.microphone.track : null);
    showInControls(here && !media.element.paused, live);
    find("backstage").hidden = !(room.state === "inside" && (this.silent || this.#waitsForStage()));
    this.#sayTrouble();
  }

  #waitsForStage() {
    const { you } = this.parts.room;
    return Boolean(you && you.muted && (you.place > 0 || you.invited_by || you.position === "stage"));
  }

  /** @param {string} state */
  #connection(state) {
    this.#state = state;
    if (state === "connected") {
      if (this.#begun && this.#moved) this.parts.view.toast(words.soundMoved ?? ""); // often over before a word was said of it
      this.#begun = true;
      this.#moved = false;
    } else if (state === "none") {
      this.#begun = this.#moved = false;
    }
    this.#sayTrouble();
  }

  /** Say what is wrong, unless it is over in a moment; that it is over is seen at once. */
  #sayTrouble() {
    const key = trouble({
      ...{ state: this.parts.room.state, media: this.#state, begun: this.#begun, moved: this.#moved },
      weak: this.#network.weak,
    });
    const place = find("trouble");
    if (place.dataset.trouble === key) return;
    place.dataset.trouble = key;
    clearTimeout(this.#troubleTimer);
    if (!key) place.textContent = "";
    else this.#troubleTimer = window.setTimeout(() => (place.textContent = words[key] ?? ""), SAID_AFTER_MILLISECONDS);
  }

  /** @param {string} name of the microphone that took the place of the one that went away */
  #replaced(name) {
    const said = name ? fill(words.microphoneReplaced, { DEVICE: name }) : words.microphoneReplacedUnnamed;
    this.parts.view.toast(said ?? "");
    this.#tellMuted();
  }

  #lost() {
    this.parts.view.alert(words.microphoneLost ?? "");
    this.#tellMuted();
  }

  /** The page has muted itself: the room should know. */
  #tellMuted() {
    const { room } = this.parts;
    if (room.onStage && !room.you?.muted) this.parts.changeMicrophone(true);
  }

  #toggle() {
    const { room, media } = this.parts;
    if (room.state === "inside" && room.onStage) this.parts.changeMicrophone(!media.muted);
  }

  #offerDialogs() {
    const { media } = this.parts;
    const dialog = new SoundDialog(media.microphone, media.element, this.parts.explain, this.parts.gone);
    for (const id of ["sound-settings", "backstage"]) find(id).addEventListener("click", () => dialog.open());
    const shortcuts = /** @type {HTMLInputElement} */ (find("shortcuts"));
    shortcuts.checked = recall("shortcuts") !== "off";
    shortcuts.addEventListener("change", () => remember("shortcuts", shortcuts.checked ? "" : "off"));
    find("show-help").addEventListener("click", () => this.#help());
  }

  #help() {
    /** @type {HTMLDialogElement} */ (find("help-dialog")).showModal();
  }

  #listen() {
    const { room, changeMicrophone, pressHand, seen, gone } = this.parts;
    const keys = {
      wanted: () => seen() && recall("shortcuts") !== "off",
      mayTalk: () => room.state === "inside" && room.onStage && (room.you?.muted ?? true),
      mute: () => this.#toggle(),
      hand: () => room.state === "inside" && pressHand(),
      help: () => this.#help(),
      change: changeMicrophone,
    };
    listenToKeys(keys, gone);
  }
}
