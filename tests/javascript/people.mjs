// Whole cards and snapshots for tests, of which they name only what matters to them.

/** @typedef {import("../../static/js/room/protocol.js").PersonCard} PersonCard */
/** @typedef {import("../../static/js/room/protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("../../static/js/room/protocol.js").Desk} Desk */
/** @typedef {import("../../static/js/room/protocol.js").HandCard} HandCard */
/** @typedef {import("../../static/js/room/protocol.js").You} You */

const FACE = { headline: "", initials: "", tint: 0, portrait: "", member: "", guest: 0, demo: false, claims: [] };

/**
 * Somebody on stage.
 * @param {string} id
 * @param {number} number
 * @param {Partial<PersonCard>} [more]
 * @returns {PersonCard}
 */
export const person = (id, number, more = {}) => ({ ...FACE, id, number, name: id, muted: true, role: "member", position: "stage", ...more });

/**
 * A live room.
 * @param {Partial<RoomSnapshot>} [more]
 * @returns {RoomSnapshot}
 */
export const snapshotWith = (more = {}) => ({
  ...{ seq: 4, phase: "live", stage_size: 8, stage: [], staff: [], hand_policy: "everyone", locked: false, frozen: false },
  ...{ notice: "", notice_by: "", count: 3, faces: [], confidentiality: "on_record" },
  ...{ slow_mode: 0, turn_limit: 0, link_title: "", link_host: "", link_by: "" },
  ...more,
});

/**
 * How one stands: a member in the audience.
 * @param {Partial<You>} [more]
 * @returns {You}
 */
export const youWith = (more = {}) => ({
  ...{ id: "me", role: "member", position: "audience", muted: true, place: 0, line: "", line_waiting: "", invited_by: "" },
  ...more,
});

/**
 * A hand that is up.
 * @param {string} id
 * @param {number} number
 * @param {string} [line]
 * @returns {HandCard}
 */
export const hand = (id, number, line = "") => ({ person: person(id, 0), number, line, raised_at: "" });
