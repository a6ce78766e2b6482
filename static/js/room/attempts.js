// Doing something that may be refused: once at a time, and why it was refused is said.

import { words } from "./cards.js";
import { CODES } from "./protocol.js";
import { Refusal } from "./wire.js";

/** @typedef {(what: string, work: () => Promise<unknown>) => Promise<void>} Attempt */

/** What “Your standing” explains. */
const LIMITED = /** @type {string[]} */ ([CODES.SANCTIONED_MUTE, CODES.SANCTIONED_STAGE, CODES.SANCTIONED_HOSTING, CODES.TRUST_SPEAK, CODES.TRUST_HOST]);
const FULL = /** @type {string[]} */ ([CODES.ROOM_FULL, CODES.WORKER_FULL, CODES.STAGE_FULL]);

export class Attempts {
  /** @type {Set<string>} */
  #underWay = new Set(); // what was begun and not yet answered

  /**
   * @param {import("./view.js").View} view
   * @param {AbortSignal} gone the page is not in the document any more: nobody is there to be told
   */
  constructor(view, gone) {
    this.view = view;
    this.gone = gone;
  }

  /**
   * Do something, unless the same is under way already (a double tap), and say why it was refused.
   * @type {Attempt}
   */
  attempt = async (what, work) => {
    if (this.#underWay.has(what)) return;
    this.#underWay.add(what);
    this.view.alert("");
    this.view.full(false);
    this.view.limited(false);
    try {
      await work();
    } catch (error) {
      this.complain(error);
    } finally {
      this.#underWay.delete(what);
    }
  };

  /** @param {unknown} error */
  complain = (error) => {
    if (this.gone.aborted) return;
    this.view.full(error instanceof Refusal && FULL.includes(error.code));
    this.view.limited(error instanceof Refusal && LIMITED.includes(error.code));
    const why = this.explain(error);
    if (why) this.view.alert(why);
  };

  /**
   * Why something could not be done; empty if the person changed their mind.
   * @param {unknown} error
   */
  explain = (error) => {
    if (error instanceof DOMException && error.name === "AbortError") return "";
    if (error instanceof DOMException)
      return (error.name === "NotFoundError" ? words.microphoneMissing : words.microphoneRefused) ?? "";
    if (error instanceof Refusal) return error.message || words.noAnswer || "";
    throw error;
  };
}
