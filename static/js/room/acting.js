// Acting on people, wherever their buttons are: at once, or after a look at who they are.

import { fill, find, nameOf, words } from "./cards.js";
import { askAboutPerson, askReport, confirmed } from "./dialogs.js";
import { offered } from "./permissions.js";

/** @typedef {import("./protocol.js").Commands} Commands */

/**
 * The commands that name a person and nothing else.
 * @typedef {{person: string}} Whom
 * @typedef {{[T in keyof Commands]: Commands[T] extends Whom ? (Whom extends Commands[T] ? T : never) : never}[keyof Commands]} AboutPerson
 */

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./view.js").View} view
 * @property {import("./attempts.js").Attempt} attempt
 * @property {import("./people.js").People} people
 * @property {import("./audience.js").Audience} audience
 */

export class Acting {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    parts.view.room.addEventListener("click", (event) => this.#clicked(event));
    find("report-room").addEventListener("click", () => parts.attempt("report", () => this.report("", "")));
  }

  /**
   * Show somebody, and do what is chosen. Resolves once they were looked at: while the server's answer is on its way, one may look
   * at the next.
   * @param {string} id
   */
  async open(id) {
    const { room, people, attempt } = this.parts;
    const about = this.#personBy(id);
    if (!about || !room.you) return;
    const { card, here } = about;
    const hand = room.desk?.hands.some((raised) => raised.person.id === id) ?? false;
    const invited = room.desk?.invited.some((person) => person.id === id) ?? false;
    const quiet = room.talk?.quiet.includes(id) ?? false;
    const command = await askAboutPerson(card, offered(room.you, card, { hand, invited, here, quiet }));
    if (!command) return;
    attempt(`${command} ${id}`, async () => {
      await this.#doTo(command, id, nameOf(card));
      if (people.found.length) await people.search();
    });
  }

  /**
   * @param {string} person nobody if empty: the room is reported
   * @param {string} name
   * @param {string} [message] of theirs, or a question, if it is about that
   * @param {"message" | "question"} [written] which of both
   */
  async report(person, name, message = "", written = "message") {
    const told = await askReport(name, message ? written : "");
    if (!told) return;
    await this.parts.room.act("person.report", { person, message, ...told });
    this.parts.view.toast(words.reported ?? "");
  }

  /** @param {Event} event */
  #clicked(event) {
    const { room, attempt } = this.parts;
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-act], [data-open]");
    const item = button?.closest("[data-person]");
    if (!(button instanceof HTMLElement) || !(item instanceof HTMLElement) || room.state !== "inside") return;
    const person = item.dataset.person ?? "";
    const act = /** @type {AboutPerson | undefined} */ (button.dataset.act);
    const name = item.querySelector("[data-name]")?.textContent ?? "";
    if (act)
      attempt(`${act} ${person}`, async () => {
        await room.act(act, { person });
        this.#offerUndo(act, person, name);
      });
    else attempt("person", () => this.open(person));
  }

  /** @param {string} id */
  #personBy(id) {
    const { room, people, audience } = this.parts;
    const { snapshot, desk } = room;
    const hands = (desk?.hands ?? []).map((hand) => hand.person);
    const cards = [...(snapshot?.stage ?? []), ...(snapshot?.staff ?? []), ...hands];
    const visitor = people.found.find(({ person }) => person.id === id);
    const writer = room.talk?.messages.find(({ author }) => author.id === id)?.author;
    const listens = audience.shown.find((listener) => listener.id === id);
    const face = listens ?? writer;
    const card = cards.find((person) => person.id === id) ?? visitor?.person;
    // What the room tells is newer than what was looked up: who came back meanwhile is here.
    if (card) return { card, here: cards.includes(card) || Boolean(listens) || Boolean(visitor?.here) };
    const listener = { headline: "", member: "", position: "audience", muted: true, number: 0, guest: 0, demo: false };
    return face ? { card: { ...listener, ...face }, here: true } : null;
  }

  /**
   * @param {string} command
   * @param {string} person
   * @param {string} name
   */
  async #doTo(command, person, name) {
    const { room, view } = this.parts;
    if (command === "person.report") return this.report(person, name);
    if (command === "person.quiet" || command === "person.hear") return this.#quieten(person, name, command === "person.quiet");
    const asked = {
      "person.remove": [words.removeTitle, words.removeText, words.removeYes],
      "person.ban": [words.banTitle, words.banText, words.banYes],
      "person.block": [words.blockTitle, words.blockText, words.blockYes],
      "host.hand_over": [words.handOverTitle, words.handOverText, words.handOverYes],
    }[command];
    if (asked && !(await confirmed(fill(asked[0], { NAME: name }), asked[1], asked[2]))) return undefined;
    if (command === "person.ban") await room.act(command, { person, reason: "" });
    else await room.act(/** @type {AboutPerson} */ (command), { person });
    if (command === "person.block") view.toast(fill(words.blocked, { NAME: name }));
    this.#offerUndo(command, person, name);
    return undefined;
  }

  /**
   * Mute somebody for oneself, or read them again.
   * @param {string} person
   * @param {string} name
   * @param {boolean} isQuiet
   */
  async #quieten(person, name, isQuiet) {
    const { room, view, attempt } = this.parts;
    await room.quieten(person, isQuiet);
    const back = { word: words.hearAgain, work: () => attempt(`undo ${person}`, () => this.#quieten(person, name, false)) };
    if (isQuiet) view.toast(fill(words.quiet, { NAME: name }), back);
    else view.toast(fill(words.heard, { NAME: name }));
  }

  /**
   * What was done is undone by doing the other thing, where there is one.
   * @param {string} command
   * @param {string} person
   * @param {string} name
   */
  #offerUndo(command, person, name) {
    const { room, view, attempt } = this.parts;
    /** @type {Record<string, [string | undefined, AboutPerson, string | undefined]>} what is said, what undoes it, how that is called */
    const ways = {
      "person.move": [words.youMoved, "stage.invite", words.inviteBack],
      "moderator.name": [words.youNamed, "moderator.dismiss", words.undo],
      "moderator.dismiss": [words.youDismissed, "moderator.name", words.undo],
      "stage.withdraw": [words.youWithdrew, "stage.invite", words.undo],
    };
    const way = ways[command];
    if (!way) return;
    const [said, undoes, word] = way;
    view.toast(fill(said, { NAME: name }), { word, work: () => attempt(`undo ${person}`, () => room.act(undoes, { person })) });
  }
}
