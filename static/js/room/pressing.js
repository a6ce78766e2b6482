// What the one big button does, and the two beside it that come and go.

import { find, words } from "./cards.js";

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./media.js").Media} media
 * @property {import("./view.js").View} view
 * @property {import("./attempts.js").Attempt} attempt
 * @property {import("./voice.js").Voice} voice
 * @property {import("./entrance.js").Entrance} entrance
 */

/**
 * Let the buttons do what they say.
 * @param {Parts} parts
 */
export function offerButton({ room, media, view, attempt, voice, entrance }) {
  /** @type {Record<string, () => unknown>} */
  const does = {
    enter: () => entrance.enter(),
    play: () => media.play(),
    mute: () => attempt("button", () => voice.change(true)),
    unmute: () => attempt("button", () => voice.change(false)),
    raise: () => attempt("button", () => voice.raiseHand()),
    lower: () => attempt("button", () => room.act("hand.lower")),
    join: () => attempt("button", () => voice.joinStage()),
    signup: () => window.open(words.signup, "_blank", "noopener"),
  };
  const press = {
    /** Whether a tap would do this now. @param {string} what */
    would: (what) => view.button.dataset.does === what,
    /** Do what a tap does now. */
    now: () => does[view.button.dataset.does ?? ""]?.(),
  };
  view.button.addEventListener("click", press.now);
  for (const [id, command] of /** @type {const} */ ([
    ["decline", "stage.decline"],
    ["leave-stage", "stage.leave"],
  ]))
    find(id).addEventListener("click", () =>
      attempt("button", async () => {
        await room.act(command);
        view.button.focus(); // the one that was pressed goes away
      }),
    );
  return press;
}
