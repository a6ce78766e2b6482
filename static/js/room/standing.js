// How one stands in the room, in a few words, for whoever looks at another page meanwhile.

import { fill, words } from "./cards.js";
import { ordinal } from "./view.js";

/** @typedef {import("../shell/minibar.js").Standing} Standing */

/**
 * @param {import("./room.js").Room} room
 * @param {string} farewell why one is not in the room any more, if it was said
 * @returns {Standing}
 */
export function standingIn({ state, wait, you, onStage }, farewell) {
  /** @type {(word: string | undefined, more?: Partial<Standing>) => Standing} */
  const say = (word, more) => ({ words: word ?? "", microphone: "", wanted: false, over: false, ...more });
  if (state === "reconnecting") return say(wait ? fill(words.reconnectingIn, { SECONDS: wait }) : words.reconnecting);
  if (state === "joining") return say(words.joining);
  if (state !== "inside" || !you) return say(farewell || words.notInRoom, { over: true, wanted: true });
  if (onStage) return say(you.muted ? words.onStageMuted : words.onStageLive, { microphone: you.muted ? "unmute" : "mute" });
  if (you.invited_by) return say(fill(words.invitedBy, { NAME: you.invited_by }), { wanted: true });
  if (you.place) return say(fill(words.handUp, { PLACE: ordinal(you.place) }));
  return say(words.listening);
}
