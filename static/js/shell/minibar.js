// The bar by which a room goes on while one looks at other pages: what it is, how one stands in it, the way back, and out.

/**
 * @typedef {object} Standing
 * @property {string} words how one stands in the room
 * @property {"" | "mute" | "unmute"} microphone what its button does; nothing in the audience
 * @property {boolean} wanted whether the person should look: the room waits for an answer on its own page, or is over
 * @property {boolean} over whether they are not in it any more
 */

/**
 * @typedef {object} Kept
 * @property {string} title
 * @property {string} path
 * @property {() => Standing} standing
 * @property {() => Promise<unknown>} toggleMicrophone
 * @property {() => Promise<unknown>} leave
 */

export class MiniBar {
  /** @type {HTMLElement | null} */
  #bar = null;

  /**
   * @param {HTMLTemplateElement} template
   * @param {Kept} room
   * @param {() => void} closed it was left, or is over and that was read
   */
  constructor(template, room, closed) {
    this.room = room;
    this.#bar = /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
    const back = this.#part("[data-back]");
    back.setAttribute("href", room.path);
    this.#part("[data-title]").textContent = room.title;
    this.#part("[data-microphone]").addEventListener("click", () => room.toggleMicrophone());
    this.#part("[data-leave]").addEventListener("click", () => room.leave().then(closed));
    this.#part("[data-close]").addEventListener("click", closed);
    document.body.append(this.#bar);
    this.show();
  }

  /** Show how one stands now. */
  show() {
    if (!this.#bar) return;
    document.body.classList.add("has-mini-bar");
    const { words, microphone, wanted, over } = this.room.standing();
    const told = this.#part("[data-standing]");
    if (told.textContent !== words) told.textContent = words;
    this.#bar.classList.toggle("wanted", wanted);
    this.#part("[data-leave]").hidden = over;
    this.#part("[data-close]").hidden = !over;
    const button = this.#part("[data-microphone]");
    button.hidden = !microphone;
    button.textContent = (microphone === "mute" ? button.dataset.mute : button.dataset.unmute) ?? "";
  }

  remove() {
    this.#bar?.remove();
    this.#bar = null;
    document.body.classList.remove("has-mini-bar");
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#bar?.querySelector(selector));
  }
}
