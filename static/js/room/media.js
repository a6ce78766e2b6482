// The sound: one peer connection, one audio element that lives as long as the page, one microphone from when a hand goes up.
// Going on stage and back renegotiates the same peer, so that what one hears never breaks.

import { useSpeaker } from "../sound/devices.js";
import { Microphone } from "../sound/microphone.js";

const LOST_AFTER_MILLISECONDS = 2000;
const RETRY_MILLISECONDS = 1500;

/**
 * Dispatches:
 * - "state" (detail: "none" | "connecting" | "connected" | "lost");
 * - "peer": `peer` is another, or none;
 * - "blocked": the browser wants a tap before it plays, or the system's controls paused it;
 * - "playing": it plays;
 * - "failed" (detail: Error): an offer was refused.
 */
export class Media extends EventTarget {
  /** @type {RTCPeerConnection | null} */
  #peer = null;
  /** @type {Promise<void>} what is being negotiated: one offer at a time */
  #negotiation = Promise.resolve();
  #onStage = false;
  #wishes = 0; // to be muted or not: the last one counts
  #lostTimer = 0;
  #retryTimer = 0;
  #wanted = false;
  #shared = false; // whether our peer's other end only passes on what is mixed elsewhere
  /** @type {RTCPeerConnection | null} what we hear until its successor is connected */
  #former = null;
  /** @type {MediaStreamTrack | null} the successor's */
  #arriving = null;
  #epoch = 0; // of the place that answered last
  #movingTo = 0; // of the latest that we were told of
  #moveTimer = 0;

  /**
   * @param {HTMLAudioElement} element
   * @param {(sdp: string) => Promise<{sdp: string, epoch: number, shared: boolean}>} exchange sends an offer, resolves to the answer
   * @param {RTCIceServer[]} [relays] TURN servers, for networks that let no UDP through
   * @param {AbortSignal} [gone] the page is not in the document any more
   */
  constructor(element, exchange, relays = [], gone) {
    super();
    this.element = element;
    this.exchange = exchange;
    this.relays = relays;
    this.microphone = new Microphone(gone);
    this.microphone.addEventListener("track", () => this.#send());
    element.addEventListener("playing", () => this.dispatchEvent(new Event("playing")));
  }

  /**
   * Be connected, on stage (may send) or in the audience (sends nothing).
   * @param {boolean} onStage
   * @param {boolean} resumed whether the server kept our connection: then a peer that is alive goes on
   */
  async connect(onStage, resumed) {
    this.#wanted = true;
    if (resumed && this.#peer && this.#isAlive()) {
      await this.setOnStage(onStage);
    } else {
      this.#onStage = onStage;
      await this.restart();
    }
  }

  /**
   * Go on stage or back: the same peer, another direction; in a large room perhaps a new one.
   * @param {boolean} onStage
   */
  async setOnStage(onStage) {
    if (this.#onStage === onStage) return;
    this.#onStage = onStage;
    if (this.#peer) await this.#negotiate(this.#peer);
  }

  /** Make a new peer connection, whatever became of the old. The element, and with it the permission to play, stays. */
  async restart() {
    if (!this.#wanted) return;
    this.#stopTimers();
    this.#drop();
    const peer = this.#begin();
    this.#tell("connecting");
    await this.#negotiate(peer);
  }

  /** @returns {RTCPeerConnection} a new one, which is ours from now on */
  #begin() {
    const peer = new RTCPeerConnection({ iceServers: this.relays, bundlePolicy: "max-bundle" });
    this.#peer = peer;
    this.#shared = false;
    this.dispatchEvent(new Event("peer"));
    peer.addEventListener("track", (event) => this.#arrive(peer, event.track));
    peer.addEventListener("connectionstatechange", () => this.#changed(peer));
    peer.addTransceiver("audio", { direction: "recvonly" });
    return peer;
  }

  /**
   * The sound is elsewhere now, or was lost on the server's side: connect again, once, at some moment of the time that all who are
   * told share.
   * @param {number} epoch of its place; 0: it is about us alone
   * @param {number} within milliseconds
   */
  moved(epoch, within) {
    if (epoch && epoch <= Math.max(this.#epoch, this.#movingTo)) return;
    this.#movingTo = Math.max(epoch, this.#movingTo);
    clearTimeout(this.#moveTimer);
    if (within) this.#moveTimer = window.setTimeout(() => this.restart(), Math.random() * within);
    else this.restart();
  }

  /**
   * Mute or unmute. The first unmute asks for the microphone if nothing did; muting takes effect here at once, whatever the
   * network does, and also while the browser still asks.
   * @param {boolean} muted
   */
  async setMuted(muted) {
    this.#wishes += 1;
    const wish = this.#wishes;
    if (!muted) {
      await this.openMicrophone();
      if (wish !== this.#wishes) throw new DOMException("", "AbortError");
    }
    this.microphone.muted = muted;
  }

  /** Ask for the microphone, if there is none yet. It stays silent until one unmutes. */
  async openMicrophone() {
    await this.microphone.open();
  }

  /** Let go of the microphone: no hand is up, no seat is taken. */
  async releaseMicrophone() {
    this.#wishes += 1;
    this.microphone.release();
  }

  /** Whether nothing of this person's voice leaves the page. */
  get muted() {
    return this.microphone.muted || !this.microphone.live;
  }

  /** The connection that carries the sound now. */
  get peer() {
    return this.#peer;
  }

  /** Play, from within a tap. */
  async play() {
    try {
      await useSpeaker(this.element);
      await this.element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.dispatchEvent(new Event("blocked"));
    }
  }

  /** Stop playing until `play`, as the system's controls ask. One stays in the room. */
  pause() {
    this.element.pause();
    this.dispatchEvent(new Event("blocked"));
  }

  /** End sound and microphone. */
  close() {
    this.#wanted = false;
    this.#stopTimers();
    this.#drop();
    this.#wishes += 1;
    this.microphone.close();
    this.element.srcObject = null;
    this.#tell("none");
  }

  /**
   * Agree with the server on what this peer sends and receives now, after what is being agreed already.
   * @param {RTCPeerConnection} peer
   */
  #negotiate(peer) {
    this.#negotiation = this.#negotiation.then(() => this.#agree(peer));
    return this.#negotiation;
  }

  /** @param {RTCPeerConnection} peer */
  async #agree(peer) {
    if (peer !== this.#peer) return;
    if (this.#shared && this.#onStage) {
      // Whoever speaks must be where the room is mixed. Until that is heard, this is.
      this.#former = peer;
      await this.#agree(this.#begin());
      return;
    }
    try {
      const transceiver = /** @type {RTCRtpTransceiver} */ (peer.getTransceivers()[0]);
      transceiver.direction = this.#onStage ? "sendrecv" : "recvonly";
      await transceiver.sender.replaceTrack(this.#onStage ? this.microphone.track : null);
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      // Candidates are not waited for: the server never contacts them.
      const { sdp, epoch, shared } = await this.exchange(offer.sdp ?? "");
      if (peer !== this.#peer) return;
      this.#shared = shared;
      this.#epoch = Math.max(epoch, this.#epoch);
      await peer.setRemoteDescription({ type: "answer", sdp });
    } catch (error) {
      if (peer !== this.#peer) return;
      this.#tell("lost");
      this.dispatchEvent(new CustomEvent("failed", { detail: error }));
      this.#retryTimer = window.setTimeout(() => this.restart(), RETRY_MILLISECONDS * (0.75 + Math.random() / 2));
    }
  }

  /** Send the microphone as it is now: another, or none. */
  async #send() {
    const sender = this.#peer?.getTransceivers()[0]?.sender;
    await sender?.replaceTrack(this.#onStage ? this.microphone.track : null).catch(() => {}); // the peer may be closed meanwhile
  }

  #isAlive() {
    return ["new", "connecting", "connected"].includes(this.#peer?.connectionState ?? "closed");
  }

  /**
   * @param {RTCPeerConnection} peer
   * @param {MediaStreamTrack} track
   */
  #arrive(peer, track) {
    if (peer !== this.#peer) return;
    if (this.#former) this.#arriving = track;
    else this.#play(track);
  }

  /** The new peer is connected: it is heard from now on, and the one before ends. */
  #succeed() {
    if (!this.#former) return;
    if (this.#arriving) this.#play(this.#arriving);
    this.#former.close();
    this.#former = this.#arriving = null;
  }

  /** @param {MediaStreamTrack} track */
  #play(track) {
    this.element.srcObject = new MediaStream([track]);
    this.play();
  }

  /** @param {RTCPeerConnection} peer */
  #changed(peer) {
    if (peer !== this.#peer) return;
    clearTimeout(this.#lostTimer);
    if (peer.connectionState === "connected") {
      this.#succeed();
      this.#tell("connected");
    } else if (peer.connectionState === "failed" || peer.connectionState === "closed") {
      this.#tell("lost");
      this.restart();
    } else if (peer.connectionState === "disconnected") {
      this.#tell("lost");
      this.#lostTimer = window.setTimeout(() => this.restart(), LOST_AFTER_MILLISECONDS);
    }
  }

  #stopTimers() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#moveTimer);
  }

  #drop() {
    clearTimeout(this.#lostTimer);
    this.#peer?.close();
    this.#former?.close();
    this.#peer = this.#former = this.#arriving = null;
    this.dispatchEvent(new Event("peer"));
  }

  /** @param {string} state */
  #tell(state) {
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }
}
