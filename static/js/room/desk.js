// The desk of those who run the room: hands, invitations, the stage's controls, finding people. Shows; what is done, the page does.

import { fill, find, part, showCards, words } from "./cards.js";
import { showClaims } from "./claims.js";
import { timeOfDay } from "./clock.js";
import { may } from "./permissions.js";
import { roleName } from "./view.js";
import { write } from "./writing.js";

/** @typedef {import("./protocol.js").Desk} DeskState */
/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("./protocol.js").Visitor} Visitor */
/** @typedef {import("./protocol.js").You} You */

/**
 * Show what this person may run, or nothing.
 * @param {You | null} you
 * @param {RoomSnapshot | null} snapshot
 * @param {DeskState | null} desk
 */
export function showDesk(you, snapshot, desk) {
  const runs = Boolean(you && snapshot && may(you, "stage.lock"));
  find("desk").hidden = find("open-desk").hidden = !runs;
  if (!runs || !you || !snapshot) return;
  find("hands-part").hidden = !desk;
  find("policy-part").hidden = !may(you, "hands.policy");
  find("staff-part").hidden = !may(you, "room.freeze");
  write(find("lock-stage"), snapshot.locked ? words.unlock : words.lock);
  /** @type {HTMLSelectElement} */ (find("hand-policy")).value = snapshot.hand_policy;
  find("turn-part").hidden = !may(you, "turn.limit");
  /** @type {HTMLSelectElement} */ (find("turn-limit")).value = String(snapshot.turn_limit);
  write(find("freeze"), snapshot.frozen ? words.unfreeze : words.freeze);
  if (desk) showHands(desk);
}

/** @param {DeskState} desk */
function showHands(desk) {
  const hands = desk.hands.map((hand) => ({ ...hand.person, line: hand.line, raised: hand.raised_at }));
  showCards("hands", "hand", hands, (item, hand) => {
    write(part(item, "[data-headline]"), hand.headline);
    showClaims(part(item, "[data-claims]"), hand.claims);
    write(part(item, "[data-line]"), hand.line ? fill(words.quote, { LINE: hand.line }) : "");
    const time = part(item, "time");
    time.setAttribute("datetime", hand.raised);
    write(time, timeOfDay(hand.raised));
    part(item, "[data-act='stage.invite']").setAttribute("aria-label", fill(words.inviteName, { NAME: hand.name }));
    part(item, "[data-act='hand.lower_other']").setAttribute("aria-label", fill(words.lowerName, { NAME: hand.name }));
  });
  write(find("hands-count"), hands.length ? String(hands.length) : "");
  write(find("hands-up"), hands.length ? String(hands.length) : "");
  find("hands-empty").hidden = hands.length > 0;
  showCards("invited", "invited-person", desk.invited, (item, person) => {
    part(item, "button").setAttribute("aria-label", fill(words.withdrawName, { NAME: person.name }));
  });
  find("invited-part").hidden = desk.invited.length === 0;
}

/**
 * Show whom the search found.
 * @param {Visitor[]} people
 */
export function showFound(people) {
  showCards(
    "found",
    "found-person",
    people.map((visitor) => ({ ...visitor.person, visitor })),
    (item, { visitor }) => {
      const states = [
        visitor.here ? "" : words.gone,
        visitor.banned ? words.bannedState : "",
        roleName(visitor.person.role),
        visitor.here && visitor.person.position === "stage" ? words.onStageState : "",
      ];
      write(part(item, "[data-state]"), states.filter(Boolean).join(" · "));
    },
  );
  find("found-empty").hidden = people.length > 0;
}
