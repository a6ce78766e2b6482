// What is written in a room, as this page knows it: chat and questions. Pure: no page, no network. A page's memory is bounded.

/** @typedef {import("./protocol.js").ChatMessage & {removedBy?: string, waits?: boolean}} Message a removed one keeps its place, and no words; one that waits for staff only its writer has */
/** @typedef {import("./protocol.js").Question & {waits?: boolean}} Question */
/** @typedef {import("./protocol.js").WaitingWords} WaitingWords */
/** @typedef {Omit<import("./protocol.js").Talk, "messages"> & {messages: Message[]}} Talk */
/** @typedef {import("./protocol.js").Frame} Frame */

export const MOST_MESSAGES = 200;
const GIVEN_TO_WHO_ENTERS = 50;

/**
 * The talk once one has muted somebody for oneself, or reads them again: then what was left out comes with a sync.
 * @param {Talk} talk
 * @param {string} person
 * @param {boolean} isQuiet
 * @returns {Talk}
 */
export function withQuiet(talk, person, isQuiet) {
  const others = talk.quiet.filter((id) => id !== person);
  return withQuietPeople(talk, isQuiet ? [...others, person] : others);
}

/**
 * The talk as one reads it who has muted these people for oneself.
 * @param {Talk} talk
 * @param {string[]} quiet
 * @returns {Talk}
 */
export function withQuietPeople(talk, quiet) {
  return withoutQuiet({ ...talk, quiet });
}

/**
 * What was on its way when somebody was muted is not shown either.
 * @param {Talk} talk
 * @returns {Talk}
 */
function withoutQuiet(talk) {
  if (!talk.quiet.length) return talk;
  const isShown = (/** @type {{author: {id: string}}} */ { author }) => !talk.quiet.includes(author.id);
  return { ...talk, messages: talk.messages.filter(isShown), questions: talk.questions.filter(isShown) };
}

/**
 * The talk after one event; the same talk for an event it does not know.
 * @param {Talk} talk
 * @param {Frame} event
 * @returns {Talk}
 */
export function applyToTalk(talk, event) {
  const after = applied(talk, event);
  return after === talk ? talk : withoutQuiet(after);
}

/**
 * @param {Talk} talk
 * @param {Frame} event
 * @returns {Talk}
 */
function applied(talk, { type, data }) {
  switch (type) {
    case "chat.said":
      return { ...talk, messages: withMessages(talk.messages, data.messages), waiting: stillWaiting(talk, data.messages) };
    case "chat.removed":
      return { ...talk, messages: without(talk.messages, data.messages), waiting: stillWaiting(talk, data.messages) };
    case "questions.changed": {
      const ids = new Set([...data.removed, ...data.questions.map((question) => question.id)]);
      return { ...talk, waiting: stillWaiting(talk, data.questions), questions: inRank([...talk.questions.filter(({ id }) => !ids.has(id)), ...data.questions]) };
    }
    case "questions.voted": {
      const votes = new Map(data.votes.map((count) => [count.question, count.votes]));
      const counted = talk.questions.map((question) => ({ ...question, votes: votes.get(question.id) ?? question.votes }));
      return { ...talk, questions: inRank(counted) };
    }
    default:
      return talk;
  }
}

/**
 * What a page knows after it came back: what it had, made good by what it was given. Off the record it is given no messages.
 * @param {Talk | null} known
 * @param {Talk} fresh
 * @returns {Talk}
 */
export function mergeTalk(known, fresh) {
  if (!known) return { ...fresh, questions: inRank(fresh.questions) };
  const ids = new Set(fresh.messages.map(({ id }) => id));
  const since = fresh.messages.length >= GIVEN_TO_WHO_ENTERS ? (fresh.messages[0]?.at ?? "") : "";
  const still = known.messages.filter(({ id, at, removedBy }) => removedBy || !fresh.kept || ids.has(id) || at < since);
  return withoutQuiet({ ...fresh, messages: withMessages(still, fresh.messages), questions: inRank(fresh.questions) });
}

/**
 * The messages, and those of one's own that wait for staff.
 * @param {Talk} talk
 * @param {Message["author"]} me
 * @returns {Message[]}
 */
export function messagesFor(talk, me) {
  const waiting = talk.waiting.filter(({ kind }) => kind === "chat");
  return [...talk.messages, ...waiting.map(({ id, text, at }) => ({ id, text, at, author: me, waits: true }))];
}

/**
 * The questions, and those of one's own that wait for staff.
 * @param {Talk} talk
 * @param {Question["author"]} me
 * @returns {Question[]}
 */
export function questionsFor(talk, me) {
  const waiting = talk.waiting.filter(({ kind }) => kind === "question");
  const asked = waiting.map(({ id, text, at }) => ({ id, text, author: me, asked_at: at, votes: 0, seconds_in: -1, waits: true }));
  return inRank([...talk.questions, ...asked]);
}

/**
 * @param {Talk} talk
 * @param {{id: string}[]} decided what was said at last, or never will be
 * @returns {WaitingWords[]}
 */
function stillWaiting(talk, decided) {
  const ids = new Set(decided.map(({ id }) => id));
  return talk.waiting.filter(({ id }) => !ids.has(id));
}

/**
 * @param {Message[]} known
 * @param {Message[]} more
 * @returns {Message[]}
 */
function withMessages(known, more) {
  const byId = new Map(known.map((message) => [message.id, message]));
  for (const message of more) {
    const before = byId.get(message.id);
    // Who wrote it is told only to those who were here: a name that is known stays.
    if (!before || (!before.removedBy && message.author.id)) byId.set(message.id, message);
  }
  return [...byId.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-MOST_MESSAGES);
}

/**
 * @param {Message[]} known
 * @param {import("./protocol.js").RemovedMessage[]} removed
 * @returns {Message[]}
 */
function without(known, removed) {
  const by = new Map(removed.map((message) => [message.id, message.by]));
  return known
    .filter(({ id }) => by.get(id) !== "") // nobody knows any more who took it away
    .map((message) => (by.has(message.id) ? { ...message, text: "", removedBy: by.get(message.id) } : message));
}

/**
 * Open questions first, the most wanted and then the oldest first; then what was answered, the latest first.
 * @param {Question[]} questions
 * @returns {Question[]}
 */
export function inRank(questions) {
  const older = (/** @type {Question} */ a, /** @type {Question} */ b) => (a.asked_at < b.asked_at ? -1 : 1);
  const open = questions.filter(({ seconds_in: seconds }) => seconds < 0);
  const answered = questions.filter(({ seconds_in: seconds }) => seconds >= 0);
  open.sort((a, b) => b.votes - a.votes || older(a, b));
  answered.sort((a, b) => b.seconds_in - a.seconds_in || older(a, b));
  return [...open, ...answered];
}

/**
 * A moment of the room: 4:05, 1:02:03.
 * @param {number} seconds since it began
 */
export function clockOf(seconds) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
