// The room's page: what the person does becomes a command, what happens is shown and said. Decides nothing about who may do
// what; the server does. This file only puts the parts together.

import { lacks, sayUnsupported } from "../support.js";
import { Acting } from "./acting.js";
import { Attempts } from "./attempts.js";
import { Audience } from "./audience.js";
import { begin, find } from "./cards.js";
import { writerOf } from "./chat.js";
import { showConflicts } from "./conflicts.js";
import { prepareDialogs } from "./dialogs.js";
import { Entrance } from "./entrance.js";
import { FloorClock } from "./floorclock.js";
import { Media } from "./media.js";
import { People } from "./people.js";
import { offerMenu } from "./menu.js";
import { may } from "./permissions.js";
import { offerButton } from "./pressing.js";
import { Room } from "./room.js";
import { offerRunning } from "./running.js";
import { offerSharing } from "./share.js";
import { offerSheet } from "./sheet.js";
import { Showing } from "./showing.js";
import { Sounding } from "./sounding.js";
import { standingIn } from "./standing.js";
import { Talking } from "./talking.js";
import { Telling } from "./telling.js";
import { View } from "./view.js";
import { Voice } from "./voice.js";
import { Wire } from "./wire.js";

/**
 * Begin: the page's main part comes alive, unless this browser cannot play a room; then it says so.
 * @param {HTMLElement} main
 * @returns {import("../shell/shell.js").Mounted | undefined}
 */
export function mount(main) {
  const missing = lacks();
  if (missing.length) return void sayUnsupported(main, missing);
  begin(main);
  prepareDialogs();
  const gone = new AbortController(); // whatever listens beyond the main part ends with this
  const view = new View();
  const { room, media } = connect(view.room.dataset, gone.signal);
  const attempts = new Attempts(view, gone.signal);
  const { attempt } = attempts;

  const entrance = new Entrance({ room, view, attempt });
  const voice = new Voice({ room, media, view });
  const press = offerButton({ room, media, view, attempt, voice, entrance });
  const sounding = new Sounding({
    ...{ room, media, view, explain: attempts.explain, seen: () => !main.hidden, gone: gone.signal },
    changed: () => showing.show(),
    changeMicrophone: (muted) => voice.change(muted).catch(attempts.complain),
    pressHand: () => {
      if (press.would("raise") || press.would("lower")) press.now();
    },
  });
  const showing = new Showing({ room, media, view, entrance, sounding });
  new FloorClock(room, view, gone.signal);
  showConflicts(room, view);
  const telling = new Telling({ room, media, view, complain: attempts.complain });

  const people = new People(
    async (query) => (await room.act("room.people", { query })).people,
    () => (room.state === "inside" && room.you && may(room.you, "room.people") ? room.snapshot : null),
    gone.signal,
  );
  const audience = new Audience({ room, view, attempt, gone: gone.signal });
  const acting = new Acting({ room, view, attempt, people, audience });
  offerRunning({ room, attempt, people, telling, changed: () => showing.show() });
  offerSharing();
  offerMenu(gone.signal);
  offerSheet();
  new Talking({ room, view, attempt, gone: gone.signal }, {
    about: (person) => acting.open(person),
    report: (message, written) => acting.report(message.author.id, writerOf(message), message.id, written),
  });
  showing.show();

  return {
    get playing() {
      return ["joining", "inside", "reconnecting"].includes(room.state);
    },
    title: main.querySelector("h1")?.textContent ?? "",
    path: location.pathname,
    standing: () => standingIn(room, telling.farewell),
    toggleMicrophone: () => attempt("button", () => voice.change(!room.you?.muted)),
    leave: () => room.leave(),
    whenChanged: (heard) => ["changed", "over", "ended"].forEach((type) => room.addEventListener(type, heard)),
    dispose: () => gone.abort(),
  };
}

/**
 * The room as this page knows it, and its sound, over one wire.
 * @param {DOMStringMap} page what the server wrote into it
 * @param {AbortSignal} gone
 */
function connect({ socketPath = "", relay: written = '{"urls": []}' }, gone) {
  const wire = new Wire(socketPath, gone);
  /** @type {{urls: string[], username: string, credential: string}} */
  const relay = JSON.parse(written);
  const media = new Media(
    /** @type {HTMLAudioElement} */ (find("sound")),
    (sdp) => wire.command("media.offer", { sdp }),
    relay.urls.length ? [relay] : [],
    gone,
  );
  return { room: new Room(wire, media), media };
}
