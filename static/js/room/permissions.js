// Who may do what: the same table as the server's, so that a page offers nothing that would be refused. Decides nothing.

import { ACTS, ON_WHOM, PERMISSIONS } from "./protocol.js";

/** @typedef {{id: string, role: string, position: string}} Standing */
/** @typedef {{hand: boolean, invited: boolean, here: boolean, quiet?: boolean}} About `quiet`: muted for oneself */

/**
 * Whether somebody may send a command at all.
 * @param {Standing} me
 * @param {string} command
 * @returns {boolean}
 */
export function may(me, command) {
  return PERMISSIONS[ACTS[command] ?? ""]?.[me.role]?.includes(me.position) ?? false;
}

/**
 * Whether they may do it to somebody else.
 * @param {Standing} me
 * @param {string} command
 * @param {Standing} other
 * @returns {boolean}
 */
function mayTo(me, command, other) {
  return me.id !== other.id && may(me, command) && (ON_WHOM[ACTS[command] ?? ""]?.[me.role] ?? []).includes(other.role);
}

/**
 * The commands that may be sent about somebody as they are now, in the order they are offered.
 * @param {Standing} me
 * @param {Standing & {muted: boolean}} other
 * @param {About} about
 * @returns {string[]}
 */
export function offered(me, other, { hand, invited, here, quiet = false }) {
  const onStage = other.position === "stage";
  const fits = {
    "stage.invite": here && !onStage && !invited,
    "stage.withdraw": here && invited,
    "hand.lower_other": here && hand,
    "person.mute": here && onStage && !other.muted,
    "person.move": here && onStage,
    "moderator.name": here,
    "moderator.dismiss": true,
    "host.hand_over": here,
    "person.remove": here,
    "person.ban": true,
    "person.quiet": !quiet,
    "person.hear": quiet,
    "person.block": true,
    "person.report": true,
  };
  return Object.entries(fits)
    .filter(([command, sensible]) => sensible && mayTo(me, command, other))
    .map(([command]) => command);
}
