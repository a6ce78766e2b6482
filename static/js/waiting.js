// The page of a room to come: counts down, and turns into the room when it begins. Asks now and then, as the server says, and
// not while nobody looks; when the room opens, those who wait come in one after another.

const page = /** @type {HTMLElement} */ (document.getElementById("waiting"));
const countdown = /** @type {HTMLElement} */ (document.getElementById("countdown"));
const due = /** @type {HTMLElement} */ (document.getElementById("due"));
const time = /** @type {HTMLTimeElement} */ (document.getElementById("starts-at"));
const startsAt = Date.parse(time.dateTime);
const opensAt = Date.parse(page.dataset.opensAt ?? "");
const AN_HOUR = 3_600_000;
const FIRST_ASK_MILLISECONDS = 5000;
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
  const early = document.getElementById("too-early");
  if (early && Date.now() >= opensAt) {
    early.hidden = true;
    /** @type {HTMLElement} */ (document.getElementById("start-form")).hidden = false;
  }
}

/** @param {number} seconds */
function askIn(seconds) {
  clearTimeout(timer);
  timer = window.setTimeout(ask, seconds * 1000 * (0.75 + Math.random() / 2));
}

async function ask() {
  if (document.hidden) return; // asked as soon as somebody looks again
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
  const going = document.getElementById("going-count");
  if (going) going.textContent = String(answer.going);
  if (answer.phase === "scheduled") askIn(answer.again_in);
  else window.setTimeout(() => location.reload(), Math.random() * answer.enter_within * 1000);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askIn(1);
});
count();
window.setInterval(count, 1000);
askIn(FIRST_ASK_MILLISECONDS / 1000);
