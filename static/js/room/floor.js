// How long each person has spoken, and for how long it is somebody's turn: what the server said last, counted on in between.
// Pure: time is an argument, in milliseconds.

/** What counts on from what is known. */
class Count {
  /** @type {number | null} */
  #since = null;
  #milliseconds = 0;

  /** @param {number} now */
  at(now) {
    return this.#milliseconds + (this.#since === null ? 0 : now - this.#since);
  }

  /**
   * @param {boolean} runs
   * @param {number} now
   */
  run(runs, now) {
    this.#milliseconds = this.at(now);
    this.#since = runs ? now : null;
  }

  /**
   * Hear whole seconds: what was counted stands if it is the same second, so that nothing jumps back and forth.
   * @param {number} seconds
   * @param {number} now
   */
  correct(seconds, now) {
    const counted = this.at(now);
    this.#milliseconds = Math.min(Math.max(counted, seconds * 1000), seconds * 1000 + 999);
    if (this.#since !== null) this.#since = now;
  }
}

const SOON_SECONDS = 15; // enough to bring a sentence to its end

/**
 * How a turn stands to the limit that the host has set.
 * @param {number} held whole seconds since it began
 * @param {number} limit whole seconds; 0 for none
 * @returns {"free" | "running" | "soon" | "over"}
 */
export function standing(held, limit) {
  if (limit === 0) return "free";
  if (held >= limit) return "over";
  return limit - held <= SOON_SECONDS ? "soon" : "running";
}

export class Floor {
  /** @type {Map<string, Count>} */
  #spoken = new Map();
  /** @type {Set<string>} */
  #speaking = new Set();
  #turn = new Count();
  /** Whose turn it is; nobody's, if empty. */
  holder = "";

  /**
   * Hear what the server counted.
   * @param {import("./protocol.js").StageFloor} floor
   * @param {number} now
   */
  hear({ times, holder, held }, now) {
    const known = new Set(times.map(({ person }) => person));
    for (const person of this.#spoken.keys()) if (!known.has(person) && !this.#speaking.has(person)) this.#spoken.delete(person);
    for (const { person, seconds } of times) this.#countOf(person).correct(seconds, now);
    if (holder !== this.holder) this.#turn = new Count();
    this.holder = holder;
    this.#turn.run(holder !== "", now);
    this.#turn.correct(held, now);
  }

  /**
   * These speak from now on, and no others.
   * @param {string[]} people
   * @param {number} now
   */
  speak(people, now) {
    this.#speaking = new Set(people);
    for (const person of people) this.#countOf(person);
    for (const [person, count] of this.#spoken) count.run(this.#speaking.has(person), now);
  }

  /**
   * How long somebody has spoken.
   * @param {string} person
   * @param {number} now
   * @returns {number} whole seconds
   */
  spoken(person, now) {
    return Math.floor((this.#spoken.get(person)?.at(now) ?? 0) / 1000);
  }

  /**
   * For how long it has been the holder's turn.
   * @param {number} now
   * @returns {number} whole seconds
   */
  held(now) {
    return Math.floor(this.#turn.at(now) / 1000);
  }

  /** @param {string} person */
  #countOf(person) {
    const count = this.#spoken.get(person) ?? new Count();
    this.#spoken.set(person, count);
    return count;
  }
}
