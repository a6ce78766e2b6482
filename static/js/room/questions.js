// The list of questions on the page. Shows; what is done, talking.js does.

import { fill, find, part, words } from "./cards.js";
import { may } from "./permissions.js";
import { showRows } from "./rows.js";
import { clockOf } from "./talk.js";
import { write } from "./writing.js";

/** @typedef {import("./talk.js").Question} Question */
/** @typedef {import("./protocol.js").You} You */

/**
 * Show the questions as this person may deal with them.
 * @param {Question[]} questions
 * @param {Set<string>} voted those that one voted for
 * @param {Set<string>} mine those that one asked
 * @param {You} you
 */
export function showQuestions(questions, voted, mine, you) {
  const runs = may(you, "question.answer");
  const removesAny = runs || you.role === "staff";
  // Rows are dressed anew each time: what one may do with them changes with oneself, not with them.
  const rows = questions.map((question) => ({ ...question }));
  showRows("questions", "question", rows, (item, question) => {
    const answered = question.seconds_in >= 0;
    item.dataset.answered = String(answered);
    item.dataset.waits = String(Boolean(question.waits));
    write(part(item, "[data-text]"), question.text);
    const by = question.author.name ? fill(words.askedBy, { NAME: question.author.name }) : "";
    const when = answered ? fill(words.answeredAt, { TIME: clockOf(question.seconds_in) }) : "";
    write(part(item, "[data-state]"), question.waits ? (words.waitsForStaff ?? "") : [by, when].filter(Boolean).join(" · "));
    const vote = /** @type {HTMLButtonElement} */ (part(item, "[data-vote]"));
    vote.setAttribute("aria-pressed", String(voted.has(question.id)));
    vote.setAttribute("aria-label", `${fill(words.voteFor, { QUESTION: question.text })} (${question.votes})`);
    vote.disabled = answered || Boolean(question.waits) || !may(you, "question.vote");
    write(part(item, "[data-votes]"), String(question.votes));
    const answer = part(item, "[data-answer]");
    answer.hidden = !runs || Boolean(question.waits);
    write(answer, answered ? words.markOpen : words.markAnswered);
    answer.dataset.answer = String(!answered);
    const isMine = mine.has(question.id) || question.author.id === you.id;
    const report = part(item, "[data-report]");
    report.hidden = isMine || !may(you, "person.report");
    report.setAttribute("aria-label", `${words.reportThisQuestion}: ${question.text}`);
    part(item, "[data-remove]").hidden = !removesAny && !isMine;
  });
  find("questions-empty").hidden = questions.length > 0;
  find("questions").hidden = questions.length === 0;
  find("question-form").hidden = !may(you, "question.ask");
}
