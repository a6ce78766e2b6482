// What is wrong with the connection, in a word beside the one big button. Pure.

/**
 * @typedef {object} Connection
 * @property {string} state of the page: inside, reconnecting, …
 * @property {string} media none | connecting | connected | lost
 * @property {boolean} begun whether it was connected before
 * @property {boolean} moved the server told us to begin anew
 * @property {boolean} weak
 */

/**
 * The key of what is said; empty when all is well, or the button says it.
 * @param {Connection} now
 */
export function trouble({ state, media, begun, moved, weak }) {
  if (state !== "inside") return "";
  if (media === "connected") return weak ? "weakNetwork" : "";
  if (moved) return "soundMoves";
  if (media === "lost" || begun) return "soundLost";
  return media === "connecting" ? "soundConnects" : "";
}
