// Running the room: the stage's controls, who may raise a hand, finding people, and what MiTalk's staff may do.

import { find, words } from "./cards.js";
import { confirmed } from "./dialogs.js";

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./attempts.js").Attempt} attempt
 * @property {import("./people.js").People} people
 * @property {import("./telling.js").Telling} telling
 * @property {() => void} changed
 */

/**
 * Let the desk's controls do what they say.
 * @param {Parts} parts
 */
export function offerRunning({ room, attempt, people, telling, changed }) {
  find("lock-stage").addEventListener("click", () =>
    attempt("lock", async () => {
      const locked = !room.snapshot?.locked;
      telling.undoes("stage.locked", () => attempt("lock", () => room.act("stage.lock", { locked: !locked })));
      await room.act("stage.lock", { locked });
    }),
  );
  find("reset-stage").addEventListener("click", () =>
    attempt("reset", async () => {
      if (await confirmed(words.resetTitle, words.resetText, words.resetYes)) await room.act("stage.reset");
    }),
  );
  find("hand-policy").addEventListener("change", (event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const policy = /** @type {import("./protocol.js").HandsPolicy["policy"]} */ (value);
    attempt("policy", () => room.act("hands.policy", { policy })).then(changed);
  });
  find("turn-limit").addEventListener("change", (event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const seconds = /** @type {import("./protocol.js").TurnLimit["seconds"]} */ (Number(value));
    attempt("turn", () => room.act("turn.limit", { seconds })).then(changed);
  });
  find("find-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("search", () => people.search());
  });
  offerToStaff(room, attempt);
}

/**
 * @param {Parts["room"]} room
 * @param {Parts["attempt"]} attempt
 */
function offerToStaff(room, attempt) {
  find("freeze").addEventListener("click", () =>
    attempt("freeze", async () => {
      const reason = /** @type {HTMLInputElement} */ (find("freeze-reason"));
      await room.act("room.freeze", { frozen: !room.snapshot?.frozen, reason: reason.value });
      reason.value = "";
    }),
  );
  find("message-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const { value } = /** @type {HTMLInputElement} */ (find("message-text"));
    attempt("message", () => room.act("room.message", { text: value }));
  });
}
