// Whether this browser can play a room, and saying so where it cannot. What it must have for our modules to be read at all is
// in old.js.

/**
 * What a room cannot do without and this browser does not have: too old, or switched off to protect somebody.
 * @returns {string[]} names as their makers write them
 */
export function lacks() {
  /** @type {[string, boolean][]} */
  const needs = [
    ["WebRTC", "RTCPeerConnection" in window],
    ["WebSocket", "WebSocket" in window],
    ["Web Audio", "AudioContext" in window],
  ];
  return needs.filter(([, there]) => !there).map(([name]) => name);
}

/**
 * Say what is missing, in the place of whatever needs it.
 * @param {HTMLElement} main
 * @param {string[]} missing
 */
export function sayUnsupported(main, missing) {
  const notice = /** @type {HTMLElement} */ (main.querySelector("#unsupported"));
  const what = /** @type {HTMLElement} */ (main.querySelector("#unsupported-what"));
  what.textContent = missing.join(", ");
  /** @type {HTMLElement} */ (what.parentElement).hidden = false;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll(".needs-script"))) part.hidden = true;
  notice.hidden = false;
}
