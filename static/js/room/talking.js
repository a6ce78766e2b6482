// What a person does with chat, questions, reactions and the pinned link, and what comes of it on the page.

import { fill, find, words } from "./cards.js";
import { Chat, writerOf } from "./chat.js";
import { askAboutMessage, confirmed } from "./dialogs.js";
import { Panel } from "./panel.js";
import { may } from "./permissions.js";
import { CODES } from "./protocol.js";
import { showQuestions } from "./questions.js";
import { Reactions } from "./reactions.js";
import { messagesFor, questionsFor } from "./talk.js";
import { Refusal } from "./wire.js";
import { write } from "./writing.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./protocol.js").Frame} Frame */
/** @typedef {import("./protocol.js").ReactionCount[]} Counts */
/** @typedef {Pick<import("./talk.js").Message, "id" | "author">} Written */

/**
 * @typedef {object} Parts
 * @property {Room} room
 * @property {View} view
 * @property {import("./attempts.js").Attempt} attempt
 * @property {AbortSignal} gone the page is not in the document any more
 */

export class Talking {
  #chat;
  #reactions = new Reactions();
  #panel;
  #unread = { chat: 0, questions: 0 };
  /** @type {Set<string>} what one asked here, where it is not said who did */
  #asked = new Set();
  /** @type {{url: string, title: string} | null} the link that one pinned here last */
  #pinned = null;
  /** @type {Set<string>} what one wrote here */
  #written = new Set();

  /**
   * @param {Parts} parts
   * @param {{about: (person: string) => Promise<void>, report: (message: Written, kind: "message" | "question") => Promise<void>}} open
   */
  constructor({ room, view, attempt, gone }, open) {
    this.room = room;
    this.view = view;
    this.attempt = attempt;
    this.open = open;
    this.#chat = new Chat(gone);
    this.#panel = new Panel(gone);
    room.addEventListener("changed", () => view.keepingFocus(() => this.#show()));
    room.addEventListener("talked", (event) => this.#talked(/** @type {CustomEvent<Frame>} */ (event).detail));
    room.addEventListener("reacted", (event) => this.#reactions.show(/** @type {CustomEvent<Counts>} */ (event).detail));
    room.addEventListener("happened", (event) => this.#say(/** @type {CustomEvent<{frame: Frame}>} */ (event).detail.frame));
    room.addEventListener("entered", () => this.#chat.wait(room.talk?.wait ?? 0));
    this.#panel.addEventListener("shown", (event) => {
      const tab = /** @type {CustomEvent<import("./panel.js").Tab>} */ (event).detail;
      if (tab === "chat") this.#chat.opened();
      this.#count(tab, 0);
    });
    this.#listen();
  }

  // --- Showing --------------------------------------------------------------------------------------------------------

  #show() {
    const { you, snapshot, talk, state } = this.room;
    this.#panel.show(Boolean(you && talk) && (state === "inside" || state === "reconnecting"));
    find("pinned").hidden = !snapshot?.link_host;
    if (!snapshot || !you || !talk) return;
    write(find("pinned-title"), snapshot.link_title);
    write(find("pinned-host"), snapshot.link_host);
    find("reactions").hidden = !may(you, "room.react");
    this.#chat.allow(may(you, "chat.say"), may(you, "chat.slow") ? 0 : snapshot.slow_mode);
    find("talk-desk").hidden = !may(you, "link.pin");
    find("unpin").hidden = !snapshot.link_host;
    /** @type {HTMLSelectElement} */ (find("slow-mode")).value = String(snapshot.slow_mode);
    if (this.#shown === talk && this.#shownFor === you) return;
    this.#shown = talk;
    this.#shownFor = you;
    const me = meAsWriter(you);
    const many = this.#chat.show(messagesFor(talk, me));
    if (many) this.view.announce(fill(words.chatMany, { NUMBER: many }));
    showQuestions(questionsFor(talk, me), new Set(talk.voted), this.#asked, you);
  }

  /** @type {import("./talk.js").Talk | null} */
  #shown = null;
  /** @type {import("./protocol.js").You | null} */
  #shownFor = null;

  /** @param {Frame} frame */
  #talked({ type, data }) {
    const me = this.room.you?.id;
    if (type === "chat.said") {
      const others = data.messages.filter((message) => message.author.id !== me).length;
      if (!this.#panel.isInSight("chat")) this.#count("chat", this.#unread.chat + others);
    }
    if (type === "questions.changed" && !this.#panel.isInSight("questions")) {
      const fresh = data.questions.filter((question) => question.seconds_in < 0 && question.votes === 0);
      this.#count("questions", this.#unread.questions + fresh.length);
    }
  }

  /**
   * @param {"chat" | "questions"} tab
   * @param {number} count
   */
  #count(tab, count) {
    this.#unread[tab] = count;
    for (const place of this.view.room.querySelectorAll(`[data-count="${tab}"]`))
      write(place, count > 99 ? "99+" : count ? String(count) : "");
  }

  /** @param {Frame} frame */
  #say({ type, data }) {
    if (type === "chat.slow")
      this.view.toast(fill(data.seconds ? words.chatSlowBy : words.chatFastBy, { NAME: data.by, SECONDS: data.seconds }));
    if (type === "link.pinned" && data.host) this.view.toast(fill(words.pinnedBy, { NAME: data.by, TITLE: data.title || data.host }));
  }

  // --- Doing ----------------------------------------------------------------------------------------------------------

  #listen() {
    onSubmit("chat-form", "chat-text", (field) => this.#write(field));
    onSubmit("question-form", "question-text", (field) =>
      this.attempt("ask", async () => {
        const { question, waits } = await this.room.act("question.ask", { text: field.value });
        this.#asked.add(question);
        if (waits) this.#waits(question, "question", field.value);
        else this.view.announce(words.asked);
        field.value = "";
      }),
    );
    find("reactions").addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("[data-reaction]");
      // Who taps too often is not told: the tap is not counted, and that is all.
      if (!(button instanceof HTMLElement)) return;
      const reaction = /** @type {import("./protocol.js").RoomReact["reaction"]} */ (button.dataset.reaction);
      this.room.act("room.react", { reaction }).catch(quietly);
    });
    find("chat").addEventListener("click", (event) => {
      const id = rowOf(event, "[data-about]");
      if (id) this.attempt("message", () => this.#about(id));
    });
    find("questions").addEventListener("click", (event) => this.#onQuestion(event));
    find("slow-mode").addEventListener("change", (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
      const seconds = /** @type {import("./protocol.js").ChatSlow["seconds"]} */ (Number(value));
      this.attempt("slow", () => this.room.act("chat.slow", { seconds })).then(() => this.#show());
    });
    onSubmit("pin-form", "pin-url", (url) => {
      const title = /** @type {HTMLInputElement} */ (find("pin-title"));
      this.attempt("pin", async () => {
        const link = { url: url.value, title: title.value };
        await this.room.act("link.pin", link);
        this.#pinned = link;
        url.value = title.value = "";
      });
    });
    find("unpin").addEventListener("click", () => this.attempt("pin", () => this.#unpin()));
  }

  /** @param {HTMLInputElement} field */
  #write(field) {
    if (this.#chat.mustWait || !field.value.trim()) return;
    this.attempt("say", async () => {
      try {
        const { message, waits } = await this.room.act("chat.say", { text: field.value });
        this.#written.add(message);
        if (waits) this.#waits(message, "chat", field.value);
        field.value = "";
        const { you, snapshot } = this.room;
        if (you && snapshot?.slow_mode && !may(you, "chat.slow")) this.#chat.wait(snapshot.slow_mode);
      } catch (error) {
        if (error instanceof Refusal && error.code === CODES.SLOW_MODE) this.#chat.wait(Number(error.details.seconds));
        else throw error;
      }
    });
  }

  /**
   * @param {string} id
   * @param {"chat" | "question"} kind
   * @param {string} text
   */
  #waits(id, kind, text) {
    this.room.waits({ id, kind, text: text.trim(), at: new Date().toISOString() });
    this.view.announce(words.waitsForStaff);
  }

  /** Show a message, and do what is chosen; resolves once it was looked at. @param {string} id */
  async #about(id) {
    const { you, talk } = this.room;
    const waiting = talk?.waiting.find((known) => known.id === id);
    const message = talk && you && messagesFor(talk, meAsWriter(you)).find((known) => known.id === id);
    if (!message || !you || message.removedBy) return;
    const mine = message.author.id === you.id || this.#written.has(id) || Boolean(waiting);
    const runs = may(you, "stage.lock");
    const choice = await askAboutMessage(message, writerOf(message), {
      person: !mine && Boolean(message.author.id),
      remove: (mine && may(you, "chat.remove")) || runs,
      report: !mine && may(you, "person.report"),
      mine,
    });
    const removing = async () => {
      if (mine || (await this.#isSure(words.chatRemoveTitle))) await this.room.act("chat.remove", { message: id });
      if (waiting) this.room.waits(waiting, false);
    };
    if (choice === "remove") this.attempt(`remove ${id}`, removing);
    if (choice === "report") this.attempt(`report ${id}`, () => this.open.report(message, "message"));
    if (choice === "person") await this.open.about(message.author.id);
  }

  /** @param {Event} event */
  #onQuestion(event) {
    const { talk } = this.room;
    const voted = rowOf(event, "[data-vote]");
    if (voted && talk) {
      const up = !talk.voted.includes(voted);
      this.attempt(`vote ${voted}`, async () => {
        await this.room.act("question.vote", { question: voted, up });
        this.room.voted(voted, up);
      });
    }
    const marked = rowOf(event, "[data-answer]");
    if (marked) {
      const answered = /** @type {HTMLElement} */ (event.target).closest("[data-answer]")?.getAttribute("data-answer") === "true";
      this.attempt(`answer ${marked}`, () => this.room.act("question.answer", { question: marked, answered }));
    }
    const reported = rowOf(event, "[data-report]");
    const question = reported && talk?.questions.find(({ id }) => id === reported);
    if (question) this.attempt(`report ${reported}`, () => this.open.report(question, "question"));
    const removed = rowOf(event, "[data-remove]");
    if (removed)
      this.attempt(`remove ${removed}`, async () => {
        const asker = talk?.questions.find(({ id }) => id === removed)?.author.id;
        const waiting = talk?.waiting.find(({ id }) => id === removed);
        const mine = this.#asked.has(removed) || asker === this.room.you?.id || Boolean(waiting);
        if (mine || (await this.#isSure(words.questionRemoveTitle))) await this.room.act("question.remove", { question: removed });
        if (waiting) this.room.waits(waiting, false);
      });
  }

  /** What others wrote does not come back. @param {string | undefined} title */
  #isSure(title) {
    return confirmed(title, words.removedForAll, words.removeForAllYes);
  }

  /** Take the pinned link down: its address is told to nobody, so only who pinned it here can put it back. */
  async #unpin() {
    const pinned = this.#pinned;
    const { link_host: host = "" } = this.room.snapshot ?? {};
    const known = pinned && new URL(pinned.url).host === host ? pinned : null;
    if (!known && !(await confirmed(words.unpinTitle, words.unpinText, words.unpinYes))) return;
    await this.room.act("link.pin", { url: "", title: "" });
    if (!known) return;
    const work = () => this.attempt("pin", () => this.room.act("link.pin", known));
    this.view.toast(words.unpinned ?? "", { word: words.undo, work });
  }
}

/**
 * Oneself beside what only oneself sees.
 * @param {import("./protocol.js").You} you
 * @returns {import("./protocol.js").Face}
 */
const meAsWriter = (you) => ({ id: you.id, name: words.onlyYou ?? "", initials: "·", tint: 0, portrait: "", role: you.role, claims: [] });

/**
 * The row in which a button was pressed, or empty.
 * @param {Event} event
 * @param {string} button
 */
function rowOf(event, button) {
  const pressed = /** @type {HTMLElement} */ (event.target).closest(button);
  const row = pressed?.closest("[data-row]");
  return row instanceof HTMLElement ? (row.dataset.row ?? "") : "";
}

/**
 * @param {string} form
 * @param {string} field
 * @param {(field: HTMLInputElement) => unknown} work
 */
function onSubmit(form, field, work) {
  find(form).addEventListener("submit", (event) => {
    event.preventDefault();
    work(/** @type {HTMLInputElement} */ (find(field)));
  });
}

/** @param {unknown} error */
function quietly(error) {
  if (!(error instanceof Refusal)) throw error;
}
