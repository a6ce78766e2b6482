// Hearing oneself: a few seconds of a microphone, played back. Nothing of it leaves the page or is kept.

/**
 * Record a track for a while.
 * @param {MediaStreamTrack} track
 * @param {number} milliseconds
 * @returns {Promise<ArrayBuffer>} what a browser decodes again
 */
export async function record(track, milliseconds) {
  const recorder = new MediaRecorder(new MediaStream([track]));
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start();
  const timer = window.setTimeout(() => recorder.state !== "inactive" && recorder.stop(), milliseconds);
  await stopped; // also when the microphone ends
  clearTimeout(timer);
  return new Blob(parts, { type: recorder.mimeType }).arrayBuffer();
}

/**
 * Play what was recorded.
 * @param {ArrayBuffer} recording
 * @param {AudioContext} context made within a tap
 * @returns {Promise<Float32Array>} what was played, once it has been
 */
export async function playBack(recording, context) {
  const sound = await context.decodeAudioData(recording);
  const source = new AudioBufferSourceNode(context, { buffer: sound });
  source.connect(context.destination);
  const ended = new Promise((resolve) => source.addEventListener("ended", resolve, { once: true }));
  source.start();
  await ended;
  return sound.getChannelData(0);
}
