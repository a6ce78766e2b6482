// People as cards from the server's <template>s: only what changed is touched, so that focus and a screen reader's place survive.

import { arrange, write } from "./writing.js";

/** @typedef {{id: string, name: string, initials: string, tint: number, portrait: string, guest?: number}} Card */

/**
 * The room’s part of the document. A document has one room at a time, and other pages beside it; what a room that was left still
 * waits for ends with its page’s signal (wire, attempts, timers), so that nothing of it is written into the next.
 * @type {HTMLElement}
 */
let home;

/**
 * The translated words that the server wrote into the page.
 * @type {Record<string, string | undefined>}
 */
export let words = {};

/** From now on the room is here. @param {HTMLElement} main */
export function begin(main) {
  home = main;
  words = { ...find("words").dataset };
}

/** @param {string} id */
export const find = (id) => /** @type {HTMLElement} */ (home.querySelector(`#${id}`));

/**
 * A sentence with its places filled: `NAME`, `NUMBER`, `SECONDS`. In one pass, so that nothing in a value is a place.
 * @param {string | undefined} sentence
 * @param {Record<string, string | number>} places
 */
export const fill = (sentence, places) =>
  (sentence ?? "").replace(/[A-Z]{4,}/g, (word) => (word in places ? String(places[word]) : word));

/**
 * What somebody is called: guests have numbers.
 * @param {{name: string, guest?: number}} card
 */
export const nameOf = (card) => (card.guest ? fill(words.guest, { NUMBER: card.guest }) : card.name);

/**
 * @param {Element} item
 * @param {string} selector
 */
export const part = (item, selector) => /** @type {HTMLElement} */ (item.querySelector(selector));

/**
 * Show a list of cards.
 * @template {Card} C
 * @param {string} list the list's id
 * @param {string} template the template's id
 * @param {C[]} cards
 * @param {(item: HTMLElement, card: C) => void} dress
 */
export function showCards(list, template, cards, dress) {
  const place = find(list);
  const known = new Map([...place.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.person, item]));
  const items = cards.map((card) => {
    const item = /** @type {HTMLElement} */ (known.get(card.id) ?? fromTemplate(template));
    item.dataset.person = card.id;
    write(part(item, "[data-name]"), nameOf(card));
    drawFace(part(item, "[data-face]"), card);
    dress(item, card);
    return item;
  });
  if (items.length === place.children.length && items.every((item, index) => place.children[index] === item)) return;
  const focused = place.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  const at = focused ? [...place.children].findIndex((item) => item.contains(focused)) : -1;
  arrange(place, items);
  if (!focused) return;
  // Whoever acted by keyboard goes on with the neighbour, else with the heading of where they are, else with the one big button.
  const next = focused.isConnected ? focused : items[Math.min(at, items.length - 1)]?.querySelector("button");
  const heading = /** @type {HTMLElement | null | undefined} */ (place.closest("section")?.querySelector("h2[tabindex]"));
  (next ?? heading ?? find("main-button")).focus();
}

/** @param {string} id */
export function fromTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (find(id));
  return /** @type {HTMLElement} */ (template.content.firstElementChild).cloneNode(true);
}

/** Pictures that were not there any more: a photo that was changed or deleted meanwhile. */
const gone = new Set();

/**
 * @param {HTMLElement} face
 * @param {Card} card
 */
export function drawFace(face, card) {
  const dressed = face.className.replace(/tint-\d*/, `tint-${card.tint}`);
  if (face.className !== dressed) face.className = dressed;
  const unseen = words.photosUnseen && card.portrait.startsWith(words.photosUnseen);
  const source = unseen || gone.has(card.portrait) ? "" : card.portrait;
  const image = face.querySelector("img");
  if (!source) {
    write(face, card.initials);
  } else if (image?.getAttribute("src") !== source) {
    const drawn = new Image(96, 96);
    drawn.alt = "";
    drawn.addEventListener("error", () => {
      gone.add(source);
      if (drawn.isConnected) write(face, card.initials);
    });
    drawn.src = source;
    face.replaceChildren(drawn);
  }
}
