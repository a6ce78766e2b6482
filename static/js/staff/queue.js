// Staff work through a queue by keyboard: j and k choose a row, Enter opens it, x selects it. On a page of its own, a key
// presses what names it (`data-key`).

const CHOSEN = "staff-chosen";
const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#result_list tbody tr")]);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (byRow(event.key, event.target) || press(event.key)) event.preventDefault();
});

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

/**
 * @param {string} key
 * @param {EventTarget | null} target
 * @returns {boolean} whether it meant a row
 */
function byRow(key, target) {
  const chosen = rows.findIndex((row) => row.classList.contains(CHOSEN));
  if (key === "j" || key === "k") return choose(chosen < 0 ? 0 : chosen + (key === "j" ? 1 : -1));
  const row = rows[chosen];
  if (key === "x" && row) return check(row);
  const onControl = target instanceof Element && target.closest("a, button, input") !== null;
  if (key !== "Enter" || !row || (onControl && !row.contains(/** @type {Node} */ (target)))) return false;
  const link = row.querySelector("th a");
  if (link instanceof HTMLAnchorElement) link.click();
  return link !== null;
}

/** @param {number} place */
function choose(place) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
  for (const each of rows) each.classList.toggle(CHOSEN, each === row);
  const link = row?.querySelector("th a");
  if (link instanceof HTMLElement) link.focus(); // so that it is heard, too, and scrolled to
  return row !== undefined;
}

/** @param {HTMLElement} row */
function check(row) {
  const box = row.querySelector("input.action-select");
  if (box instanceof HTMLElement) box.click();
  return box !== null;
}

/** @param {string} key */
function press(key) {
  const named = /^[a-z]$/.test(key) ? document.querySelector(`[data-key="${key}"]`) : null;
  if (!(named instanceof HTMLElement)) return false;
  const inside = named.matches("a, button") ? null : named.querySelector("input");
  if (inside instanceof HTMLElement) inside.focus();
  else named.click();
  return true;
}
