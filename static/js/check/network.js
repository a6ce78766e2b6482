// The test of browser and network, at one tap.

import { fill } from "../room/cards.js";
import { Line, Unanswered } from "./line.js";
import { Beeper, measure, median } from "./loopback.js";
import { canRelay, connectToWorker, pathOf } from "./peers.js";

/** @typedef {import("./steps.js").Step} Step */

export class NetworkTest {
  /** @param {import("./steps.js").Steps} steps */
  constructor(steps) {
    this.steps = steps;
  }

  /** Test browser and network, one after the other. */
  async begin() {
    const { steps } = this;
    const { words } = steps;
    const begin = steps.find("begin");
    const place = steps.find("check");
    if (begin.getAttribute("aria-disabled") === "true") return;
    begin.setAttribute("aria-disabled", "true");
    place.dataset.state = "running";
    steps.find("verdict").textContent = "";
    for (const step of /** @type {Step[]} */ (["browser", "socket", "udp", "turn", "loopback"])) steps.show(step, "waiting");
    const context = new AudioContext(); // within the tap, so that it runs
    const line = new Line(place.dataset.socketPath ?? "");
    try {
      if (this.#checkBrowser() && (await this.#checkSocket(line))) {
        const hears = await this.#checkUdp(line);
        await this.#checkTurn(line);
        if (hears) await this.#checkLoopback(line, context, hears);
        else steps.show("loopback", "skipped", words.needsUdp);
        hears?.close();
      } else {
        for (const step of /** @type {Step[]} */ (["udp", "turn", "loopback"])) steps.show(step, "skipped", words.needsSocket);
      }
    } finally {
      line.close();
      context.close().catch(() => {});
      begin.setAttribute("aria-disabled", "false");
      begin.textContent = words.again ?? "";
      place.dataset.state = "done";
      steps.find("verdict").textContent = (steps.anyBad ? words.someBad : words.allGood) ?? "";
    }
  }

  #checkBrowser() {
    const { steps } = this;
    const { words } = steps;
    const mayAsk = Boolean(navigator.mediaDevices); // all else it lacks was said before the test was offered
    if (mayAsk) steps.show("browser", "good");
    else steps.show("browser", "bad", fill(words.browserLacks, { WHAT: words.microphoneAccess ?? "" }));
    return mayAsk;
  }

  /** @param {Line} line */
  async #checkSocket(line) {
    const { steps } = this;
    const { words } = steps;
    steps.show("socket", "running");
    try {
      await line.open();
      const began = performance.now();
      await line.command("check.echo", {});
      steps.show("socket", "good", this.#milliseconds(performance.now() - began));
      return true;
    } catch (error) {
      steps.show("socket", "bad", said(error) || words.socketAdvice);
      return false;
    }
  }

  /** @param {Line} line */
  async #checkUdp(line) {
    const { steps } = this;
    const { words } = steps;
    steps.show("udp", "running");
    try {
      const peer = await connectToWorker(line, null);
      const path = await pathOf(peer);
      steps.show("udp", "good", path.milliseconds ? this.#milliseconds(path.milliseconds) : "");
      return peer;
    } catch (error) {
      steps.show("udp", "bad", said(error) || words.udpAdvice);
      return null;
    }
  }

  /** @param {Line} line */
  async #checkTurn(line) {
    const { steps } = this;
    const { words } = steps;
    steps.show("turn", "running");
    try {
      const relay = await line.command("check.relay", {});
      if (!relay.urls.length) steps.show("turn", "absent", words.turnAbsent);
      else if (await canRelay(relay)) steps.show("turn", "good");
      else steps.show("turn", "bad", words.turnAdvice);
    } catch (error) {
      steps.show("turn", "bad", said(error) || words.turnAdvice);
    }
  }

  /**
   * @param {Line} line
   * @param {AudioContext} context
   * @param {RTCPeerConnection} hears
   */
  async #checkLoopback(line, context, hears) {
    const { steps } = this;
    const { words } = steps;
    steps.show("loopback", "running");
    let speaks = null;
    try {
      const beeper = new Beeper(context);
      speaks = await connectToWorker(line, beeper.track);
      const [receiver] = hears.getReceivers();
      const delays = receiver ? await measure(context, beeper, new MediaStream([receiver.track])) : [];
      if (delays.length) steps.show("loopback", "good", this.#milliseconds(median(delays)));
      else steps.show("loopback", "bad", words.loopbackAdvice);
    } catch (error) {
      steps.show("loopback", "bad", said(error) || words.loopbackAdvice);
    } finally {
      speaks?.close();
    }
  }

  /** @param {number} value */
  #milliseconds(value) {
    return fill(this.steps.words.milliseconds, { NUMBER: Math.max(1, Math.round(value)) });
  }
}

/** @param {unknown} error */
const said = (error) => (error instanceof Unanswered ? error.message : "");
