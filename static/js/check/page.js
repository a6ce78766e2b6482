// The self-test's page.

import "../copy.js";
import { lacks, sayUnsupported } from "../support.js";
import { NetworkTest } from "./network.js";
import { answerSpeakers, checkMicrophone, checkSpeakers } from "./own.js";
import { Steps } from "./steps.js";

/**
 * Begin: the page's main part comes alive, unless this browser cannot play a room; then it says so.
 * @param {HTMLElement} main
 */
export function mount(main) {
  const missing = lacks();
  if (missing.length) return sayUnsupported(main, missing);
  const steps = new Steps(main);
  const network = new NetworkTest(steps);
  const onClick = (/** @type {string} */ id, /** @type {() => unknown} */ work) => steps.find(id).addEventListener("click", work);
  onClick("begin", () => network.begin());
  onClick("try-microphone", () => checkMicrophone(steps));
  onClick("play-tone", () => checkSpeakers(steps));
  onClick("heard", () => answerSpeakers(steps, true));
  onClick("not-heard", () => answerSpeakers(steps, false));
}
