// The chat on the page: its log, and how long one waits before writing again. Shows; what is done, talking.js does.
//
// A screen reader hears new messages only while the focus is in the chat (the log is polite then): the room's voices are what
// one listens to, and on a wide page the chat is always open. A burst is announced as a number, not read out.

import { drawFace, fill, find, part, words } from "./cards.js";
import { timeOfDay } from "./clock.js";
import { showRows } from "./rows.js";
import { write } from "./writing.js";

/** @typedef {import("./talk.js").Message} Message */

const READ_OUT_AT_ONCE = 3;
const NEAR_THE_END_PIXELS = 40;

export class Chat {
  #log = find("chat-log");
  #latest = find("chat-latest");
  #newest = "";
  #may = false;
  #slow = 0;
  #waitUntil = 0;
  #ticking = 0;
  #follows = true; // the newest stays in sight

  /** @param {AbortSignal} gone the page is not in the document any more */
  constructor(gone) {
    gone.addEventListener("abort", () => window.clearInterval(this.#ticking));
    this.#latest.addEventListener("click", () => this.#toTheEnd());
    this.#log.addEventListener("scroll", () => {
      this.#follows = this.#isAtTheEnd();
      if (this.#follows) this.#latest.hidden = true;
    });
    const follow = () => this.#follows && this.#toTheEnd();
    new ResizeObserver(() => {
      follow();
      requestAnimationFrame(follow); // what is measured in the same moment may change its size once more
    }).observe(this.#log);
  }

  /**
   * Show the messages.
   * @param {Message[]} messages
   * @returns {number} how many are new, to be announced if they were too many to be read out
   */
  show(messages) {
    const fresh = messages.filter(({ at, removedBy }) => at > this.#newest && !removedBy).length;
    const listens = find("chat-panel").contains(document.activeElement);
    this.#log.setAttribute("aria-live", listens && fresh <= READ_OUT_AT_ONCE ? "polite" : "off");
    showRows("chat", "chat-message", messages, dress);
    this.#newest = messages.at(-1)?.at ?? this.#newest;
    find("chat-empty").hidden = messages.length > 0;
    this.#log.hidden = messages.length === 0;
    if (this.#follows) this.#toTheEnd();
    else if (fresh) this.#latest.hidden = false;
    return listens && fresh > READ_OUT_AT_ONCE ? fresh : 0;
  }

  /** Whatever is newest is in sight. */
  opened() {
    this.#toTheEnd();
  }

  /**
   * Who may write, and how often.
   * @param {boolean} may
   * @param {number} slow seconds between two messages, 0 for those for whom there is no slow mode
   */
  allow(may, slow) {
    this.#may = may;
    this.#slow = slow;
    if (!slow) this.#waitUntil = 0;
    this.#hint();
  }

  /**
   * One has written, or was told to wait.
   * @param {number} seconds
   */
  wait(seconds) {
    this.#waitUntil = Date.now() + seconds * 1000;
    window.clearInterval(this.#ticking);
    this.#ticking = window.setInterval(() => this.#hint(), 500);
    this.#hint();
  }

  get mustWait() {
    return this.#waitUntil > Date.now();
  }

  #hint() {
    const left = Math.ceil((this.#waitUntil - Date.now()) / 1000);
    if (left <= 0) window.clearInterval(this.#ticking);
    find("chat-form").hidden = !this.#may;
    find("chat-closed").hidden = this.#may;
    const sentence = left > 0 ? words.chatWait : this.#slow ? words.chatSlow : "";
    write(find("chat-hint"), this.#may ? fill(sentence, { SECONDS: left > 0 ? left : this.#slow }) : "");
    part(find("chat-form"), "button").setAttribute("aria-disabled", String(left > 0));
  }

  #isAtTheEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PIXELS;
  }

  #toTheEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#latest.hidden = true;
  }
}

/** @param {Pick<Message, "author">} message */
export const writerOf = ({ author }) => author.name || (words.chatSomebody ?? "");

/**
 * @param {HTMLElement} item
 * @param {Message} message
 */
function dress(item, message) {
  const gone = message.removedBy !== undefined;
  const name = writerOf(message);
  item.dataset.removed = String(gone);
  item.dataset.waits = String(Boolean(message.waits));
  part(item, "[data-name]").textContent = gone ? "" : name;
  drawFace(part(item, "[data-face]"), message.author.id ? message.author : { ...message.author, initials: "·" });
  part(item, "[data-text]").textContent = gone ? fill(words.chatRemovedBy, { NAME: message.removedBy ?? "" }) : message.text;
  const time = part(item, "time");
  time.setAttribute("datetime", message.at);
  time.textContent = gone ? "" : message.waits ? (words.waitsForStaff ?? "") : timeOfDay(message.at);
  const about = part(item, "[data-about]");
  about.hidden = gone;
  about.setAttribute("aria-label", fill(words.chatAbout, { NAME: name }));
}
