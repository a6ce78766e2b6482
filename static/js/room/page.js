// The room's page: joins wire, media and view. Decides nothing about who may do what; the server does.

import { Media } from "./media.js";
import { CODES, PROTOCOL } from "./protocol.js";
import { applyEvent, judge } from "./stage.js";
import { View } from "./view.js";
import { NO_ANSWER, Refusal, Wire } from "./wire.js";

const view = new View();
const wire = new Wire(view.room.dataset.socketPath ?? "");
const media = new Media(/** @type {HTMLAudioElement} */ (document.getElementById("sound")), async (sdp) => {
  const answer = await wire.command("media.offer", { sdp });
  return answer.sdp;
});

/** @type {import("./view.js").Situation} */
const now = {
  state: "outside",
  onStage: view.room.dataset.onStage === "true",
  muted: true,
  blocked: false,
  speaking: false,
  wait: 0,
};
/** @type {import("./protocol.js").RoomSnapshot | null} */
let snapshot = null;
let connection = ""; // ours in this room: what a lost socket resumes
let syncing = false;
let changingMicrophone = false;

/** @param {Partial<import("./view.js").Situation>} change */
function situate(change) {
  Object.assign(now, change);
  view.situate(now);
}

/** @param {unknown} error */
function complain(error) {
  if (error instanceof Refusal) view.alert(error.message || view.words.noAnswer || "");
  else throw error;
}

// --- Coming in --------------------------------------------------------------------------------------------------------

function enter() {
  view.alert("");
  situate({ state: "joining" });
  media.play(); // within the tap, so that the browser lets it sound later
  wire.open();
}

async function join() {
  try {
    const entered = await wire.command("room.join", { protocol: PROTOCOL, muted: media.muted, resume: connection });
    const resumed = entered.connection === connection;
    connection = entered.connection;
    view.you = entered.you;
    take(entered.snapshot);
    view.alert("");
    situate({ state: "inside", wait: 0 });
    const mine = me();
    await media.setMuted(mine?.muted ?? true);
    await media.connect(now.onStage, resumed);
  } catch (error) {
    if (error instanceof Refusal && error.fatal) return; // "over" has said it
    if (error instanceof Refusal && error.code === NO_ANSWER) {
      wire.drop();
      return;
    }
    wire.close();
    situate({ state: "failed" });
    complain(error);
  }
}

const me = () => snapshot?.stage.find((person) => person.id === view.you);

/** @param {import("./protocol.js").RoomSnapshot} fresh */
function take(fresh) {
  snapshot = fresh;
  view.show(fresh);
  const mine = me();
  situate({ onStage: Boolean(mine), muted: mine?.muted ?? true });
}

// --- What happens -----------------------------------------------------------------------------------------------------

wire.addEventListener("open", join);
wire.addEventListener("lost", () => {
  if (now.state === "inside" || now.state === "joining") situate({ state: "reconnecting" });
});
wire.addEventListener("waiting", (event) => situate({ wait: /** @type {CustomEvent} */ (event).detail }));
wire.addEventListener("refused", (event) => view.alert(/** @type {CustomEvent} */ (event).detail.message));
wire.addEventListener("over", (event) => over(/** @type {CustomEvent} */ (event).detail));
wire.addEventListener("frame", (event) => happen(/** @type {CustomEvent} */ (event).detail));

/** @param {{type: string, seq?: number, data: any}} frame */
function happen(frame) {
  if (frame.type === "media.restart") {
    media.restart();
  } else if (frame.type === "stage.version") {
    // Everybody in the room hears this at once: spread the questions over a second.
    window.setTimeout(() => snapshot && snapshot.seq < frame.data.seq && sync(), Math.random() * 1000);
  } else if (frame.type === "stage.speaking") {
    view.ring(frame.data.people);
    situate({ speaking: frame.data.people.includes(view.you) });
  } else if (snapshot) {
    const verdict = frame.seq === undefined ? "apply" : judge(snapshot, frame.seq);
    if (verdict === "sync") sync();
    if (verdict === "apply") follow(frame);
  }
}

/** @param {{type: string, seq?: number, data: any}} frame */
function follow(frame) {
  if (!snapshot) return;
  const before = snapshot;
  take(applyEvent(snapshot, frame));
  if (frame.type === "stage.seated" && !before.stage.some((person) => person.id === frame.data.person.id))
    view.announce(view.words.seated?.replace("NAME", frame.data.person.name));
  if (frame.type === "stage.unseated") {
    const gone = before.stage.find((person) => person.id === frame.data.person);
    if (gone) view.announce(view.words.unseated?.replace("NAME", gone.name));
  }
  if (frame.type === "stage.muted" && frame.data.person === view.you && frame.data.muted) media.setMuted(true);
  if (frame.type === "room.ended") finish(frame.data.by);
}

async function sync() {
  if (syncing) return;
  syncing = true;
  try {
    const fresh = (await wire.command("room.sync")).snapshot;
    take(fresh);
    if (fresh.phase === "ended") finish("");
  } catch (error) {
    complain(error);
  } finally {
    syncing = false;
  }
}

/** @param {Refusal} refusal */
function over(refusal) {
  media.close();
  connection = "";
  if (now.state === "ended") return;
  if (refusal.code === CODES.ROOM_ENDED) {
    finish("");
  } else {
    view.alert(refusal.message);
    situate({ state: refusal.code === CODES.SUPERSEDED ? "elsewhere" : "failed" });
  }
}

/** @param {string} by */
function finish(by) {
  media.close();
  situate({ state: "ended" });
  view.ended(by);
  view.announce(view.words.endedBy && by ? view.words.endedBy.replace("NAME", by) : view.words.ended);
}

media.addEventListener("state", (event) => view.media(/** @type {CustomEvent} */ (event).detail));
media.addEventListener("blocked", () => situate({ blocked: true }));
media.addEventListener("playing", () => situate({ blocked: false }));
media.addEventListener("failed", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail instanceof Refusal && detail.message) view.alert(detail.message);
});

// --- What I do --------------------------------------------------------------------------------------------------------

view.button.addEventListener("click", () => {
  if (now.state === "outside" || now.state === "elsewhere" || now.state === "failed") enter();
  else if (now.state === "inside" && now.blocked) media.play();
  else if (now.state === "inside" && now.onStage) changeMicrophone(!now.muted);
});

/** @param {boolean} muted */
async function changeMicrophone(muted) {
  if (changingMicrophone) return;
  changingMicrophone = true;
  view.alert("");
  try {
    await media.setMuted(muted);
    await wire.command(muted ? "mic.mute" : "mic.unmute");
    view.announce(muted ? view.words.youMuted : view.words.youUnmuted);
  } catch (error) {
    await media.setMuted(true);
    if (error instanceof DOMException)
      view.alert((error.name === "NotFoundError" ? view.words.microphoneMissing : view.words.microphoneRefused) ?? "");
    else complain(error);
  } finally {
    changingMicrophone = false;
  }
}

document.getElementById("leave")?.addEventListener("click", async (event) => {
  if (now.state !== "inside") return;
  event.preventDefault();
  const home = /** @type {HTMLAnchorElement} */ (event.currentTarget).href;
  media.close();
  await wire.command("room.leave").catch(() => {});
  wire.close();
  location.assign(home);
});

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("end-dialog"));
document.getElementById("end")?.addEventListener("click", () => dialog.showModal());
document.getElementById("end-no")?.addEventListener("click", () => dialog.close());
document.getElementById("end-yes")?.addEventListener("click", async () => {
  dialog.close();
  if (now.state === "inside") await wire.command("room.end").catch(complain);
});
