// As much of a browser as the room's modules need: a clock that the test turns, a window, a socket that the test speaks through.

/** Time that passes when the test says so; takes the place of timers and of Date.now. */
export class Clock {
  now = 1_000_000;
  #next = 1;
  /** @type {Map<number, {at: number, every: number, work: () => void}>} */
  #timers = new Map();

  constructor() {
    const later = (/** @type {() => void} */ work, /** @type {number} */ wait) => this.#add(work, wait, 0);
    const often = (/** @type {() => void} */ work, /** @type {number} */ wait) => this.#add(work, wait, wait);
    const never = (/** @type {number} */ timer) => this.#timers.delete(timer);
    Object.assign(globalThis, { setTimeout: later, setInterval: often, clearTimeout: never, clearInterval: never });
    Date.now = () => this.now;
  }

  /**
   * @param {() => void} work
   * @param {number} wait
   * @param {number} every
   */
  #add(work, wait, every) {
    this.#timers.set(this.#next, { at: this.now + wait, every, work });
    return this.#next++;
  }

  /**
   * Let so much time pass, and whatever falls due in it happen, in order.
   * @param {number} milliseconds
   */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await settled();
      const [due] = [...this.#timers].filter(([, timer]) => timer.at <= end).sort(([, a], [, b]) => a.at - b.at);
      if (!due) break;
      const [number, timer] = due;
      this.now = Math.max(this.now, timer.at);
      if (timer.every) timer.at += timer.every;
      else this.#timers.delete(number);
      timer.work();
    }
    this.now = end;
  }
}

/** Wait until whatever was promised and needs no time has happened. */
export async function settled() {
  for (let turn = 0; turn < 30; turn += 1) await null;
}

/** A window, at an address, with nothing in it. */
export function openWindow() {
  const events = new EventTarget();
  if (!globalThis.CustomEvent) {
    const Custom = class extends Event {
      /**
       * @param {string} type
       * @param {{detail?: unknown}} [options]
       */
      constructor(type, options) {
        super(type);
        this.detail = options?.detail;
      }
    };
    Object.assign(globalThis, { CustomEvent: Custom }); // Node 18 has none
  }
  Object.assign(globalThis, {
    window: globalThis,
    location: { protocol: "https:", host: "talk.example" },
    addEventListener: events.addEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
    WebSocket: Socket,
  });
}

/** The page's end of a socket, of which the test is the other. */
export class Socket extends EventTarget {
  static OPEN = 1;
  /** @type {Socket[]} */
  static all = [];
  readyState = 1;
  /** @type {{type: string, id: number, data: Record<string, unknown>}[]} */
  sent = [];

  /** @param {string} address */
  constructor(address) {
    super();
    this.address = address;
    Socket.all.push(this);
  }

  /** The one opened last. */
  static get last() {
    return /** @type {Socket} */ (Socket.all.at(-1));
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code = 1006) {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  /**
   * The server says something.
   * @param {object} frame
   */
  says(frame) {
    this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) }));
  }

  /**
   * The server answers the last command of a type.
   * @param {string} type
   * @param {object} [data]
   */
  answers(type, data = {}) {
    this.says({ type: "ok", re: this.command(type).id, data });
  }

  /**
   * The last command of a type.
   * @param {string} type
   */
  command(type) {
    const found = this.sent.filter((command) => command.type === type).at(-1);
    if (!found) throw new Error(`nothing of type ${type} was sent: ${JSON.stringify(this.sent)}`);
    return found;
  }

  /**
   * How many commands of a type were sent.
   * @param {string} type
   */
  count(type) {
    return this.sent.filter((command) => command.type === type).length;
  }
}

/**
 * What a target dispatches from now on, by type.
 * @param {EventTarget} target
 * @param {...string} types
 */
export function heard(target, ...types) {
  /** @type {[string, unknown][]} */
  const all = [];
  for (const type of types)
    target.addEventListener(type, (event) => all.push([type, /** @type {CustomEvent<unknown>} */ (event).detail ?? null]));
  return all;
}
