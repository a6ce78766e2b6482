// The self-test's socket: opened once, every command answered or given up. Knows no page.

/** @typedef {import("../room/protocol.js").CheckCommands} CheckCommands */
/** @typedef {import("../room/protocol.js").CheckAnswers} CheckAnswers */
/** @typedef {{type: "hello"} | {type: "ok", re: number, data: unknown} | {type: "error", re: number | null, code: string, message: string}} Answer */

const WITHIN_MILLISECONDS = 8000;

/** What the server said no to, in its words; empty if it said nothing. */
export class Unanswered extends Error {}

export class Line {
  #nextId = 1;
  /** @type {Map<number, {resolve: (data: unknown) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** @type {Promise<void>} */
  #opened;

  /** @param {string} path the socket's path on this host */
  constructor(path) {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${path}`);
    this.socket = socket;
    this.#opened = inTime((/** @type {(value: void) => void} */ resolve, reject) => {
      socket.addEventListener("message", (event) => {
        /** @type {Answer} */
        const frame = JSON.parse(event.data);
        if (frame.type === "hello") resolve(undefined);
        else if (frame.type === "error" && frame.re === null) reject(new Unanswered(frame.message));
        else this.#settle(frame);
      });
      socket.addEventListener("close", () => {
        reject(new Unanswered(""));
        for (const { reject: giveUp } of this.#waiting.values()) giveUp(new Unanswered(""));
      });
    });
    this.#opened.catch(() => {}); // said to whoever waits for it
  }

  /** Wait until the server said hello. */
  open() {
    return this.#opened;
  }

  /**
   * @template {keyof CheckCommands} T
   * @param {T} type
   * @param {CheckCommands[T]} data
   * @returns {Promise<CheckAnswers[T]>} rejects with Unanswered
   */
  command(type, data) {
    const id = this.#nextId++;
    const answer = inTime((/** @type {(data: unknown) => void} */ resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type, id, data }));
      else reject(new Unanswered(""));
    });
    return /** @type {Promise<CheckAnswers[T]>} */ (answer);
  }

  close() {
    this.socket.close();
  }

  /** @param {Exclude<Answer, {type: "hello"}>} frame */
  #settle(frame) {
    const waiting = this.#waiting.get(frame.re ?? 0);
    this.#waiting.delete(frame.re ?? 0);
    if (frame.type === "ok") waiting?.resolve(frame.data);
    else waiting?.reject(new Unanswered(frame.message));
  }
}

/**
 * A promise that is given up after a while.
 * @template T
 * @param {(resolve: (value: T) => void, reject: (error: Error) => void) => void} begin
 * @returns {Promise<T>}
 */
function inTime(begin) {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Unanswered("")), WITHIN_MILLISECONDS);
    const done = (/** @type {() => void} */ settle) => {
      clearTimeout(timer);
      settle();
    };
    begin(
      (value) => done(() => resolve(value)),
      (error) => done(() => reject(error)),
    );
  });
}
