// The room's page: what the person does becomes a command, what happens is shown and said. Decides nothing about who may do
// what; the server does.

import { begin, fill, find, nameOf, words } from "./cards.js";
import { showDesk } from "./desk.js";
import { askAboutPerson, askLeaveOther, askReport, askWhy, confirmed, prepareDialogs } from "./dialogs.js";
import { Media } from "./media.js";
import { People } from "./people.js";
import { may, offered } from "./permissions.js";
import { Room } from "./room.js";
import { standingIn } from "./standing.js";
import { View } from "./view.js";
import { Refusal, Wire } from "./wire.js";

/**
 * Begin: the page's main part comes alive.
 * @param {HTMLElement} main
 * @returns {import("../shell/shell.js").Mounted}
 */
export function mount(main) {
  begin(main);
  prepareDialogs();
  const view = new View();
  const wire = new Wire(view.room.dataset.socketPath ?? "");
  const media = new Media(/** @type {HTMLAudioElement} */ (find("sound")), async (sdp) => {
    const answer = await wire.command("media.offer", { sdp });
    return answer.sdp;
  });
  const room = new Room(wire, media);
  let blocked = false;
  let farewell = ""; // why one is not in the room any more
  /** @type {string[]} */
  let speaking = [];
  /** @type {Set<string>} */
  const underWay = new Set(); // what was begun and not yet answered
  const people = new People(
    async (query) => (await room.act("room.people", { query })).people,
    () => (room.state === "inside" && room.you && may(room.you, "room.people") ? room.snapshot : null),
  );

  // --- Showing ----------------------------------------------------------------------------------------------------------

  function show() {
    const { snapshot, you } = room;
    if (snapshot) view.show(snapshot);
    if (snapshot) view.ring(speaking);
    showDesk(room.state === "inside" ? you : null, snapshot, room.desk);
    view.situate(
      {
        state: room.state,
        expectsStage: view.room.dataset.onStage === "true",
        role: you?.role ?? "member",
        onStage: room.onStage,
        muted: you?.muted ?? true,
        unheard: room.unheard,
        place: you?.place ?? 0,
        invited: Boolean(you?.invited_by),
        handPolicy: snapshot?.hand_policy ?? "everyone",
        frozen: snapshot?.frozen ?? false,
        blocked,
        wait: room.wait,
      },
      { speaking: Boolean(you && speaking.includes(you.id)), mayEnd: Boolean(you && may(you, "room.end")) },
    );
  }

  /** @param {unknown} error */
  function complain(error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (error instanceof DOMException)
      view.alert((error.name === "NotFoundError" ? words.microphoneMissing : words.microphoneRefused) ?? "");
    else if (error instanceof Refusal) view.alert(error.message || words.noAnswer || "");
    else throw error;
  }

  /**
   * Do something, unless the same is under way already (a double tap), and say why it was refused.
   * @param {string} what
   * @param {() => Promise<unknown>} work
   */
  async function attempt(what, work) {
    if (underWay.has(what)) return;
    underWay.add(what);
    view.alert("");
    try {
      await work();
    } catch (error) {
      complain(error);
    } finally {
      underWay.delete(what);
    }
  }

  // --- What happens -----------------------------------------------------------------------------------------------------

  room.addEventListener("changed", show);
  room.addEventListener("speaking", (event) => {
    speaking = /** @type {CustomEvent<string[]>} */ (event).detail;
    show();
  });
  room.addEventListener("unheard", () => view.announce(room.unheard ? words.unheardHint : ""));
  room.addEventListener("refused", (event) => complain(/** @type {CustomEvent<unknown>} */ (event).detail));
  room.addEventListener("over", (event) => {
    const { message, details } = /** @type {CustomEvent<Refusal>} */ (event).detail;
    farewell = details.by ? fill(words.byName, { NAME: details.by, WHAT: message }) : message;
    view.alert(farewell);
  });
  room.addEventListener("ended", (event) => {
    const by = /** @type {CustomEvent<string>} */ (event).detail;
    farewell = (by ? fill(words.endedBy, { NAME: by }) : words.ended) ?? "";
    view.ended(by);
    view.announce(farewell);
  });
  room.addEventListener("asked", async (event) => {
    const { details } = /** @type {CustomEvent<Refusal>} */ (event).detail;
    const answer = await askLeaveOther(details);
    if (answer === "yes") room.enter(true);
    if (answer === "back") location.assign(view.room.dataset.roomPath?.replace("ROOM", details.room ?? "") ?? "/");
  });
  room.addEventListener("happened", (event) => say(/** @type {CustomEvent<Happened>} */ (event).detail));
  room.addEventListener("stood", (event) => sayToMe(/** @type {CustomEvent<Stood>} */ (event).detail));

  /** @typedef {{frame: import("./protocol.js").Frame, before: import("./protocol.js").RoomSnapshot | null}} Happened */
  /** @typedef {import("./protocol.js").You} You */
  /** @typedef {{before: You, now: You, by: string}} Stood */

  /** What everybody is told, for a screen reader. @param {Happened} happened */
  function say({ frame: { type, data }, before }) {
    const known = (/** @type {string} */ id) => before?.stage.find((person) => person.id === id);
    const mine = room.you?.id; // what happens to oneself is said as a sentence of its own
    if (type === "stage.seated" && data.person.id !== mine && !known(data.person.id)) view.announce(fill(words.seated, { NAME: data.person.name }));
    if (type === "stage.unseated" && data.person !== mine && known(data.person))
      view.announce(fill(words.unseated, { NAME: known(data.person)?.name ?? "" }));
    if (type === "person.role" && data.role === "host") view.toast(fill(words.newHost, { NAME: data.name }));
    if (type === "person.role" && data.role === "moderator" && data.person !== mine)
      view.announce(fill(words.newModerator, { NAME: data.name }));
    if (type === "stage.locked") view.toast(fill(data.locked ? words.lockedBy : words.unlockedBy, { NAME: data.by }));
    if (type === "room.frozen") view.announce(data.frozen ? words.frozenBy : words.goesOn);
    if (type === "room.told" && data.text) view.announce(`${data.by}: ${data.text}`);
    if (type === "staff.entered") view.toast(fill(words.staffEntered, { NAME: data.person.name }));
    if (type === "hand.raised") view.announce(fill(words.handRaisedBy, { NAME: data.hand.person.name }));
  }

  /** What concerns the person at this page. @param {Stood} stood */
  function sayToMe({ before, now, by }) {
    const seated = now.position === "stage" && before.position !== "stage";
    const unseated = now.position !== "stage" && before.position === "stage";
    if (now.invited_by && !before.invited_by) view.toast(fill(words.invitedBy, { NAME: now.invited_by }));
    else if (seated) view.toast(by ? fill(words.seatedBy, { NAME: by }) : (words.youAreOnStage ?? ""));
    else if (unseated) view.toast(by ? fill(words.movedBy, { NAME: by }) : (words.youLeftStage ?? ""));
    else if (before.place > 0 && now.place === 0)
      view.toast(by ? fill(words.handLoweredBy, { NAME: by }) : (words.handLowered ?? ""));
    else if (now.muted && !before.muted && by) view.toast(fill(words.mutedBy, { NAME: by }));
    else if (before.role === "moderator" && now.role === "member") view.toast(fill(words.dismissedBy, { NAME: by }));
    else if (now.role === "moderator" && before.role === "member") view.toast(fill(words.namedBy, { NAME: by }));
  }

  media.addEventListener("state", (event) => view.media(/** @type {CustomEvent<string>} */ (event).detail));
  media.addEventListener("blocked", () => {
    blocked = true;
    show();
  });
  media.addEventListener("playing", () => {
    blocked = false;
    show();
  });
  media.addEventListener("failed", (event) => {
    const { detail } = /** @type {CustomEvent<unknown>} */ (event);
    if (detail instanceof Refusal && detail.message) view.alert(detail.message);
  });

  // --- What I do --------------------------------------------------------------------------------------------------------

  /** @type {Record<string, () => unknown>} */
  const BIG = {
    enter: () => {
      view.alert("");
      room.asStaff = /** @type {HTMLInputElement | null} */ (main.querySelector("#as-staff"))?.checked ?? false;
      room.enter();
    },
    play: () => media.play(),
    mute: () => attempt("button", () => changeMicrophone(true)),
    unmute: () => attempt("button", () => changeMicrophone(false)),
    raise: () => attempt("button", raiseHand),
    lower: () => attempt("button", () => room.act("hand.lower")),
    join: () => attempt("button", joinStage),
    signup: () => window.open(words.signup, "_blank", "noopener"),
  };
  view.button.addEventListener("click", () => BIG[view.button.dataset.does ?? ""]?.());

  /** @param {boolean} muted */
  async function changeMicrophone(muted) {
    try {
      await media.setMuted(muted);
      await room.act(muted ? "mic.mute" : "mic.unmute");
      view.announce(muted ? words.youMuted : words.youUnmuted);
    } catch (error) {
      await media.setMuted(true);
      throw error;
    }
  }

  async function raiseHand() {
    const line = await askWhy();
    if (line === null) return;
    await withMicrophone(() => room.act("hand.raise", { line }));
    view.announce(words.handRaised);
  }

  const joinStage = () => withMicrophone(() => room.act("stage.join"));

  /**
   * Ask for the microphone, then do what it is needed for; let go of it if that is refused.
   * @param {() => Promise<unknown>} work
   */
  async function withMicrophone(work) {
    await media.openMicrophone();
    try {
      await work();
    } catch (error) {
      if (!room.onStage && !room.you?.place) await media.releaseMicrophone();
      throw error;
    }
  }

  for (const [id, command] of /** @type {const} */ ([
    ["decline", "stage.decline"],
    ["leave-stage", "stage.leave"],
  ]))
    find(id).addEventListener("click", () =>
      attempt("button", async () => {
        await room.act(command);
        view.button.focus(); // the one that was pressed goes away
      }),
    );
  find("leave").addEventListener("click", async (event) => {
    if (room.state !== "inside") return;
    event.preventDefault();
    const home = /** @type {HTMLAnchorElement} */ (event.currentTarget).href;
    await room.leave();
    location.assign(home);
  });
  find("end").addEventListener("click", () =>
    attempt("end", async () => {
      if (await confirmed(words.endTitle, words.endText, words.endYes)) await room.act("room.end");
    }),
  );
  find("report-room").addEventListener("click", () => attempt("report", () => report("", "")));

  /**
   * @param {string} person
   * @param {string} name
   */
  async function report(person, name) {
    const told = await askReport(name);
    if (!told) return;
    await room.act("person.report", { person, ...told });
    view.toast(words.reported ?? "");
  }

  // --- Running the room -------------------------------------------------------------------------------------------------

  find("lock-stage").addEventListener("click", () =>
    attempt("lock", () => room.act("stage.lock", { locked: !room.snapshot?.locked })),
  );
  find("reset-stage").addEventListener("click", () =>
    attempt("reset", async () => {
      if (await confirmed(words.resetTitle, words.resetText, words.resetYes)) await room.act("stage.reset");
    }),
  );
  find("hand-policy").addEventListener("change", (event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const policy = /** @type {import("./protocol.js").HandsPolicy["policy"]} */ (value);
    attempt("policy", () => room.act("hands.policy", { policy })).then(show);
  });
  find("find-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("search", () => people.search());
  });
  find("freeze").addEventListener("click", () =>
    attempt("freeze", async () => {
      const reason = /** @type {HTMLInputElement} */ (find("freeze-reason"));
      await room.act("room.freeze", { frozen: !room.snapshot?.frozen, reason: reason.value });
      reason.value = "";
    }),
  );
  find("message-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("message", () => room.act("room.message", { text: /** @type {HTMLInputElement} */ (find("message-text")).value }));
  });

  /** @typedef {import("./protocol.js").Commands} Commands */

  /**
   * The commands that name a person and nothing else.
   * @typedef {{person: string}} Whom
   * @typedef {{[T in keyof Commands]: Commands[T] extends Whom ? (Whom extends Commands[T] ? T : never) : never}[keyof Commands]} AboutPerson
   */

  /** Acts on people, wherever their buttons are. */
  view.room.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-act], [data-open]");
    const item = button?.closest("[data-person]");
    if (!(button instanceof HTMLElement) || !(item instanceof HTMLElement) || room.state !== "inside") return;
    const person = item.dataset.person ?? "";
    const act = /** @type {AboutPerson | undefined} */ (button.dataset.act);
    if (act) attempt(`${act} ${person}`, () => room.act(act, { person }));
    else attempt("person", () => open(person));
  });

  /** @param {string} id */
  function personBy(id) {
    const { snapshot, desk } = room;
    const cards = [...(snapshot?.stage ?? []), ...(snapshot?.staff ?? []), ...(desk?.hands ?? []).map((hand) => hand.person)];
    const visitor = people.found.find(({ person }) => person.id === id);
    const face = snapshot?.faces.find((listener) => listener.id === id);
    const card = cards.find((person) => person.id === id) ?? visitor?.person;
    if (card) return { card, here: visitor && !cards.includes(card) ? visitor.here : true };
    const listener = { headline: "", member: "", position: "audience", muted: true, number: 0, guest: 0, demo: false };
    return face ? { card: { ...listener, ...face }, here: true } : null;
  }

  /** @param {string} id */
  async function open(id) {
    const about = personBy(id);
    if (!about || !room.you) return;
    const { card, here } = about;
    const hand = room.desk?.hands.some((raised) => raised.person.id === id) ?? false;
    const invited = room.desk?.invited.some((person) => person.id === id) ?? false;
    const command = await askAboutPerson(card, offered(room.you, card, { hand, invited, here }));
    if (command) await doTo(command, id, nameOf(card));
    if (command && people.found.length) await people.search();
  }

  /**
   * @param {string} command
   * @param {string} person
   * @param {string} name
   */
  async function doTo(command, person, name) {
    if (command === "person.report") return report(person, name);
    const asked = {
      "person.ban": [words.banTitle, words.banText, words.banYes],
      "person.block": [words.blockTitle, words.blockText, words.blockYes],
      "host.hand_over": [words.handOverTitle, words.handOverText, words.handOverYes],
    }[command];
    if (asked && !(await confirmed(fill(asked[0], { NAME: name }), asked[1], asked[2]))) return undefined;
    if (command === "person.ban") await room.act(command, { person, reason: "" });
    else await room.act(/** @type {AboutPerson} */ (command), { person });
    if (command === "person.block") view.toast(fill(words.blocked, { NAME: name }));
    return undefined;
  }

  show();

  return {
    get playing() {
      return ["joining", "inside", "reconnecting"].includes(room.state);
    },
    title: main.querySelector("h1")?.textContent ?? "",
    path: location.pathname,
    standing: () => standingIn(room, farewell),
    toggleMicrophone: () => attempt("button", () => changeMicrophone(!room.you?.muted)),
    leave: () => room.leave(),
    whenChanged: (heard) => ["changed", "over", "ended"].forEach((type) => room.addEventListener(type, heard)),
  };
}
