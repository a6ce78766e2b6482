// The one big button: what it says and does in each situation. Pure: words come in, nothing is touched.

/**
 * @typedef {object} Situation
 * @property {string} state outside | joining | inside | reconnecting | ended | elsewhere | failed
 * @property {string} asks before entering: the confidentiality to agree to, or empty
 * @property {boolean} expectsStage before entering: one will sit on stage
 * @property {string} role
 * @property {boolean} onStage
 * @property {boolean} muted
 * @property {boolean} unheard unmuted, and no sound arrives at the server
 * @property {boolean} silent unmuted, and the microphone gives nothing at all
 * @property {number} place in the queue of hands, 0 without a hand
 * @property {boolean} lineWaits what one wrote with one's hand waits for staff
 * @property {boolean} invited
 * @property {string} handPolicy
 * @property {boolean} frozen
 * @property {boolean} blocked the browser wants a tap before it plays
 * @property {number} wait seconds until the next try
 */

/**
 * @typedef {object} Button
 * @property {string} word the key of what it says
 * @property {string} look hand | primary | live | up | rest
 * @property {string} does enter | play | mute | unmute | raise | lower | join | signup, or empty: nothing
 * @property {string} [hint] the key of what it says beside
 */

/**
 * @param {Situation} now
 * @returns {Button}
 */
export function bigButton(now) {
  switch (now.state) {
    case "outside":
      return { word: now.asks ? "agree" : now.expectsStage ? "enter" : "listen", look: "hand", does: "enter" };
    case "joining":
      return { word: "joining", look: "rest", does: "" };
    case "reconnecting":
      return { word: now.wait > 0 ? "reconnectingIn" : "reconnecting", look: "rest", does: "" };
    case "elsewhere":
      return { word: "elsewhere", look: "primary", does: "enter" };
    case "failed":
      return { word: "again", look: "primary", does: "enter" };
    case "ended":
      return { word: "ended", look: "rest", does: "" };
    default:
      return now.blocked ? { word: "tap", look: "hand", does: "play" } : inside(now);
  }
}

/**
 * Why nobody hears an open microphone: what is on this side is said first, for it can be mended here.
 * @param {Situation} now
 */
function unheardHint({ silent, unheard }) {
  if (silent) return "silentHint";
  return unheard ? "unheardHint" : undefined;
}

/**
 * @param {Situation} now
 * @returns {Button}
 */
function inside(now) {
  if (now.role === "staff") return { word: "asStaff", look: "rest", does: "" };
  if (now.role === "guest") return { word: "askToJoin", look: "primary", does: "signup", hint: "guestHint" };
  if (now.onStage) {
    if (!now.muted) return { word: "mute", look: "live", does: "mute", hint: unheardHint(now) };
    if (now.frozen) return { word: "frozen", look: "rest", does: "", hint: "frozenHint" };
    return { word: "unmute", look: "primary", does: "unmute" };
  }
  if (now.place > 0) return { word: "handUp", look: "up", does: "lower", hint: now.lineWaits ? "lineWaitsHint" : "handUpHint" };
  if (now.frozen) return { word: "frozen", look: "rest", does: "", hint: "frozenHint" };
  if (now.invited || now.role === "host" || now.role === "moderator")
    return { word: "joinStage", look: "hand", does: "join" };
  if (now.handPolicy === "nobody") return { word: "handsClosed", look: "rest", does: "", hint: "handsClosedHint" };
  return { word: "raise", look: "hand", does: "raise", hint: now.handPolicy === "followed" ? "followedHint" : undefined };
}
