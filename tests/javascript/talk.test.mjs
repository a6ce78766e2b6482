// What the page knows of chat and questions: in order, bounded, and right again after a drop.

import assert from "node:assert/strict";
import { test } from "node:test";

import { applyToTalk, clockOf, inRank, mergeTalk, messagesFor, MOST_MESSAGES, questionsFor, withQuiet } from "../../static/js/room/talk.js";

/** @typedef {import("../../static/js/room/protocol.js").Frame} Frame */
/** @typedef {import("../../static/js/room/talk.js").Message} Message */
/** @typedef {import("../../static/js/room/talk.js").Talk} Talk */

/** @type {Message["author"]} */
const lin = { id: "lin", name: "Lin Wei", initials: "LW", tint: 0, portrait: "", role: "member", claims: [] };
const nobody = { ...lin, id: "", name: "" };
/** @type {(id: string, at?: string, author?: Message["author"]) => Message} */
const message = (id, at = id, author = lin) => ({ id, at, author, text: `text of ${id}` });
/** @type {(id: string, votes?: number, seconds?: number) => Talk["questions"][number]} */
const question = (id, votes = 0, seconds = -1) => ({ id, author: lin, text: id, asked_at: id, votes, seconds_in: seconds });
/** @type {(messages?: Message[], questions?: Talk["questions"], more?: Partial<Talk>) => Talk} */
const talk = (messages = [], questions = [], more = {}) => ({ kept: true, messages, questions, voted: [], wait: 0, waiting: [], quiet: [], ...more });
/** @type {(...messages: Message[]) => Frame} */
const said = (...messages) => ({ type: "chat.said", data: { messages } });
/** @type {(things: {id: string}[]) => string[]} */
const ids = (things) => things.map(({ id }) => id);

test("messages stand in the order in which they were written, once", () => {
  const after = applyToTalk(talk([message("1"), message("3")]), said(message("2"), message("3")));
  assert.deepEqual(ids(after.messages), ["1", "2", "3"]);
});

test("a page remembers so many messages and no more", () => {
  const many = Array.from({ length: MOST_MESSAGES + 30 }, (_, place) => message(String(place).padStart(4, "0")));
  const after = applyToTalk(talk(), said(...many));
  assert.deepEqual([after.messages.length, after.messages[0]?.id], [MOST_MESSAGES, "0030"]);
});

test("a removed message keeps its place and loses its words, and does not come back", () => {
  /** @type {Frame} */
  const removed = { type: "chat.removed", data: { messages: [{ id: "1", by: "Ji-woo Han" }, { id: "9", by: "" }] } };
  let after = applyToTalk(talk([message("1"), message("2"), message("9")]), removed);
  assert.deepEqual(after.messages.map(({ text, removedBy }) => [text, removedBy]), [["", "Ji-woo Han"], ["text of 2", undefined]]);
  after = applyToTalk(after, said(message("1")));
  assert.equal(after.messages[0]?.text, "");
});

test("questions are ranked anew by each count, and what is unknown changes nothing", () => {
  let after = applyToTalk(talk([], [question("1"), question("2")]), { type: "questions.voted", data: { votes: [{ question: "2", votes: 1 }] } });
  assert.deepEqual(ids(after.questions), ["2", "1"]);
  /** @type {Frame} */
  const changed = { type: "questions.changed", data: { questions: [question("2", 1, 60), question("3")], removed: ["1"] } };
  after = applyToTalk(after, changed);
  assert.deepEqual(ids(after.questions), ["3", "2"]);
  const unknown = /** @type {Frame} */ (/** @type {unknown} */ ({ type: "from.the.future", data: {} }));
  assert.equal(applyToTalk(after, unknown), after);
});

test("open questions by votes and age, then the answered ones, the latest first", () => {
  const ranked = inRank([question("a", 9, 60), question("b"), question("c", 2), question("d", 0, 90), question("e")]);
  assert.deepEqual(ids(ranked), ["c", "b", "e", "d", "a"]);
});

test("after a drop, what was removed meanwhile is gone, and what is too old to be given stays", () => {
  const known = talk([message("1"), message("2"), { ...message("3"), text: "", removedBy: "Ji-woo Han" }]);
  const merged = mergeTalk(known, talk([message("2"), message("4")]));
  assert.deepEqual(ids(merged.messages), ["2", "3", "4"]);
  const full = Array.from({ length: 50 }, (_, place) => message(String(100 + place)));
  assert.deepEqual(ids(mergeTalk(talk([message("001"), message("120x")]), talk(full)).messages), ["001", ...ids(full)]);
});

test("a name that was told here stays, though it is not told again", () => {
  const merged = mergeTalk(talk([message("1")]), talk([message("1", "1", nobody)]));
  assert.equal(merged.messages[0]?.author.name, "Lin Wei");
});

test("off the record the page remembers what nobody else does", () => {
  const merged = mergeTalk(talk([message("1")], [], { kept: false }), talk([], [], { kept: false }));
  assert.deepEqual(ids(merged.messages), ["1"]);
});

test("a moment of the room reads as a clock", () => {
  assert.deepEqual([0, 65, 3723].map(clockOf), ["0:00", "1:05", "1:02:03"]);
});

test("what waits for staff is seen by who wrote it, until it is said or never will be", () => {
  const waiting = [
    { id: "w1", kind: "chat", text: "one", at: "8" },
    { id: "w2", kind: "question", text: "two", at: "9" },
  ];
  let now = talk([message("1")], [question("q", 2)], { waiting });
  assert.deepEqual(messagesFor(now, lin).map(({ id, waits }) => [id, Boolean(waits)]), [["1", false], ["w1", true]]);
  assert.deepEqual(questionsFor(now, lin).map(({ id, waits }) => [id, Boolean(waits)]), [["q", false], ["w2", true]]);
  now = applyToTalk(now, said(message("w1")));
  assert.deepEqual(ids(messagesFor(now, lin)), ["1", "w1"]);
  now = applyToTalk(now, { type: "chat.removed", data: { messages: [{ id: "w2", by: "" }] } });
  assert.deepEqual(ids(questionsFor(now, lin)), ["q"]);
  assert.deepEqual(mergeTalk(talk([], [], { waiting }), talk()).waiting, [], "what the server says counts");
});

test("whom one mutes for oneself one does not read: neither what is there, nor what was on its way", () => {
  const petra = { ...lin, id: "petra", name: "Petra Roth" };
  const before = talk([message("1"), message("2", "2", petra)], [question("3")]);
  const quiet = withQuiet(before, "lin", true);
  assert.deepEqual([ids(quiet.messages), ids(quiet.questions), quiet.quiet], [["2"], [], ["lin"]]);
  const after = applyToTalk(quiet, said(message("4"), message("5", "5", petra)));
  assert.deepEqual(ids(after.messages), ["2", "5"]);
  assert.deepEqual(ids(applyToTalk(after, { type: "chat.removed", data: { messages: [{ id: "4", by: "Ji-woo Han" }] } }).messages), ["2", "5"]);
});

test("whom one hears again one reads again, with what was left out", () => {
  const quiet = withQuiet(talk([message("1")]), "lin", true);
  const heard = mergeTalk(withQuiet(quiet, "lin", false), talk([message("1"), message("2")]));
  assert.deepEqual(ids(heard.messages), ["1", "2"]);
});
