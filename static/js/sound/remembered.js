// What this browser remembers of how somebody wants their sound: on this device only, never sent anywhere.

/** @typedef {"microphone" | "speaker" | "shortcuts"} Choice */

const PREFIX = "mitalk.";

/**
 * What was chosen; empty if nothing was, or the browser keeps nothing.
 * @param {Choice} choice
 * @returns {string}
 */
export function recall(choice) {
  try {
    return localStorage.getItem(PREFIX + choice) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {Choice} choice
 * @param {string} value empty for what the system chooses
 */
export function remember(choice, value) {
  try {
    if (value) localStorage.setItem(PREFIX + choice, value);
    else localStorage.removeItem(PREFIX + choice);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
