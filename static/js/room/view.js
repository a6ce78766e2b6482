// The room on the page: fills the server's <template>s, and shows the one big button by situation.

import { inOrder } from "./stage.js";

/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */

/**
 * @typedef {object} Situation
 * @property {string} state outside | joining | inside | reconnecting | ended | elsewhere | failed
 * @property {boolean} onStage
 * @property {boolean} muted
 * @property {boolean} blocked the browser wants a tap before it plays
 * @property {boolean} speaking my own voice is heard
 * @property {number} wait seconds until the next try
 */

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class View {
  constructor() {
    this.room = find("room");
    this.button = /** @type {HTMLButtonElement} */ (find("main-button"));
    this.words = find("words").dataset;
    this.you = "";
  }

  /**
   * Show the stage and the audience.
   * @param {RoomSnapshot} snapshot
   */
  show(snapshot) {
    this.#fill("stage", "stage-person", inOrder(snapshot.stage), (item, person) => {
      item.dataset.muted = String(person.muted);
      this.#part(item, "[data-headline]").textContent = person.headline;
      const role = this.#part(item, "[data-role]");
      role.hidden = person.role === "member";
      role.textContent = (person.role === "host" ? this.words.roleHost : this.words.roleModerator) ?? "";
      this.#part(item, "[data-demo]").hidden = !person.demo;
    });
    find("stage-empty").hidden = snapshot.stage.length > 0;
    this.#fill("audience", "listener", snapshot.faces, () => {});
    find("audience-count").textContent = String(snapshot.count);
  }

  /**
   * Ring the people who speak now, and no others.
   * @param {string[]} people
   */
  ring(people) {
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#stage [data-person]")))
      item.dataset.speaking = String(people.includes(item.dataset.person ?? ""));
  }

  /**
   * Show the situation: the page's state and the one big button.
   * @param {Situation} now
   */
  situate(now) {
    this.room.dataset.state = now.state;
    this.room.dataset.microphone = now.state === "inside" || now.state === "reconnecting" ? microphone(now) : "off";
    const [text, look, enabled] = this.#button(now);
    this.button.textContent = text ?? "";
    this.button.dataset.look = look;
    this.button.setAttribute("aria-disabled", String(!enabled));
    this.button.dataset.speaking = String(now.speaking);
    this.button.hidden = now.state === "ended";
  }

  /** @param {string} state */
  media(state) {
    this.room.dataset.media = state;
  }

  /**
   * Say something to the eyes and, at once, to a screen reader; empty to take it back.
   * @param {string} text
   */
  alert(text) {
    find("alert").textContent = text;
  }

  /**
   * Say something to a screen reader, after what it is saying now.
   * @param {string | undefined} text
   */
  announce(text) {
    find("announcements").textContent = text ?? "";
  }

  /** @param {string} by who ended the room; empty if nobody did */
  ended(by) {
    find("ended").hidden = false;
    if (by) find("ended-words").textContent = (this.words.endedBy ?? "").replace("NAME", by);
    document.getElementById("end")?.remove();
  }

  /**
   * @param {Situation} now
   * @returns {[string | undefined, string, boolean]} text, look, whether it does something
   */
  #button(now) {
    const words = this.words;
    switch (now.state) {
      case "outside":
        return [now.onStage ? words.enter : words.listen, "hand", true];
      case "joining":
        return [words.joining, "rest", false];
      case "reconnecting":
        return now.wait > 0
          ? [(words.reconnectingIn ?? "").replace("SECONDS", String(now.wait)), "rest", false]
          : [words.reconnecting, "rest", false];
      case "elsewhere":
        return [words.elsewhere, "primary", true];
      case "failed":
        return [words.again, "primary", true];
      case "ended":
        return [words.ended, "rest", false];
      default:
        if (now.blocked) return [words.tap, "hand", true];
        if (!now.onStage) return [words.listening, "rest", false];
        return now.muted ? [words.unmute, "primary", true] : [words.mute, "live", true];
    }
  }

  /**
   * @template {{id: string, name: string, initials: string, tint: number, portrait: string}} Card
   * @param {string} list
   * @param {string} template
   * @param {Card[]} cards
   * @param {(item: HTMLElement, card: Card) => void} dress
   */
  #fill(list, template, cards, dress) {
    const place = find(list);
    const known = new Map([...place.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.person, item]));
    const items = cards.map((card) => {
      const item = /** @type {HTMLElement} */ (known.get(card.id) ?? this.#fromTemplate(template));
      item.dataset.person = card.id;
      this.#part(item, "[data-name]").textContent = card.name;
      this.#face(this.#part(item, "[data-face]"), card);
      dress(item, card);
      return item;
    });
    // Only what changed is touched, so that focus and a screen reader's place survive.
    if (items.length !== place.children.length || items.some((item, place_) => place.children[place_] !== item))
      place.replaceChildren(...items);
  }

  /** @param {string} id */
  #fromTemplate(id) {
    const template = /** @type {HTMLTemplateElement} */ (find(id));
    return /** @type {HTMLElement} */ (template.content.firstElementChild).cloneNode(true);
  }

  /**
   * @param {HTMLElement} face
   * @param {{initials: string, tint: number, portrait: string}} card
   */
  #face(face, card) {
    face.className = face.className.replace(/tint-\d*/, `tint-${card.tint}`);
    const source = card.portrait ? `${this.words.faces}${card.portrait}.svg` : "";
    const image = face.querySelector("img");
    if (!source) face.textContent = card.initials;
    else if (image?.getAttribute("src") !== source) {
      const drawn = new Image(96, 96);
      drawn.alt = "";
      drawn.src = source;
      face.replaceChildren(drawn);
    }
  }

  /**
   * @param {HTMLElement} item
   * @param {string} selector
   */
  #part(item, selector) {
    return /** @type {HTMLElement} */ (item.querySelector(selector));
  }
}

/**
 * @param {Situation} now
 * @returns {string}
 */
function microphone(now) {
  if (!now.onStage) return "off";
  return now.muted ? "muted" : "live";
}
