// The dialogs: each asks one thing and resolves to the answer, or to null. Native <dialog>: focus and Escape are the browser's.

import { drawFace, fill, find, nameOf, part, words } from "./cards.js";
import { listClaims } from "./claims.js";
import { roleName } from "./view.js";

/**
 * Open a dialog; resolves to the value of the button that closed it, or empty.
 * @param {string} id
 * @returns {Promise<string>}
 */
function ask(id) {
  const dialog = /** @type {HTMLDialogElement} */ (find(id));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

/**
 * Ask before something that cannot be taken back.
 * @param {string | undefined} title
 * @param {string | undefined} text
 * @param {string | undefined} yes
 * @returns {Promise<boolean>}
 */
export async function confirmed(title, text, yes) {
  find("confirm-title").textContent = title ?? "";
  find("confirm-text").textContent = text ?? "";
  find("confirm-yes").textContent = yes ?? "";
  return (await ask("confirm-dialog")) === "yes";
}

/**
 * Ask for a line of why the hand goes up.
 * @returns {Promise<string | null>}
 */
export async function askWhy() {
  const line = /** @type {HTMLInputElement} */ (find("hand-line"));
  line.value = "";
  return (await ask("hand-dialog")) === "yes" ? line.value : null;
}

/**
 * Ask what is to be reported.
 * @param {string} about a name, or empty for the room
 * @param {"message" | "question" | ""} [written] what of theirs, if it is about what they wrote
 * @returns {Promise<Pick<import("./protocol.js").PersonReport, "category" | "line"> | null>}
 */
export async function askReport(about, written = "") {
  const titles = { message: words.reportMessage, question: words.reportQuestion, "": about ? words.reportName : words.reportRoom };
  const title = titles[written];
  find("report-title").textContent = fill(title, { NAME: about });
  const form = /** @type {HTMLFormElement} */ (find("report-form"));
  form.reset();
  if ((await ask("report-dialog")) !== "yes") return null;
  const data = new FormData(form);
  const category = /** @type {import("./protocol.js").PersonReport["category"]} */ (data.get("category"));
  return { category, line: String(data.get("line")) };
}

/**
 * Ask whether to leave the other room.
 * @param {{room?: string, title?: string}} other
 * @returns {Promise<string>} "yes", "back" or empty
 */
export function askLeaveOther({ title = "" }) {
  find("other-title").textContent = title;
  return ask("other-dialog");
}

/**
 * Show somebody, and what may be done; resolves to the command chosen, or empty.
 * @param {import("./protocol.js").PersonCard} person
 * @param {string[]} commands
 * @returns {Promise<string>}
 */
export function askAboutPerson(person, commands) {
  const dialog = find("person-dialog");
  find("person-title").textContent = nameOf(person);
  part(dialog, "[data-headline]").textContent = [roleName(person.role), person.headline].filter(Boolean).join(" · ");
  drawFace(part(dialog, "[data-face]"), person);
  listClaims(part(dialog, "[data-claims]"), person.claims);
  const profile = /** @type {HTMLAnchorElement} */ (part(dialog, "[data-profile]"));
  profile.hidden = !person.member || !words.profiles;
  if (person.member && words.profiles) profile.href = words.profiles.replace("MEMBER", person.member);
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (dialog.querySelectorAll("button[data-act]")))
    button.hidden = !commands.includes(button.value);
  find("quiet-hint").hidden = !commands.includes("person.quiet");
  return ask("person-dialog");
}

/**
 * Show a message, and what may be done.
 * @param {{text: string}} message
 * @param {string} writer
 * @param {{person: boolean, remove: boolean, report: boolean, mine: boolean}} may
 * @returns {Promise<string>} "person", "remove", "report" or empty
 */
export function askAboutMessage({ text }, writer, { person, remove, report, mine }) {
  find("written-title").textContent = fill(words.chatOf, { NAME: writer });
  find("written-text").textContent = text;
  find("written-person").hidden = !person;
  find("written-person").textContent = fill(words.chatPerson, { NAME: writer });
  find("written-remove").hidden = !remove;
  find("written-remove").textContent = (mine ? words.chatTakeBack : words.chatRemove) ?? "";
  find("written-report").hidden = !report;
  return ask("written-dialog");
}

/** Let the buttons that only close do so: one of a form's kind would be pressed by Enter in its field. */
export function prepareDialogs() {
  for (const button of find("room").querySelectorAll("dialog [data-close]"))
    button.addEventListener("click", () => button.closest("dialog")?.close(""));
}
