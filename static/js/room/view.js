// The room on the page: stage, staff, audience, notices, and the bar with the one big button.

import { bigButton } from "./button.js";
import { fill, find, part, showCards, words } from "./cards.js";
import { showClaims } from "./claims.js";
import { inOrder } from "./stage.js";
import { write } from "./writing.js";

/** @typedef {import("./protocol.js").RoomSnapshot} RoomSnapshot */
/** @typedef {import("./button.js").Situation} Situation */

const TOAST_MILLISECONDS = 12000;

/** @typedef {{word: string | undefined, work: () => unknown}} Undo */

export class View {
  #toastTimer = 0;
  #toast = find("toast");

  constructor() {
    this.room = find("room");
    this.button = /** @type {HTMLButtonElement} */ (find("main-button"));
    this.#toast.addEventListener("click", () => this.keepingFocus(() => this.#toast.replaceChildren())); // it may lie over something
  }

  /**
   * Show the stage, the staff and the audience.
   * @param {RoomSnapshot} snapshot
   */
  show(snapshot) {
    showCards("stage", "stage-person", inOrder(snapshot.stage), (item, person) => {
      item.dataset.muted = String(person.muted);
      write(part(item, "[data-headline]"), person.headline);
      showClaims(part(item, "[data-claims]"), person.claims);
      const role = part(item, "[data-role]");
      role.hidden = person.role === "member";
      write(role, roleName(person.role));
      part(item, "[data-demo]").hidden = !person.demo;
    });
    find("stage-empty").hidden = snapshot.stage.length > 0;
    write(find("stage-seats"), fill(words.seats, { TAKEN: snapshot.stage.length, SEATS: snapshot.stage_size }));
    showCards("staff", "listener", snapshot.staff, dressListener);
    find("staff-here").hidden = snapshot.staff.length === 0;
    write(find("audience-count"), String(snapshot.count));
    find("locked-chip").hidden = !snapshot.locked;
    find("people").hidden = false;
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (this.room.querySelectorAll("[data-mode-chip]")))
      chip.hidden = chip.dataset.modeChip !== snapshot.confidentiality || snapshot.confidentiality === "on_record";
    find("audience-hidden").hidden = snapshot.confidentiality !== "chatham";
    find("frozen-notice").hidden = !snapshot.frozen;
    find("notice").hidden = !snapshot.notice;
    write(find("notice-text"), snapshot.notice);
    write(find("notice-by"), snapshot.notice_by || "MiTalk");
  }

  /**
   * Ring the people who speak now, and no others.
   * @param {string[]} people
   */
  ring(people) {
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (find("stage").querySelectorAll("[data-person]")))
      item.dataset.speaking = String(people.includes(item.dataset.person ?? ""));
  }

  /**
   * Show the situation: the page's state, the one big button, and what stands beside it.
   * @param {Situation} now
   * @param {{speaking: boolean, mayEnd: boolean}} more
   */
  situate(now, { speaking, mayEnd }) {
    const inside = now.state === "inside" || now.state === "reconnecting";
    this.room.dataset.state = now.state;
    this.room.dataset.microphone = inside && now.onStage ? (now.muted ? "muted" : "live") : "off";
    this.room.dataset.position = now.onStage ? "stage" : "audience";
    this.#ask(now);
    const button = bigButton(now);
    write(this.button, fill(words[button.word], { SECONDS: now.wait, PLACE: ordinal(now.place) }));
    this.button.dataset.look = button.look;
    this.button.dataset.does = button.does;
    this.button.dataset.speaking = String(speaking);
    this.button.setAttribute("aria-disabled", String(!button.does));
    this.button.hidden = now.state === "ended";
    if (now.state === "ended") find("ended").hidden = false;
    write(find("button-hint"), button.hint ? words[button.hint] : "");
    const here = now.state === "inside";
    // In a room that comes back in a moment nobody loses their place: a button that is disabled has no focus.
    for (const card of /** @type {NodeListOf<HTMLButtonElement>} */ (this.room.querySelectorAll("[data-open], #report-room")))
      card.disabled = !inside;
    find("decline").hidden = !(here && now.invited && !now.onStage);
    find("leave-stage").hidden = !(here && now.onStage);
    find("end").hidden = !(here && mayEnd);
    const ping = this.room.querySelector("#ping"); // members have it
    if (ping instanceof HTMLElement) ping.hidden = !here || now.role === "staff";
    find("staff-entry").hidden = now.state !== "outside";
  }

  /**
   * Show what one agrees to by entering, and nobody who is there, until one has.
   * @param {Situation} now
   */
  #ask(now) {
    const asks = Boolean(now.asks) && !["inside", "reconnecting", "ended"].includes(now.state);
    find("terms").hidden = !asks;
    if (asks) find("people").hidden = true;
    for (const mode of /** @type {NodeListOf<HTMLElement>} */ (find("terms").querySelectorAll("[data-mode]")))
      mode.hidden = mode.dataset.mode !== now.asks;
  }

  /**
   * Do what shows and hides, and let nobody's focus be lost by it: it goes on at the one big button, or at the way back.
   * @param {() => void} work
   */
  keepingFocus(work) {
    const hadFocus = this.room.contains(document.activeElement);
    work();
    const focused = document.activeElement;
    const isLost = this.room.contains(focused) ? focused?.closest("[hidden]") : hadFocus && focused === document.body;
    if (isLost) (this.button.hidden ? find("ended").querySelector("a") : this.button)?.focus();
  }

  /**
   * The name of a confidentiality.
   * @param {string} mode
   */
  modeName(mode) {
    return this.room.querySelector(`[data-mode-chip="${mode}"]`)?.textContent ?? "";
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
   * Say for a while what somebody did that concerns the person at this page.
   * @param {string} text
   * @param {Undo} [undo] how what they did themselves is undone
   */
  toast(text, undo) {
    const toast = this.#toast;
    const words = document.createElement("span");
    words.textContent = text;
    toast.replaceChildren(words, ...(undo ? [this.#undoing(undo)] : []));
    this.#vanishLater();
  }

  /** Not while somebody is about to press its button. */
  #vanishLater() {
    clearTimeout(this.#toastTimer);
    this.#toastTimer = window.setTimeout(() => {
      if (this.#toast.matches(":hover, :focus-within")) this.#vanishLater();
      else this.#toast.replaceChildren();
    }, TOAST_MILLISECONDS);
  }

  /** @param {Undo} undo */
  #undoing({ word, work }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = word ?? "";
    button.addEventListener("click", work);
    return button;
  }

  /**
   * Say something to a screen reader, after what it is saying now.
   * @param {string | undefined} text
   */
  announce(text) {
    find("announcements").textContent = text ?? "";
  }

  /** @param {boolean} full whether something was refused because no place is left */
  full(full) {
    find("full").hidden = !full;
  }

  /** @param {boolean} limited whether something was refused or taken for a reason that one's standing tells */
  limited(limited) {
    const why = this.room.querySelector("#why-limited"); // members have it
    if (why instanceof HTMLElement) why.hidden = !limited;
  }

  /** @param {string} by who ended the room; empty if nobody did */
  ended(by) {
    if (by) find("ended-words").textContent = fill(words.endedBy, { NAME: by });
  }
}

/** @param {string} role */
export function roleName(role) {
  return { host: words.roleHost, moderator: words.roleModerator, staff: words.roleStaff }[role] ?? "";
}

/**
 * @param {HTMLElement} item
 * @param {{role: string, claims: import("./protocol.js").ClaimCard[]}} card
 */
export function dressListener(item, card) {
  write(part(item, "[data-role]"), roleName(card.role));
  showClaims(part(item, "[data-claims]"), card.claims.slice(0, 1)); // a face is narrow; the card has all
}

/**
 * A place in a queue, as the page's language counts: 1st, 第 1 位, 1번째.
 * @param {number} place
 */
export function ordinal(place) {
  const rule = new Intl.PluralRules(document.documentElement.lang, { type: "ordinal" }).select(place);
  return fill(words[`ordinal${rule.charAt(0).toUpperCase()}${rule.slice(1)}`] ?? words.ordinalOther, { NUMBER: place });
}
