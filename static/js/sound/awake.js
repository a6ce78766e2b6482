// Keeps the screen on while somebody is on stage: a phone that locks itself would mute them.

export class Awake {
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  #wanted = false;

  /** @param {AbortSignal} gone the page is not in the document any more */
  constructor(gone) {
    // The browser takes the lock back with the page out of sight.
    document.addEventListener("visibilitychange", () => this.#arrange(), { signal: gone });
    gone.addEventListener("abort", () => this.keep(false));
  }

  /** @param {boolean} wanted */
  keep(wanted) {
    if (this.#wanted === wanted) return;
    this.#wanted = wanted;
    this.#arrange();
  }

  async #arrange() {
    if (!this.#wanted) {
      this.#lock?.release().catch(() => {});
      this.#lock = null;
    } else if (!document.hidden && "wakeLock" in navigator && (this.#lock?.released ?? true)) {
      const lock = await navigator.wakeLock.request("screen").catch(() => null); // refused with a low battery
      if (this.#wanted) this.#lock = lock;
      else lock?.release().catch(() => {});
    }
  }
}
