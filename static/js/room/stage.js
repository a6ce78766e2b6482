// What an ordered event does to a snapshot: the page's half of rooms/domain/state.py. Pure: no page, no network.

/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("./protocol.js").PersonCard} PersonCard */

/**
 * The stage in order: who came first.
 * @param {PersonCard[]} stage
 * @returns {PersonCard[]}
 */
export function inOrder(stage) {
  return [...stage].sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1));
}

/**
 * The snapshot after one event; the same snapshot for an event it does not know.
 * @param {RoomSnapshot} snapshot
 * @param {{type: string, seq?: number, data: any}} event
 * @returns {RoomSnapshot}
 */
export function applyEvent(snapshot, event) {
  const seq = event.seq ?? snapshot.seq;
  switch (event.type) {
    case "stage.seated": {
      const others = snapshot.stage.filter((person) => person.id !== event.data.person.id);
      return { ...snapshot, seq, stage: inOrder([...others, event.data.person]) };
    }
    case "stage.unseated":
      return { ...snapshot, seq, stage: snapshot.stage.filter((person) => person.id !== event.data.person) };
    case "stage.muted":
      return {
        ...snapshot,
        seq,
        stage: snapshot.stage.map((person) =>
          person.id === event.data.person ? { ...person, muted: event.data.muted } : person,
        ),
      };
    case "room.ended":
      return { ...snapshot, seq, phase: "ended", stage: [], faces: [], count: 0 };
    case "audience.changed":
      return { ...snapshot, count: event.data.count, faces: event.data.faces };
    default:
      return snapshot;
  }
}

/**
 * What to do with an event that carries `seq`: apply it, drop it as known, or ask for the snapshot because of a gap.
 * @param {RoomSnapshot} snapshot
 * @param {number} seq
 * @returns {"apply" | "drop" | "sync"}
 */
export function judge(snapshot, seq) {
  if (seq <= snapshot.seq) return "drop";
  return seq === snapshot.seq + 1 ? "apply" : "sync";
}
