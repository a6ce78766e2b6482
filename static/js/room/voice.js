// One's own voice: the microphone opened for what needs it, muted and unmuted with the room knowing; the hand, and the stage.

import { words } from "./cards.js";
import { askWhy } from "./dialogs.js";

/**
 * @typedef {object} Parts
 * @property {import("./room.js").Room} room
 * @property {import("./media.js").Media} media
 * @property {import("./view.js").View} view
 */

export class Voice {
  /** @param {Parts} parts */
  constructor({ room, media, view }) {
    this.room = room;
    this.media = media;
    this.view = view;
  }

  /** Mute or unmute. @param {boolean} muted */
  async change(muted) {
    try {
      await this.media.setMuted(muted);
      await this.room.act(muted ? "mic.mute" : "mic.unmute");
      this.view.announce(muted ? words.youMuted : words.youUnmuted);
    } catch (error) {
      // Who changed their mind meanwhile is muted, or not, by what they did then.
      if (!(error instanceof DOMException && error.name === "AbortError")) await this.media.setMuted(true);
      throw error;
    }
  }

  async raiseHand() {
    const line = await askWhy();
    if (line === null) return;
    await this.#withMicrophone(() => this.room.act("hand.raise", { line }));
    this.view.announce(words.handRaised);
  }

  joinStage() {
    return this.#withMicrophone(() => this.room.act("stage.join"));
  }

  /**
   * Ask for the microphone, then do what it is needed for; let go of it if that is refused.
   * @param {() => Promise<unknown>} work
   */
  async #withMicrophone(work) {
    await this.media.openMicrophone();
    try {
      await work();
    } catch (error) {
      if (!this.room.onStage && !this.room.you?.place) await this.media.releaseMicrophone();
      throw error;
    }
  }
}
