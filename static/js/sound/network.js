// Whether the network carries the sound well: from what the browser counts of one peer connection.

const LOOK_EVERY_MILLISECONDS = 2000;
const MOST_LOSS = 0.05;
const MOST_JITTER_SECONDS = 0.08;
const MOST_ROUND_TRIP_SECONDS = 0.6;
const FEWEST_PACKETS = 20; // of a look, to speak of loss: in silence nothing is sent
const LOOKS_UNTIL_WEAK = 2;
const LOOKS_UNTIL_GOOD = 3;

/** @typedef {{received: number, lost: number, jitter: number, roundTrip: number, lostOfOurs: number}} Counts */

/**
 * What the browser has counted so far. Times are in seconds, `lostOfOurs` a share.
 * @param {Iterable<Record<string, unknown>>} reports
 * @returns {Counts}
 */
export function count(reports) {
  const counts = { received: 0, lost: 0, jitter: 0, roundTrip: 0, lostOfOurs: 0 };
  const number = (/** @type {unknown} */ value) => (typeof value === "number" ? value : 0);
  for (const report of reports) {
    if (report.type === "inbound-rtp") {
      counts.received += number(report.packetsReceived);
      counts.lost += number(report.packetsLost);
      counts.jitter = Math.max(counts.jitter, number(report.jitter));
    } else if (report.type === "remote-inbound-rtp") {
      counts.lostOfOurs = Math.max(counts.lostOfOurs, number(report.fractionLost));
    } else if (report.type === "candidate-pair" && report.nominated) {
      counts.roundTrip = Math.max(counts.roundTrip, number(report.currentRoundTripTime));
    }
  }
  return counts;
}

/**
 * Whether the network was weak between two looks.
 * @param {Counts} before
 * @param {Counts} now
 */
export function wasWeak(before, now) {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const enough = received + lost >= FEWEST_PACKETS;
  return (
    (enough && lost / (received + lost) > MOST_LOSS) ||
    (enough && now.jitter > MOST_JITTER_SECONDS) ||
    now.lostOfOurs > MOST_LOSS ||
    now.roundTrip > MOST_ROUND_TRIP_SECONDS
  );
}

/** Whether the network is weak: not after one bad moment, and not good again after one good one. */
export class Weakness {
  weak = false;
  #others = 0; // looks in a row that say otherwise

  /** @param {boolean} wasWeak */
  note(wasWeak) {
    this.#others = wasWeak === this.weak ? 0 : this.#others + 1;
    if (this.#others >= (wasWeak ? LOOKS_UNTIL_WEAK : LOOKS_UNTIL_GOOD)) {
      this.weak = wasWeak;
      this.#others = 0;
    }
    return this.weak;
  }
}

/** Looks at a connection every other second. Dispatches "changed" when `weak` does. */
export class NetworkWatch extends EventTarget {
  weak = false;
  #timer = 0;

  /** @param {RTCPeerConnection | null} peer look at this from now on, or at none */
  watch(peer) {
    clearInterval(this.#timer);
    this.#be(false);
    if (!peer) return;
    const weakness = new Weakness();
    /** @type {Counts | null} */
    let before = null;
    this.#timer = window.setInterval(async () => {
      const now = count((await peer.getStats()).values());
      if (before) this.#be(weakness.note(wasWeak(before, now)));
      before = now;
    }, LOOK_EVERY_MILLISECONDS);
  }

  /** @param {boolean} weak */
  #be(weak) {
    if (this.weak === weak) return;
    this.weak = weak;
    this.dispatchEvent(new Event("changed"));
  }
}
