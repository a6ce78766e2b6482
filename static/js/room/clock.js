// A time of day, as the page's language writes it.

/** @type {Map<string, Intl.DateTimeFormat>} */
const clocks = new Map();

/** @param {string} moment in ISO 8601 */
export function timeOfDay(moment) {
  const language = document.documentElement.lang;
  const clock = clocks.get(language) ?? new Intl.DateTimeFormat(language, { timeStyle: "short" });
  clocks.set(language, clock);
  return clock.format(new Date(moment));
}
