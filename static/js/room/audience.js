// The audience on the page: the first faces, as the room tells them; more of them, a page at a time, when somebody scrolls there
// or asks for them. So many at most: a document with thousands of faces is slow for everybody.

import { fill, find, part, showCards, words } from "./cards.js";
import { FACES_AT_A_TIME } from "./protocol.js";
import { dressListener } from "./view.js";
import { Refusal } from "./wire.js";
import { write } from "./writing.js";

/** @typedef {import("./protocol.js").Face} Face */

export const MOST_FACES = 10 * FACES_AT_A_TIME;
const REFRESH_AFTER_MILLISECONDS = 30_000;

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./view.js").View} view
 * @property {import("./attempts.js").Attempt} attempt
 * @property {AbortSignal} gone the page is not in the document any more
 */

export class Audience {
  #list = find("audience");
  #button = /** @type {HTMLButtonElement} */ (find("audience-more"));
  #rest = find("audience-rest");
  /** @type {Face[]} those whom the room tells of */
  #first = [];
  /** @type {Face[]} those who were asked for */
  #further = [];
  #more = true; // whether others follow, as far as is known
  #asking = false;
  #askedAt = 0;
  #watch = new IntersectionObserver((entries) => {
    if (entries.at(-1)?.isIntersecting) this.#next().catch(quietly);
  });

  /** @param {Parts} parts */
  constructor({ room, view, attempt, gone }) {
    this.room = room;
    this.view = view;
    room.addEventListener("changed", () => this.show());
    room.addEventListener("entered", () => this.#forget());
    this.#button.addEventListener("click", () => attempt("audience", () => this.#next()));
    this.#watch.observe(this.#button);
    gone.addEventListener("abort", () => this.#watch.disconnect());
  }

  /** Whose faces are shown. */
  get shown() {
    return [...this.#first, ...this.#further].slice(0, MOST_FACES);
  }

  show() {
    const { snapshot, state } = this.room;
    if (!snapshot) return;
    if (snapshot.faces !== this.#first) this.#takeFirst(snapshot.faces);
    const shown = this.shown;
    showCards("audience", "listener", shown, dressListener);
    const isLarge = this.#first.length >= FACES_AT_A_TIME;
    const offers = state === "inside" && isLarge && this.#more && shown.length < MOST_FACES;
    this.#button.hidden = !offers;
    const rest = offers || snapshot.confidentiality === "chatham" ? 0 : snapshot.count - shown.length;
    write(this.#rest, rest > 0 ? fill(words.audienceRest, { NUMBER: rest }) : "");
    if (this.#further.length && Date.now() - this.#askedAt > REFRESH_AFTER_MILLISECONDS) this.#refresh().catch(quietly);
  }

  /** Whoever is pushed out of the first ones by others stays in sight. @param {Face[]} faces */
  #takeFirst(faces) {
    const here = new Set([...faces.map(({ id }) => id), ...(this.room.snapshot?.stage ?? []).map(({ id }) => id)]);
    const pushedOut = this.#further.length ? this.#first : [];
    this.#first = faces;
    this.#further = [...pushedOut, ...this.#further].filter(({ id }) => !here.has(id));
  }

  #forget() {
    this.#further = [];
    this.#more = true;
    this.show();
  }

  /** Ask for the page that follows; whoever's focus is on the button hears of it, and goes on with the first that is new. */
  async #next() {
    if (this.#asking) return;
    const before = this.shown.length;
    let hasFocus = false;
    await this.#ask(async () => {
      const { faces, more } = await this.#after(this.shown.at(-1));
      const known = new Set(this.shown.map(({ id }) => id));
      this.#further = [...this.#further, ...faces.filter(({ id }) => !known.has(id))];
      this.#more = more;
      hasFocus = document.activeElement === this.#button;
    });
    if (hasFocus) {
      this.view.announce(fill(words.audienceShown, { NUMBER: this.shown.length - before }));
      const fresh = this.#list.children[before]?.querySelector("button");
      if (this.#button.hidden && fresh instanceof HTMLElement) fresh.focus();
    }
    this.#watch.unobserve(this.#button); // if it is still in sight, this says so again
    this.#watch.observe(this.#button);
  }

  /** Ask for all that was asked for again: some have left meanwhile. */
  #refresh() {
    return this.#ask(async () => {
      const wanted = this.#further.length;
      /** @type {Face[]} */
      const further = [];
      let more = true;
      while (more && further.length < wanted) {
        const page = await this.#after(further.at(-1) ?? this.#first.at(-1));
        further.push(...page.faces);
        more = page.more && page.faces.length > 0;
      }
      const first = new Set(this.#first.map(({ id }) => id));
      this.#further = further.filter(({ id }) => !first.has(id));
      this.#more = more;
    });
  }

  /** @param {Face | undefined} last */
  #after(last) {
    return this.room.act("room.audience", { after: last?.id ?? "" });
  }

  /** One question at a time. @param {() => Promise<void>} question */
  async #ask(question) {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAt = Date.now();
    try {
      await question();
    } finally {
      this.#asking = false;
    }
    this.show();
  }
}

/** Who scrolled did not ask: what does not come is not missed. @param {unknown} error */
function quietly(error) {
  if (!(error instanceof Refusal)) throw error;
}
