// The panel of chat and questions: a sheet above the bar on a phone, beside the stage on a wide page; two tabs, by keyboard too.

import { find } from "./cards.js";

/** @typedef {"chat" | "questions"} Tab */

const TABS = /** @type {Tab[]} */ (["chat", "questions"]);

/** Dispatches "shown" (detail: Tab): what is on it is in sight now. */
export class Panel extends EventTarget {
  #panel = find("talk");
  #wide = window.matchMedia("(min-width: 960px)");
  /** @type {Tab} */
  #tab = "chat";

  /** @param {AbortSignal} gone the page is not in the document any more */
  constructor(gone) {
    super();
    for (const tab of TABS) {
      find(`${tab}-tab`).addEventListener("click", () => this.choose(tab));
      find(`${tab}-tab`).addEventListener("keydown", (event) => this.#byArrow(event, tab));
      find(`open-${tab}`).addEventListener("click", () => this.#toggle(tab));
    }
    find("talk-close").addEventListener("click", () => this.#close());
    find("open-desk").addEventListener("click", () => this.#close(false)); // one sheet at a time
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#wide.matches) this.#close();
    });
    this.#wide.addEventListener("change", () => this.choose(this.#tab), { signal: gone });
    const bar = /** @type {HTMLElement} */ (find("talk-bar").closest(".room-bar"));
    let seen = true; // false while the page shows another in the room's place
    const resized = new ResizeObserver(() => {
      measure(bar, this.#wide.matches ? this.#panel : null);
      const comesBack = !seen && bar.offsetHeight > 0;
      seen = bar.offsetHeight > 0;
      if (comesBack) this.choose(this.#tab);
    });
    for (const changes of [bar, find("room")]) resized.observe(changes);
    gone.addEventListener("abort", () => resized.disconnect());
  }

  /** @param {boolean} inside whether one is in the room */
  show(inside) {
    const was = this.#panel.hidden;
    this.#panel.hidden = find("talk-bar").hidden = !inside;
    if (was && inside) this.choose(this.#tab);
  }

  /**
   * Whether somebody sees it now.
   * @param {Tab} tab
   */
  isInSight(tab) {
    return !this.#panel.closest("[hidden]") && this.#tab === tab && (this.#wide.matches || this.#isOpen) && !document.hidden;
  }

  get #isOpen() {
    return this.#panel.dataset.open === "true";
  }

  /** @param {Tab} tab */
  choose(tab) {
    this.#tab = tab;
    for (const name of TABS) {
      const chosen = name === tab;
      find(`${name}-tab`).setAttribute("aria-selected", String(chosen));
      find(`${name}-tab`).tabIndex = chosen ? 0 : -1;
      find(`${name}-panel`).hidden = !chosen;
      find(`open-${name}`).setAttribute("aria-expanded", String(chosen && this.#isOpen));
    }
    if (this.isInSight(tab)) this.dispatchEvent(new CustomEvent("shown", { detail: tab }));
  }

  /** @param {Tab} tab */
  #toggle(tab) {
    if (this.#isOpen && this.#tab === tab) {
      this.#close();
      return;
    }
    this.#panel.dataset.open = "true";
    this.choose(tab);
    find(`${tab}-tab`).focus();
  }

  #close(takesFocus = true) {
    this.#panel.dataset.open = "false";
    this.choose(this.#tab);
    if (takesFocus) find(`open-${this.#tab}`).focus();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Tab} from
   */
  #byArrow(event, from) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const to = from === "chat" ? "questions" : "chat";
    this.choose(to);
    find(`${to}-tab`).focus();
  }
}

/**
 * @param {HTMLElement} bar the sheet stands on it, and the page ends above it
 * @param {HTMLElement | null} panel beside the stage, it ends above the bar too
 */
function measure(bar, panel) {
  const { style } = document.documentElement;
  style.setProperty("--bar-height", `${bar.offsetHeight}px`);
  if (panel) style.setProperty("--talk-top", `${Math.round(panel.getBoundingClientRect().top + window.scrollY)}px`);
}
