// Rows of a list from the server's <template>s, by id: only what changed is touched, so that focus and a screen reader's place
// survive, and a log says only what is new.

import { find } from "./cards.js";

/**
 * @template {{id: string}} R
 * @param {string} list the list's id
 * @param {string} template the template's id
 * @param {R[]} rows
 * @param {(item: HTMLElement, row: R) => void} dress called when a row is new or another object than before
 */
export function showRows(list, template, rows, dress) {
  const place = find(list);
  const known = shown.get(place) ?? new Map();
  const focused = place.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  const now = new Map();
  let next = place.firstElementChild;
  for (const row of rows) {
    const before = known.get(row.id);
    const item = before?.item ?? fromTemplate(template, row.id);
    if (before?.row !== row) dress(item, row);
    now.set(row.id, { item, row });
    if (item === next) next = item.nextElementSibling;
    else place.insertBefore(item, next);
  }
  for (const [id, { item }] of known) if (!now.has(id)) item.remove();
  shown.set(place, now);
  if (!focused || document.activeElement === focused) return;
  if (focused.isConnected) focused.focus();
  else place.closest("[role=tabpanel]")?.querySelector("input")?.focus(); // the row is gone: go on with the field below
}

/** @type {WeakMap<HTMLElement, Map<string, {item: HTMLElement, row: any}>>} */
const shown = new WeakMap();

/**
 * @param {string} template
 * @param {string} id
 */
function fromTemplate(template, id) {
  const { content } = /** @type {HTMLTemplateElement} */ (find(template));
  const item = /** @type {HTMLElement} */ (/** @type {Element} */ (content.firstElementChild).cloneNode(true));
  item.dataset.row = id;
  return item;
}
