// What people have shown about themselves: a tick and a few words beside a face, the whole sentence for screen readers and in a
// person's card. What has expired since the room told of it is left out.

import { fill, words } from "./cards.js";

/** @typedef {import("./protocol.js").ClaimCard} ClaimCard */

/**
 * The whole of a claim, in the reader's language.
 * @param {ClaimCard} claim
 */
export function sentence({ kind, about, since }) {
  const date = new Date(`${since}T12:00:00Z`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const said = { work_email: words.claimWorkEmail, licence: words.claimLicence }[kind] ?? words.claimDocument;
  return fill(said, { ABOUT: about, DATE: date });
}

/**
 * Beside a face.
 * @param {HTMLElement} place
 * @param {ClaimCard[]} claims
 */
export const showClaims = (place, claims) => write(place, claims, mark);

/**
 * In a person's card.
 * @param {HTMLElement} list
 * @param {ClaimCard[]} claims
 */
export const listClaims = (list, claims) => write(list, claims, row);

/** @param {ClaimCard} claim */
function mark(claim) {
  const whole = document.createElement("span");
  whole.className = "claim";
  whole.title = sentence(claim);
  whole.append(piece(`✓ ${claim.about}`, { hidden: true }), piece(whole.title, { className: "visually-hidden" }));
  return whole;
}

/** @param {ClaimCard} claim */
function row(claim) {
  const item = document.createElement("li");
  item.append(piece("✓", { className: "claim", hidden: true }), ` ${sentence(claim)}`);
  return item;
}

/**
 * @param {string} text
 * @param {{className?: string, hidden?: boolean}} how `hidden`: from screen readers
 */
function piece(text, { className = "", hidden = false }) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  if (hidden) span.setAttribute("aria-hidden", "true");
  return span;
}

/**
 * Nothing is touched that says the same already.
 * @param {HTMLElement} place
 * @param {ClaimCard[]} claims
 * @param {(claim: ClaimCard) => HTMLElement} draw
 */
function write(place, claims, draw) {
  const fresh = claims.filter(({ until }) => Date.parse(until) > Date.now()).map(draw);
  const old = [...place.children];
  if (old.length === fresh.length && fresh.every((item, index) => item.isEqualNode(old[index] ?? null))) return;
  place.replaceChildren(...fresh);
}
