// The room as this page knows it: joins wire and media, keeps snapshot, desk and own standing in step with the server. Knows
// no document; the page listens.

import { CODES, ORDERED, PROTOCOL } from "./protocol.js";
import { applyEvent, applyToDesk, judge } from "./stage.js";
import { applyToTalk, mergeTalk, withQuiet, withQuietPeople } from "./talk.js";
import { NO_ANSWER, Refusal } from "./wire.js";

/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("./protocol.js").Desk} Desk */
/** @typedef {import("./protocol.js").You} You */
/** @typedef {import("./talk.js").Talk} Talk */
/** @typedef {import("./protocol.js").Frame} Frame */
/** @typedef {import("./protocol.js").Commands} Commands */

/**
 * Dispatches:
 * - "changed": snapshot, desk, you, talk, state or wait are otherwise;
 * - "entered": one is in the room, or in it again;
 * - "talked" (detail: frame): something was written, asked or taken away; "reacted" (detail: counts);
 * - "happened" (detail: {frame, before}): an ordered event was applied;
 * - "stood" (detail: {before, now, by}): one stands otherwise in the room;
 * - "moved": the sound was lost on the server's side and begins anew;
 * - "conflict": for a host, who meets whom although a block stands between them;
 * - "unheard": nothing arrives from one's open microphone, or something again;
 * - "floor" (detail: StageFloor): who has spoken how long, and whose turn it is;
 * - "speaking" (detail: ids), "refused" (detail: Refusal), "asked" (detail: Refusal): in another room already;
 * - "terms" (detail: a confidentiality): one is asked to agree to it first;
 * - "over" (detail: Refusal): the page will not come back by itself;
 * - "ended" (detail: who ended it, a name or empty).
 */
export class Room extends EventTarget {
  /** @type {RoomSnapshot | null} */
  snapshot = null;
  /** Whether nothing arrives from our open microphone. */
  unheard = false;
  /** @type {Desk | null} */
  desk = null;
  /** @type {You | null} */
  you = null;
  /** @type {Talk | null} */
  talk = null;
  /** @type {"outside" | "joining" | "inside" | "reconnecting" | "ended" | "elsewhere" | "failed"} */
  state = "outside";
  wait = 0; // seconds until the next try
  asStaff = false;
  /** What the person agreed to: a confidentiality, or empty. */
  accepts = "";
  /** @type {You | null} how one stood when something was last said of it */
  #told = null;
  #connection = ""; // ours in this room: what a lost socket resumes
  #leaveOther = false;
  #syncing = false;

  /**
   * @param {import("./wire.js").Wire} wire
   * @param {import("./media.js").Media} media
   */
  constructor(wire, media) {
    super();
    this.wire = wire;
    this.media = media;
    wire.addEventListener("open", () => this.#join());
    wire.addEventListener("lost", () => {
      if (this.state === "inside" || this.state === "joining") this.#be("reconnecting");
    });
    wire.addEventListener("waiting", (event) => {
      this.wait = /** @type {CustomEvent<number>} */ (event).detail;
      this.#tell("changed");
    });
    wire.addEventListener("refused", (event) => this.#tell("refused", /** @type {CustomEvent<Refusal>} */ (event).detail));
    wire.addEventListener("over", (event) => this.#over(/** @type {CustomEvent<Refusal>} */ (event).detail));
    wire.addEventListener("acknowledged", (event) => {
      const { epoch } = /** @type {CustomEvent<{epoch: number}>} */ (event).detail;
      if (epoch && this.state === "inside") this.media.moved(epoch, 0); // the frame that says so was lost
    });
    media.addEventListener("state", (event) => {
      if (/** @type {CustomEvent<string>} */ (event).detail === "lost") wire.acknowledge(); // is it elsewhere?
    });
    wire.addEventListener("frame", (event) => this.#receive(/** @type {CustomEvent<Frame>} */ (event).detail));
  }

  /**
   * Enter, from within a tap.
   * @param {boolean} [leaveOther] give up one's place in another room
   */
  enter(leaveOther = false) {
    this.#leaveOther = leaveOther;
    this.#be("joining");
    this.media.play(); // within the tap, so that the browser lets it sound later
    this.wire.open();
  }

  /**
   * Do something. Resolves to the answer's data; rejects with a Refusal.
   * @template {keyof Commands} T
   * @param {T} type
   * @param {Commands[T]} [data]
   */
  act(type, data) {
    return this.wire.command(type, data);
  }

  /** Leave for good. */
  async leave() {
    this.media.close();
    await this.wire.command("room.leave").catch(() => {});
    this.wire.close();
    this.#be("outside");
  }

  get onStage() {
    return this.you?.position === "stage";
  }

  async #join() {
    try {
      const entry = { protocol: PROTOCOL, muted: this.media.muted, resume: this.#connection };
      const options = { leave_other: this.#leaveOther, as_staff: this.asStaff, accepts: this.accepts };
      const entered = await this.wire.command("room.join", { ...entry, ...options });
      const resumed = entered.connection === this.#connection;
      this.#connection = entered.connection;
      this.#leaveOther = false;
      this.wait = 0;
      this.#take(entered);
      this.#be("inside");
      this.#tell("entered");
      if (this.you?.muted ?? true) await this.media.setMuted(true);
      await this.media.connect(this.onStage, resumed);
    } catch (error) {
      this.#couldNotJoin(error);
    }
  }

  /** @param {unknown} error */
  #couldNotJoin(error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.fatal) return; // "over" has said it
    if (error.code === NO_ANSWER) {
      if (this.state === "joining" || this.state === "reconnecting") this.wire.drop();
      return;
    }
    this.wire.close();
    if (error.code === CODES.IN_ANOTHER_ROOM) {
      this.#be("outside");
      this.#tell("asked", error);
    } else if (error.code === CODES.TERMS_NOT_ACCEPTED) {
      this.media.close();
      this.#be("outside");
      this.#tell("terms", error.details.confidentiality);
    } else {
      this.#be("failed");
      this.#tell("refused", error);
    }
  }

  /** @param {{you: You, snapshot: RoomSnapshot, desk: Desk | null, talk: Talk}} fresh */
  #take({ you, snapshot, desk, talk }) {
    this.snapshot = snapshot;
    this.desk = desk;
    this.talk = mergeTalk(this.talk, talk);
    this.#stand(you);
    // Inside, whoever did it is still to be named: what the answer to a sync overtakes comes after it.
    if (this.state !== "inside") this.#tellStanding(you, "");
    if (snapshot.phase === "ended") this.#finish("");
  }

  /** @param {Frame} frame */
  #receive(frame) {
    const history = ORDERED[frame.type];
    if (history) {
      this.#follow(frame, history);
      return;
    }
    switch (frame.type) {
      case "media.restart":
        this.#tell("moved");
        this.media.moved(frame.data.epoch, frame.data.spread_ms);
        break;
      case "media.unheard":
        this.unheard = frame.data.unheard;
        this.#tell("unheard");
        break;
      case "room.conflict":
        this.#tell("conflict", frame.data);
        return;
      case "chat.said":
      case "chat.removed":
      case "questions.changed":
      case "questions.voted":
        if (this.talk) this.talk = applyToTalk(this.talk, frame);
        this.#tell("talked", frame);
        break;
      case "talk.quiet":
        this.#knowQuiet(frame.data.quiet);
        break;
      case "room.reacted":
        this.#tell("reacted", frame.data.counts);
        return;
      case "stage.speaking":
        this.#tell("speaking", frame.data.people);
        return;
      case "stage.floor":
        this.#tell("floor", frame.data);
        return;
      case "stage.version":
        this.#syncIfBehind(this.snapshot, frame.data.seq);
        break;
      case "desk.version":
        this.#syncIfBehind(this.desk, frame.data.seq);
        break;
      case "you.changed":
        this.#stand(frame.data.you);
        this.#tellStanding(frame.data.you, frame.data.by);
        break;
      default:
        if (this.snapshot) this.snapshot = applyEvent(this.snapshot, frame);
    }
    this.#tell("changed");
  }

  /**
   * @param {Frame} frame
   * @param {string} history
   */
  #follow(frame, history) {
    const part = history === "everyone" ? this.snapshot : this.desk;
    if (!part) return; // no desk of ours: it comes with the answer to the sync that is under way
    const verdict = judge(part.seq, frame.seq ?? 0);
    if (verdict === "sync") this.sync();
    if (verdict !== "apply") return;
    const before = this.snapshot;
    if (history === "everyone") this.snapshot = applyEvent(/** @type {RoomSnapshot} */ (part), frame);
    else this.desk = applyToDesk(/** @type {Desk} */ (part), frame);
    this.#muteIfTold(frame);
    this.#tell("changed");
    this.#tell("happened", { frame, before });
    if (frame.type === "room.ended") this.#finish(frame.data.by);
  }

  /** @param {Frame} frame */
  #muteIfTold({ type, data }) {
    const me = type === "stage.muted" && data.person === this.you?.id && data.muted;
    if (me || (type === "room.frozen" && data.frozen)) this.media.setMuted(true);
  }

  /**
   * Take one's own standing, and let microphone and direction of the sound follow it. Nobody is unmuted by it.
   * @param {You} you
   */
  #stand(you) {
    const before = this.you;
    this.you = you;
    const seated = you.position === "stage";
    if (seated ? you.muted : before?.position === "stage") this.media.setMuted(true);
    if (!seated && !you.place && !you.invited_by) this.media.releaseMicrophone();
    if (this.state === "inside") this.media.setOnStage(seated);
    if (before && before.role !== you.role) this.sync();
  }

  /**
   * @param {You} now
   * @param {string} by
   */
  #tellStanding(now, by) {
    const before = this.#told;
    this.#told = now;
    if (before) this.#tell("stood", { before, now, by });
  }

  /**
   * @param {{seq: number} | null} part
   * @param {number} seq
   */
  #syncIfBehind(part, seq) {
    // Everybody in the room hears this at once: spread the questions over a second.
    if (part && part.seq < seq) window.setTimeout(() => this.sync(), Math.random() * 1000);
  }

  /**
   * One's vote was counted, or taken back.
   * @param {string} question
   * @param {boolean} up
   */
  voted(question, up) {
    if (!this.talk) return;
    const others = this.talk.voted.filter((id) => id !== question);
    this.talk = { ...this.talk, voted: up ? [...others, question] : others };
    this.#tell("changed");
  }

  /**
   * What one wrote is not shown to others yet; or one took it back.
   * @param {import("./protocol.js").WaitingWords} words
   * @param {boolean} waits
   */
  waits(words, waits = true) {
    if (!this.talk) return;
    const others = this.talk.waiting.filter(({ id }) => id !== words.id);
    this.talk = { ...this.talk, waiting: waits ? [...others, words] : others };
    this.#tell("changed");
  }

  /**
   * Mute somebody for oneself: what they wrote goes from the page at once. Or read them again.
   * @param {string} person
   * @param {boolean} isQuiet
   */
  async quieten(person, isQuiet) {
    await this.act(isQuiet ? "person.quiet" : "person.hear", { person });
    if (this.talk) this.talk = withQuiet(this.talk, person, isQuiet);
    this.#tell("changed");
    if (!isQuiet) await this.sync();
  }

  /**
   * Whom of the people here one has muted: somebody of them came, or it was changed on another page.
   * @param {string[]} quiet
   */
  #knowQuiet(quiet) {
    if (!this.talk) return;
    const heard = this.talk.quiet.some((person) => !quiet.includes(person));
    this.talk = withQuietPeople(this.talk, quiet);
    if (heard) this.sync();
  }

  /** Ask for everything again. */
  async sync() {
    if (this.#syncing) return;
    this.#syncing = true;
    try {
      this.#take(await this.wire.command("room.sync"));
      this.#tell("changed");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code !== NO_ANSWER) this.#tell("refused", error);
    } finally {
      this.#syncing = false;
    }
  }

  /** @param {Refusal} refusal */
  #over(refusal) {
    this.media.close();
    this.#connection = "";
    if (this.state === "ended") return;
    if (refusal.code === CODES.ROOM_ENDED) {
      this.#finish("");
    } else {
      this.you = this.#told = null;
      this.#be(refusal.code === CODES.SUPERSEDED ? "elsewhere" : "failed");
      this.#tell("over", refusal);
    }
  }

  /** @param {string} by */
  #finish(by) {
    if (this.state === "ended") return;
    this.media.close();
    this.#be("ended");
    this.#tell("ended", by);
  }

  /** @param {Room["state"]} state */
  #be(state) {
    this.state = state;
    this.#tell("changed");
  }

  /**
   * @param {string} type
   * @param {unknown} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
