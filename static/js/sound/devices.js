// Which microphones and loudspeakers there are, and which loudspeaker was chosen.

import { recall, remember } from "./remembered.js";

/** @typedef {{id: string, name: string}} Device */

/**
 * What can be chosen. Browsers name devices only once the microphone was allowed; those without a name are left out, and so is
 * "default", which is what not choosing means.
 * @param {MediaDeviceInfo[]} devices
 * @param {"audioinput" | "audiooutput"} kind
 * @returns {Device[]}
 */
export function choosable(devices, kind) {
  return devices
    .filter((device) => device.kind === kind && device.label && !["", "default", "communications"].includes(device.deviceId))
    .map((device) => ({ id: device.deviceId, name: device.label }));
}

/**
 * The microphones, or the loudspeakers, of this machine.
 * @param {"audioinput" | "audiooutput"} kind
 */
export async function listDevices(kind) {
  return choosable(await navigator.mediaDevices.enumerateDevices(), kind);
}

/** Whether this browser lets a page choose where it sounds. */
export const canChooseSpeaker = () => "setSinkId" in HTMLMediaElement.prototype;

/**
 * Sound where it was chosen; where the system says, if that is gone.
 * @param {HTMLAudioElement} element
 */
export async function useSpeaker(element) {
  const wanted = recall("speaker");
  if (!canChooseSpeaker() || element.sinkId === wanted) return;
  try {
    await element.setSinkId(wanted);
  } catch {
    await element.setSinkId("").catch(() => {});
  }
}

/**
 * Sound somewhere else from now on; remembered by this browser.
 * @param {HTMLAudioElement} element
 * @param {string} device its id; empty for the system's own
 */
export async function chooseSpeaker(element, device) {
  remember("speaker", device);
  await useSpeaker(element);
}
