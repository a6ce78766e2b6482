// What an ordered event does to what a page knows: the page's half of rooms/domain/changes.py. Pure: no page, no network.

/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("./protocol.js").Desk} Desk */
/** @typedef {import("./protocol.js").PersonCard} PersonCard */
/** @typedef {import("./protocol.js").HandCard} HandCard */
/** @typedef {import("./protocol.js").Frame} Frame */

/**
 * The stage in order: who came first.
 * @param {PersonCard[]} stage
 * @returns {PersonCard[]}
 */
export function inOrder(stage) {
  return [...stage].sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1));
}

/**
 * The hands in order: who raised first.
 * @param {HandCard[]} hands
 * @returns {HandCard[]}
 */
export function inQueue(hands) {
  return [...hands].sort((a, b) => a.number - b.number || (a.person.id < b.person.id ? -1 : 1));
}

/**
 * @template {{id: string}} Card
 * @param {Card[]} cards
 * @param {string} id
 * @returns {Card[]}
 */
const without = (cards, id) => cards.filter((card) => card.id !== id);

/**
 * @param {PersonCard[]} cards
 * @param {string} id
 * @param {Partial<PersonCard>} change
 */
const changed = (cards, id, change) => cards.map((card) => (card.id === id ? { ...card, ...change } : card));

/**
 * The room after one event for everyone; the same snapshot for an event it does not know.
 * @param {RoomSnapshot} snapshot
 * @param {Frame} event
 * @returns {RoomSnapshot}
 */
export function applyEvent(snapshot, event) {
  const change = forEveryone(snapshot, event);
  return change ? { ...snapshot, seq: event.seq ?? snapshot.seq, ...change } : snapshot;
}

/**
 * @param {RoomSnapshot} snapshot
 * @param {Frame} event
 * @returns {Partial<RoomSnapshot> | null}
 */
function forEveryone(snapshot, { type, data }) {
  switch (type) {
    case "stage.seated":
      return { stage: inOrder([...without(snapshot.stage, data.person.id), data.person]) };
    case "stage.unseated":
      return { stage: without(snapshot.stage, data.person) };
    case "stage.muted":
      return { stage: changed(snapshot.stage, data.person, { muted: data.muted }) };
    case "stage.locked":
      return { locked: data.locked };
    case "person.role":
      return { stage: changed(snapshot.stage, data.person, { role: data.role }) };
    case "hands.policy":
      return { hand_policy: data.policy };
    case "chat.slow":
      return { slow_mode: data.seconds };
    case "turn.limit":
      return { turn_limit: data.seconds };
    case "link.pinned":
      return { link_title: data.title, link_host: data.host, link_by: data.host ? data.by : "" };
    case "room.frozen": {
      const stage = data.frozen ? snapshot.stage.map((person) => ({ ...person, muted: true })) : snapshot.stage;
      return { frozen: data.frozen, stage };
    }
    case "staff.entered":
      return { staff: [...without(snapshot.staff, data.person.id), data.person] };
    case "staff.left":
      return { staff: without(snapshot.staff, data.person) };
    case "room.told":
      return { notice: data.text, notice_by: data.text ? data.by : "" };
    case "room.ended":
      return { phase: "ended", stage: [], staff: [], faces: [], count: 0, frozen: false };
    case "audience.changed":
      return { count: data.count, faces: data.faces };
    case "audience.counted":
      return { count: data.count };
    default:
      return null;
  }
}

/**
 * The desk of those who run the room after one of the moderators' events; the same desk for an event it does not know.
 * @param {Desk} desk
 * @param {Frame} event
 * @returns {Desk}
 */
export function applyToDesk(desk, event) {
  const change = forModerators(desk, event);
  return change ? { ...desk, seq: event.seq ?? desk.seq, ...change } : desk;
}

/**
 * @param {Desk} desk
 * @param {Frame} event
 * @returns {Partial<Desk> | null}
 */
function forModerators(desk, { type, data }) {
  switch (type) {
    case "hand.raised":
      return { hands: inQueue([...withoutHand(desk.hands, data.hand.person.id), data.hand]) };
    case "hand.lowered":
      return { hands: withoutHand(desk.hands, data.person) };
    case "stage.invited":
      return { invited: [...without(desk.invited, data.person.id), data.person].sort((a, b) => (a.id < b.id ? -1 : 1)) };
    case "stage.invitation_ended":
      return { invited: without(desk.invited, data.person) };
    default:
      return null;
  }
}

/**
 * @param {HandCard[]} hands
 * @param {string} person
 */
const withoutHand = (hands, person) => hands.filter((hand) => hand.person.id !== person);

/**
 * What to do with an event of a history that has come to `known`: apply it, drop it as known, or ask for everything again
 * because of a gap.
 * @param {number} known
 * @param {number} seq
 * @returns {"apply" | "drop" | "sync"}
 */
export function judge(known, seq) {
  if (seq <= known) return "drop";
  return seq === known + 1 ? "apply" : "sync";
}
