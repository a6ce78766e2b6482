// A page of steps: each says what it found and what to do about it, and all of it becomes a report to copy.

import { report } from "./report.js";

/** @typedef {import("./report.js").State} State */
/** @typedef {"browser" | "socket" | "udp" | "turn" | "loopback" | "microphone" | "speakers"} Step */

export class Steps {
  /** @type {Map<Step, {state: State, detail: string}>} */
  #found = new Map();

  /** @param {HTMLElement} main the page's part of the document */
  constructor(main) {
    this.main = main;
    /** @type {Record<string, string | undefined>} the translated words that the server wrote into the page */
    this.words = { ...this.find("words").dataset };
  }

  /** @param {string} id */
  find(id) {
    return /** @type {HTMLElement} */ (this.main.querySelector(`#${id}`));
  }

  /** Whether any step found something that does not work. */
  get anyBad() {
    return [...this.#found.values()].some(({ state }) => state === "bad");
  }

  /**
   * Show what a step has come to.
   * @param {Step} step
   * @param {State} state
   * @param {string} [detail]
   */
  show(step, state, detail = "") {
    this.#found.set(step, { state, detail });
    this.find(`step-${step}`).dataset.state = state;
    this.find(`state-${step}`).textContent = this.words[state] ?? "";
    this.find(`detail-${step}`).textContent = detail;
    const field = /** @type {HTMLTextAreaElement} */ (this.find("report"));
    field.value = report(
      [...this.#found].map(([name, now]) => ({
        name: this.find(`name-${name}`).textContent ?? "",
        word: this.words[now.state] ?? "",
        detail: now.detail,
      })),
      { address: location.host, agent: navigator.userAgent, time: new Date().toISOString() },
    );
    field.rows = field.value.split("\n").length + 1;
  }
}
