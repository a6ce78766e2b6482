// The page of one's data while a file is being made: shows how far it is, and the file once it is ready.

const FIRST_ASK_MILLISECONDS = 1000;
const AGAIN_AFTER_FAILURE_SECONDS = 15;

/** @param {HTMLElement} main */
export function mount(main) {
  const section = /** @type {HTMLElement} */ (main.querySelector("#export"));
  const bar = /** @type {HTMLProgressElement} */ (main.querySelector("#export-progress"));
  let timer = 0;

  /** @param {number} seconds */
  function askIn(seconds) {
    clearTimeout(timer);
    timer = window.setTimeout(ask, seconds * 1000);
  }

  async function ask() {
    if (document.hidden || !main.isConnected) return; // asked as soon as somebody looks again
    /** @type {{state: string, done: number, of: number, again_in: number}} */
    let answer;
    try {
      const response = await fetch(section.dataset.progressPath ?? "", { redirect: "error", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      askIn(AGAIN_AFTER_FAILURE_SECONDS); // signed out, or no network: the next try tells
      return;
    }
    if (answer.of) {
      bar.max = answer.of;
      bar.value = answer.done;
    }
    if (answer.state === "waiting" || answer.state === "making") askIn(answer.again_in);
    else again();
  }

  /** The page anew: as by a link, so that a room that is playing plays on. */
  function again() {
    if (!main.isConnected) return;
    const link = document.createElement("a");
    link.href = location.href;
    main.append(link);
    link.click();
    link.remove();
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main.isConnected) askIn(1);
  });
  askIn(FIRST_ASK_MILLISECONDS / 1000);
}
