// The document that outlives its pages. While a room is heard, a link or a form changes the main part only: the room's own
// stays, unseen, with its sound and its wire, and a bar leads back to it. Where no room is heard, links are links.

import { MiniBar } from "./minibar.js";
import { followed, isRoom, pageOf, sent } from "./navigation.js";
import { dress, fetchPage, preload } from "./page.js";
import { agreed } from "./question.js";

/** @typedef {import("./page.js").Page} Page */

/**
 * What a page's module gives back for its main part; nothing, if there is nothing to keep.
 * @typedef {import("./minibar.js").Kept & {
 *   playing: boolean,
 *   whenChanged: (heard: () => void) => void,
 *   dispose: () => void,
 * }} Mounted
 */

/** @typedef {{mount: (main: HTMLElement) => Mounted | void}} Module */

class Shell {
  /** @type {{main: HTMLElement, room: Mounted} | null} the room of this document, seen or kept */
  #kept = null;
  /** @type {MiniBar | null} */
  #bar = null;
  #visit = 0; // the latest: those before it are given up

  start() {
    history.replaceState({ ...history.state, page: true }, "");
    moduleOf(shownMain()).then((module) => this.#mount(shownMain(), module));
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("submit", (event) => this.#submitted(event));
    window.addEventListener("popstate", (event) => {
      if (event.state?.page) this.#go(new URL(location.href), {}, { push: false, scroll: event.state.scroll ?? 0 });
    });
  }

  get #playing() {
    return this.#kept?.room.playing ?? false;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (event.defaultPrevented || !(link instanceof HTMLAnchorElement)) return;
    const url = followed(link, event, location.href);
    if (!url || !(this.#playing || isRoom(url))) return;
    event.preventDefault();
    this.#go(url, {}, { push: true });
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    if (!(this.#playing || form.dataset.opens === "room")) return;
    const submission = sent(form, new FormData(form, event.submitter), location.href);
    if (!submission) return;
    event.preventDefault();
    this.#go(submission.url, submission.request, { push: true });
  }

  /**
   * Show a page in this document; in another, if it is none of ours.
   * @param {URL} url
   * @param {RequestInit} request
   * @param {{push: boolean, scroll?: number}} how
   */
  async #go(url, request, { push, scroll = 0 }) {
    const visit = ++this.#visit;
    document.documentElement.setAttribute("aria-busy", "true");
    try {
      if (push) history.replaceState({ page: true, scroll: window.scrollY }, "");
      const page = await fetchPage(url, request);
      if (visit !== this.#visit) return;
      if (!page.main || !pageOf(page.url.href, location.href)) return void location.assign(page.url);
      if (!(await this.#mayShow(page))) return;
      if (push) history.pushState({ page: true }, "", page.url);
      await this.#show(page, scroll);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (visit === this.#visit && !this.#playing) location.assign(url); // the browser says that the network is gone
      else this.#bar?.show();
    } finally {
      if (visit === this.#visit) document.documentElement.removeAttribute("aria-busy");
    }
  }

  /** Whether a page may take this one's place: one is in one room at a time. @param {Page} page */
  async #mayShow(page) {
    const isLiveRoom = page.main.querySelector("template#mini-bar") !== null;
    if (!this.#kept || !this.#playing || !isLiveRoom || page.url.pathname === this.#kept.room.path) return true;
    const question = this.#kept.main.querySelector("template#leave-room");
    if (question instanceof HTMLTemplateElement && !(await agreed(question))) return false;
    await this.#kept.room.leave();
    return true;
  }

  /**
   * @param {Page} page
   * @param {number} scroll
   */
  async #show(page, scroll) {
    const before = shownMain();
    const comesBack = this.#playing && page.url.pathname === this.#kept?.room.path;
    const main = comesBack && this.#kept ? this.#kept.main : document.adoptNode(page.main);
    if (!comesBack) preload(page);
    const module = comesBack ? null : await moduleOf(main); // before it is seen: nobody taps a button that does nothing yet
    dress(page);
    if (main !== before) {
      if (this.#playing && before === this.#kept?.main) hide(before);
      else before.remove();
      if (comesBack) unhide(main);
      else (document.querySelector("body > .in-app") ?? document.querySelector("body > header"))?.after(main);
    }
    if (!this.#playing) this.#letGo();
    this.#showBar();
    this.#mount(main, module);
    window.scrollTo(0, scroll);
    focusOn(main, page.url.hash);
  }

  /**
   * Begin what the page's module does.
   * @param {HTMLElement} main
   * @param {Module | null} module
   */
  #mount(main, module) {
    const room = module?.mount(main);
    if (!room) return;
    const kept = { main, room };
    this.#kept = kept;
    room.whenChanged(() => {
      if (this.#kept === kept) this.#bar?.show();
    });
  }

  /** The room is over, or was left: it is not kept any more. */
  #letGo() {
    if (this.#kept?.main.hidden) this.#kept.main.remove();
    this.#kept?.room.dispose();
    this.#kept = null;
    this.#showBar();
  }

  #showBar() {
    const kept = this.#kept;
    if (this.#bar && kept?.main.hidden) this.#bar.show();
    else this.#removeBar();
    const template = kept?.main.querySelector("template#mini-bar");
    if (!this.#bar && kept?.main.hidden && template instanceof HTMLTemplateElement)
      this.#bar = new MiniBar(template, kept.room, () => this.#letGo());
  }

  #removeBar() {
    this.#bar?.remove();
    this.#bar = null;
  }
}

/**
 * @param {HTMLElement} main
 * @returns {Promise<Module | null>}
 */
const moduleOf = async ({ dataset }) => (dataset.module ? import(dataset.module) : null);

const shownMain = () => /** @type {HTMLElement} */ (document.querySelector("main:not([hidden])"));

/** @param {HTMLElement} main */
function hide(main) {
  main.hidden = true;
  main.removeAttribute("id"); // "Skip to the content" leads to the part that is seen
}

/** @param {HTMLElement} main */
function unhide(main) {
  main.hidden = false;
  main.id = "main";
}

/**
 * Where a screen reader goes on: at the page's heading.
 * @param {HTMLElement} main
 * @param {string} hash
 */
function focusOn(main, hash) {
  const place = (hash && document.getElementById(hash.slice(1))) || main.querySelector("h1") || main;
  if (!(place instanceof HTMLElement)) return;
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
  place.focus({ preventScroll: !hash });
}

new Shell().start();
