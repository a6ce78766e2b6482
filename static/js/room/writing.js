// Writing into the document only what is otherwise than before: the same words written again cost a layout, and a screen reader
// may say them again.

/**
 * @param {Element} place
 * @param {string | undefined} text
 */
export function write(place, text = "") {
  if (place.textContent !== text) place.textContent = text;
}

/**
 * Let these be the children, in this order: those that stay where they are are not touched.
 * @param {Element} place
 * @param {Element[]} items
 */
export function arrange(place, items) {
  const wanted = new Set(items);
  for (const child of [...place.children]) if (!wanted.has(child)) child.remove();
  let next = place.firstElementChild;
  for (const item of items) {
    if (item === next) next = item.nextElementSibling;
    else place.insertBefore(item, next);
  }
}
