// The keyboard in a room: space to talk while it is held, M to mute, H for the hand, ? for what there is. Whoever types, or has a
// button under their finger, is left alone; whoever does not want single keys to do anything switches them off.

/**
 * @typedef {object} Key
 * @property {string} key as the keyboard's language has it
 * @property {string} code where it is on the keyboard
 * @property {boolean} repeat
 * @property {boolean} modified with Control, Alt or the like
 * @property {"" | "typing" | "pressing" | "asked"} within a field, on something that a space would press, in a dialog
 */

/**
 * What a key asks for.
 * @param {Key} pressed
 * @returns {"" | "talk" | "mute" | "hand" | "help"}
 */
export function meaning({ key, code, repeat, modified, within }) {
  if (repeat || modified || within === "typing" || within === "asked") return "";
  if (code === "Space") return within === "pressing" ? "" : "talk";
  if (is("m", key, code)) return "mute";
  if (is("h", key, code)) return "hand";
  return key === "?" || key === "？" ? "help" : "";
}

/**
 * Whether a letter was meant: by its name or, on a keyboard of other letters, by its place.
 * @param {string} letter
 * @param {string} key
 * @param {string} code
 */
function is(letter, key, code) {
  return key.toLowerCase() === letter || (!/^[a-z]$/i.test(key) && code === `Key${letter.toUpperCase()}`);
}

/**
 * Where the focus is, as far as keys are concerned.
 * @param {EventTarget | null} target
 * @returns {Key["within"]}
 */
export function where(target) {
  if (document.querySelector("dialog[open]")) return "asked";
  if (!(target instanceof Element)) return "";
  if (target.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])")) return "typing";
  return target.closest("button, a[href], summary, label, audio, video, [role=button]") ? "pressing" : "";
}

/** Talking while a key is held. However quickly it is pressed and let go, one ends as the finger is. */
export class PushToTalk {
  #held = false;
  #talks = false;
  #busy = false;

  /** @param {(muted: boolean) => Promise<unknown>} change mutes or unmutes; a refusal is said by itself */
  constructor(change) {
    this.change = change;
  }

  get held() {
    return this.#held;
  }

  press() {
    this.#held = true;
    return this.#follow();
  }

  release() {
    this.#held = false;
    return this.#follow();
  }

  async #follow() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#held !== this.#talks) {
        this.#talks = this.#held;
        await this.change(!this.#talks);
      }
    } finally {
      this.#busy = false;
    }
  }
}

/**
 * @typedef {object} Keys
 * @property {() => boolean} wanted whether single keys do anything
 * @property {() => boolean} mayTalk on stage and muted: holding space unmutes
 * @property {() => void} mute
 * @property {() => void} hand
 * @property {() => void} help
 * @property {(muted: boolean) => Promise<unknown>} change
 */

/**
 * Listen to the keyboard.
 * @param {Keys} keys
 * @param {AbortSignal} signal ends it
 */
export function listenToKeys(keys, signal) {
  const talk = new PushToTalk(keys.change);
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || !keys.wanted()) return;
    if (event.code === "Space" && talk.held) event.preventDefault(); // a held space does not scroll
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    const meant = meaning({ key: event.key, code: event.code, repeat: event.repeat, modified, within: where(event.target) });
    if (meant === "talk" && !keys.mayTalk()) return;
    if (!meant) return;
    event.preventDefault();
    if (meant === "talk") talk.press();
    else keys[meant]();
  };
  document.addEventListener("keydown", pressed, { signal });
  const letGo = () => void (talk.held && talk.release());
  const released = (/** @type {KeyboardEvent} */ event) => void (event.code === "Space" && letGo());
  document.addEventListener("keyup", released, { signal });
  // A key let go in another window is never seen to be.
  window.addEventListener("blur", letGo, { signal });
  document.addEventListener("visibilitychange", letGo, { signal });
}
