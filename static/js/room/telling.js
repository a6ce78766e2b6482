// What happened, in a sentence: what everybody is told, and what concerns the person at this page.

import { fill, words } from "./cards.js";
import { clockOf } from "./talk.js";
import { Refusal } from "./wire.js";

/** @typedef {import("./protocol.js").You} You */
/** @typedef {{frame: import("./protocol.js").Frame, before: import("./protocol.js").RoomSnapshot | null}} Happened */
/** @typedef {{before: You, now: You, by: string}} Stood */

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./media.js").Media} media
 * @property {import("./view.js").View} view
 * @property {(error: unknown) => void} complain
 */

export class Telling {
  /** @type {{type: string, work: () => unknown} | null} how to undo what one has just asked for, when it comes */
  #undo = null;

  /** Why one is not in the room any more, if it was said. */
  farewell = "";

  /** @param {Parts} parts */
  constructor({ room, media, view, complain }) {
    this.room = room;
    this.view = view;
    room.addEventListener("unheard", () => view.announce(room.unheard ? words.unheardHint : ""));
    room.addEventListener("refused", (event) => complain(/** @type {CustomEvent<unknown>} */ (event).detail));
    room.addEventListener("over", (event) => this.#over(/** @type {CustomEvent<Refusal>} */ (event).detail));
    room.addEventListener("ended", (event) => this.#ended(/** @type {CustomEvent<string>} */ (event).detail));
    room.addEventListener("happened", (event) => this.#say(/** @type {CustomEvent<Happened>} */ (event).detail));
    room.addEventListener("stood", (event) => this.#sayToMe(/** @type {CustomEvent<Stood>} */ (event).detail));
    media.addEventListener("failed", (event) => {
      const { detail } = /** @type {CustomEvent<unknown>} */ (event);
      if (detail instanceof Refusal && detail.message) view.alert(detail.message);
    });
  }

  /**
   * One does something that everybody is told: beside what is said of it stands how it is undone.
   * @param {string} type the event's
   * @param {() => unknown} work
   */
  undoes(type, work) {
    this.#undo = { type, work };
  }

  /** @param {string} type */
  #undoOf(type) {
    const undo = this.#undo?.type === type ? { word: words.undo, work: this.#undo.work } : undefined;
    if (undo) this.#undo = null;
    return undo;
  }

  /** @param {Refusal} refusal */
  #over({ message, details }) {
    this.farewell = details.by ? fill(words.byName, { NAME: details.by, WHAT: message }) : message;
    this.view.alert(this.farewell);
  }

  /** @param {string} by */
  #ended(by) {
    this.farewell = (by ? fill(words.endedBy, { NAME: by }) : words.ended) ?? "";
    this.view.ended(by);
    this.view.announce(this.farewell);
  }

  /** What everybody is told, for a screen reader. @param {Happened} happened */
  #say({ frame: { type, data }, before }) {
    const { view } = this;
    const known = (/** @type {string} */ id) => before?.stage.find((person) => person.id === id);
    const mine = this.room.you?.id; // what happens to oneself is said as a sentence of its own
    if (type === "stage.seated" && data.person.id !== mine && !known(data.person.id))
      view.announce(fill(words.seated, { NAME: data.person.name }));
    if (type === "stage.unseated" && data.person !== mine && known(data.person))
      view.announce(fill(words.unseated, { NAME: known(data.person)?.name ?? "" }));
    if (type === "person.role" && data.role === "host") view.toast(fill(words.newHost, { NAME: data.name }));
    if (type === "person.role" && data.role === "moderator" && data.name && data.person !== mine)
      view.announce(fill(words.newModerator, { NAME: data.name }));
    if (type === "stage.locked")
      view.toast(fill(data.locked ? words.lockedBy : words.unlockedBy, { NAME: data.by || words.aModerator || "" }), this.#undoOf(type));
    if (type === "turn.limit")
      view.toast(fill(data.seconds ? words.turnLimitedBy : words.turnFreedBy, { NAME: data.by, TIME: clockOf(data.seconds) }));
    if (type === "room.frozen") view.announce(data.frozen ? words.frozenBy : words.goesOn);
    if (type === "room.told" && data.text) view.announce(`${data.by || "MiTalk"}: ${data.text}`);
    if (type === "staff.entered") view.toast(fill(words.staffEntered, { NAME: data.person.name }));
    if (type === "hand.raised") view.announce(fill(words.handRaisedBy, { NAME: data.hand.person.name }));
  }

  /** What concerns the person at this page. @param {Stood} stood */
  #sayToMe({ before, now, by }) {
    const { view } = this;
    const seated = now.position === "stage" && before.position !== "stage";
    const unseated = now.position !== "stage" && before.position === "stage";
    if (now.invited_by && !before.invited_by) view.toast(fill(words.invitedBy, { NAME: now.invited_by }));
    else if (seated) view.toast(by ? fill(words.seatedBy, { NAME: by }) : (words.youAreOnStage ?? ""));
    else if (unseated) view.toast(by ? fill(words.movedBy, { NAME: by }) : (words.youLeftStage ?? ""));
    else if (before.place > 0 && now.place === 0)
      view.toast(by ? fill(words.handLoweredBy, { NAME: by }) : (words.handLowered ?? ""));
    else if (now.muted && !before.muted && by) view.toast(fill(words.mutedBy, { NAME: by }));
    else if (before.role === "moderator" && now.role === "member") view.toast(by ? fill(words.dismissedBy, { NAME: by }) : (words.dismissed ?? ""));
    else if (now.role === "moderator" && before.role === "member") view.toast(by ? fill(words.namedBy, { NAME: by }) : (words.named ?? ""));
    this.#sayOfLine(before, now);
  }

  /**
   * What one wrote with one's hand waits for staff, or they have decided.
   * @param {Stood["before"]} before
   * @param {Stood["now"]} now
   */
  #sayOfLine(before, now) {
    if (!now.place || now.line_waiting === before.line_waiting) return;
    if (now.line_waiting) this.view.toast(fill(words.lineWaits, { LINE: now.line_waiting }));
    else this.view.toast((now.line === before.line_waiting ? words.lineShown : words.lineNotShown) ?? "");
  }
}
