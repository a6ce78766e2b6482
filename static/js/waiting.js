// The page of a room to come: counts down, and turns into the room when it begins. Asks now and then, as the server says, and
// not while nobody looks; when the room opens, those who wait come in one after another.

const AN_HOUR = 3_600_000;
const FIRST_ASK_MILLISECONDS = 5000;

/** @param {HTMLElement} main */
export function mount(main) {
  const page = /** @type {HTMLElement} */ (main.querySelector("#waiting"));
  const countdown = /** @type {HTMLElement} */ (main.querySelector("#countdown"));
  const due = /** @type {HTMLElement} */ (main.querySelector("#due"));
  const time = /** @type {HTMLTimeElement} */ (main.querySelector("#starts-at"));
  const startsAt = Date.parse(time.dateTime);
  const opensAt = Date.parse(page.dataset.opensAt ?? "");
  let timer = 0;

  function count() {
    const left = startsAt - Date.now();
    countdown.hidden = left <= 0;
    due.hidden = left > 0;
    if (left > 0 && left < AN_HOUR) {
      const seconds = Math.ceil(left / 1000);
      countdown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      countdown.classList.add("counting");
    }
    const early = main.querySelector("#too-early");
    if (early instanceof HTMLElement && Date.now() >= opensAt) {
      early.hidden = true;
      /** @type {HTMLElement} */ (main.querySelector("#start-form")).hidden = false;
    }
  }

  /** @param {number} seconds */
  function askIn(seconds) {
    clearTimeout(timer);
    timer = window.setTimeout(ask, seconds * 1000 * (0.75 + Math.random() / 2));
  }

  async function ask() {
    if (document.hidden || !main.isConnected) return; // asked as soon as somebody looks again
    /** @type {{phase: string, going: number, again_in: number, enter_within: number}} */
    let answer;
    try {
      const response = await fetch(page.dataset.phasePath ?? "", { redirect: "error", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      askIn(30); // signed out, or no network: the next try tells
      return;
    }
    const going = main.querySelector("#going-count");
    if (going) going.textContent = String(answer.going);
    if (answer.phase === "scheduled") askIn(answer.again_in);
    else window.setTimeout(open, Math.random() * answer.enter_within * 1000);
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && main.isConnected) askIn(1);
  });

  /** The room: as by a link, so that whoever is in another one is asked first. */
  function open() {
    if (!main.isConnected) return;
    const link = document.createElement("a");
    link.href = location.href;
    main.append(link);
    link.click();
    link.remove();
  }

  count();
  const counting = window.setInterval(() => (main.isConnected ? count() : clearInterval(counting)), 1000);
  askIn(FIRST_ASK_MILLISECONDS / 1000);
}
