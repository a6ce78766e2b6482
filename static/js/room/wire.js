// The live protocol over one WebSocket: commands as promises, events in order, back by itself after a drop. Knows no page.

import { CLOSE_GO_ELSEWHERE, HEARTBEAT_SECONDS } from "./protocol.js";

const ANSWER_WITHIN_MILLISECONDS = 8000;
const SILENT_AFTER_MILLISECONDS = 12000; // two heartbeats without an answer: the socket is dead, whatever it says
const ACKNOWLEDGE_EVERY_FRAMES = 50; // in a busy room sooner than by the heartbeat
const FIRST_WAIT_MILLISECONDS = 400;
const LONGEST_WAIT_MILLISECONDS = 3000; // a web process that begins again takes five seconds, and all are back in ten
const ELSEWHERE_WITHIN_MILLISECONDS = 1000; // all pages of a process that ends come to the others

/** @typedef {import("./protocol.js").Commands} Commands */
/** @typedef {import("./protocol.js").Answers} Answers */
/** @typedef {import("./protocol.js").Frame} Frame */
/** @typedef {{type: "ok", re: number, data: unknown}} Ok */
/** @typedef {{type: "error", re: number | null, code: string, message: string, fatal: boolean, details: Record<string, string>}} ErrorFrame */

/** The code of a refusal that nobody sent: no answer came, or the socket was lost. */
export const NO_ANSWER = "no_answer";

/** A refusal by the server, or no answer at all. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {boolean} fatal
   * @param {Record<string, string>} [details]
   */
  constructor(code, message, fatal, details = {}) {
    super(message);
    this.code = code;
    this.fatal = fatal;
    this.details = details;
  }
}

/**
 * One page's connection to one room. Dispatches:
 * - "open": the socket is up and the server has said hello;
 * - "frame" (detail: the event's frame): something happened in the room;
 * - "acknowledged" (detail: the answer): the server knows what came;
 * - "refused" (detail: Refusal): an error that answers no command;
 * - "lost": the socket is gone and will come back;
 * - "waiting" (detail: seconds): until the next try;
 * - "over" (detail: Refusal): it will not come back.
 */
export class Wire extends EventTarget {
  /** @type {WebSocket | null} */
  #socket = null;
  #nextId = 1;
  /** @type {Map<number, {resolve: (data: unknown) => void, reject: (refusal: Refusal) => void, timer: number}>} */
  #waiting = new Map();
  #wait = FIRST_WAIT_MILLISECONDS;
  #heard = 0;
  #received = 0; // frames on this socket: the server cuts off who does not read
  #acknowledged = 0; // of them, as the server knows
  #heartbeat = 0;
  #retry = 0;
  #countdown = 0;
  #over = true;
  /** @type {AbortSignal | undefined} */
  #gone;

  /**
   * @param {string} path the socket's path on this host
   * @param {AbortSignal} [gone] the page is not in the document any more: no answer is of use to anybody
   */
  constructor(path, gone) {
    super();
    this.#gone = gone;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.address = `${scheme}//${location.host}${path}`;
    window.addEventListener("online", () => this.retryNow(), { signal: gone });
    gone?.addEventListener("abort", () => this.#forget());
  }

  /** Connect, and stay connected until `close` or a fatal refusal. */
  open() {
    if (this.#socket) return;
    this.#over = false;
    this.#connect();
  }

  /** Close for good; `open` opens another. */
  close() {
    this.#over = true;
    this.#stopTimers();
    const socket = this.#socket;
    this.#socket = null;
    this.#giveUp();
    socket?.close();
  }

  /** Lose the socket on purpose, and come back. */
  drop() {
    this.#socket?.close();
  }

  /** Whoever waits for an answer waits for ever: what they would do with it is not in the document any more. */
  #forget() {
    for (const id of [...this.#waiting.keys()]) this.#settle(id);
    this.close();
  }

  /** Do not wait for the next try. */
  retryNow() {
    if (this.#over || this.#socket) return;
    this.#stopTimers();
    this.#connect();
  }

  /**
   * Send a command.
   * @template {keyof Commands} T
   * @param {T} type
   * @param {Commands[T]} [data]
   * @returns {Promise<Answers[T]>} the answer's data; rejects with a Refusal
   */
  command(type, data = /** @type {Commands[T]} */ ({})) {
    const socket = this.#socket;
    if (this.#gone?.aborted) return new Promise(() => {});
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Refusal(NO_ANSWER, "", false));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Refusal(NO_ANSWER, "", false));
      }, ANSWER_WITHIN_MILLISECONDS);
      this.#waiting.set(id, { resolve: /** @type {(data: unknown) => void} */ (resolve), reject, timer });
      socket.send(JSON.stringify({ type, id, data }));
    });
  }

  #connect() {
    const socket = new WebSocket(this.address);
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      if (socket === this.#socket) this.#receive(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => this.#lost(socket, event.code));
    this.#heard = Date.now();
    this.#received = this.#acknowledged = 0;
    this.#heartbeat = window.setInterval(() => this.#beat(socket), HEARTBEAT_SECONDS * 1000);
  }

  /** @param {WebSocket} socket */
  #beat(socket) {
    if (Date.now() - this.#heard > SILENT_AFTER_MILLISECONDS) {
      socket.close();
      this.#lost(socket);
    } else {
      this.acknowledge();
    }
  }

  /** Say that one is there, and what came. */
  acknowledge() {
    this.#acknowledged = this.#received;
    this.command("ping", { received: this.#received })
      .then((answer) => this.dispatchEvent(new CustomEvent("acknowledged", { detail: answer })))
      .catch(() => {});
  }

  /** @param {Frame | Ok | ErrorFrame} frame */
  #receive(frame) {
    this.#heard = Date.now();
    this.#received += 1;
    if (this.#received - this.#acknowledged >= ACKNOWLEDGE_EVERY_FRAMES) this.acknowledge();
    if (frame.type === "hello") {
      this.#wait = FIRST_WAIT_MILLISECONDS;
      this.dispatchEvent(new Event("open")); // another protocol is refused with a sentence when one joins
    } else if (frame.type === "ok") {
      this.#settle(frame.re)?.resolve(frame.data);
    } else if (frame.type === "error") {
      const refusal = new Refusal(frame.code, frame.message, frame.fatal, frame.details);
      const waiting = frame.re === null ? undefined : this.#settle(frame.re);
      if (waiting) waiting.reject(refusal);
      else if (!frame.fatal) this.dispatchEvent(new CustomEvent("refused", { detail: refusal }));
      if (frame.fatal) this.#end(refusal);
    } else {
      this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    }
  }

  /** @param {number} id */
  #settle(id) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) clearTimeout(waiting.timer);
    return waiting;
  }

  /** Nobody answers any more. */
  #giveUp() {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(new Refusal(NO_ANSWER, "", false));
  }

  /**
   * @param {WebSocket} socket
   * @param {number} [code]
   */
  #lost(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#stopTimers();
    this.#giveUp();
    if (this.#over) return;
    this.dispatchEvent(new Event("lost"));
    const wait = this.#nextWait(code);
    const until = Date.now() + wait;
    const tell = () =>
      this.dispatchEvent(new CustomEvent("waiting", { detail: Math.max(0, Math.ceil((until - Date.now()) / 1000)) }));
    tell();
    this.#countdown = window.setInterval(tell, 1000);
    this.#retry = window.setTimeout(() => {
      clearInterval(this.#countdown);
      this.#connect();
    }, wait);
  }

  /**
   * How long to wait before the next try: each time longer, and not all at once.
   * @param {number} [code] why the socket was closed
   */
  #nextWait(code) {
    if (code === CLOSE_GO_ELSEWHERE) return Math.random() * ELSEWHERE_WITHIN_MILLISECONDS;
    const wait = this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MILLISECONDS);
    return wait;
  }

  /** @param {Refusal} refusal */
  #end(refusal) {
    this.close();
    this.dispatchEvent(new CustomEvent("over", { detail: refusal }));
  }

  #stopTimers() {
    clearInterval(this.#heartbeat);
    clearInterval(this.#countdown);
    clearTimeout(this.#retry);
  }
}
