// Peer connections of the self-test: with the real worker, one way or the other, and with a relay.

/** @typedef {import("./line.js").Line} Line */

const CONNECTED_WITHIN_MILLISECONDS = 10_000;
const RELAYED_WITHIN_MILLISECONDS = 8000;

/**
 * Connect to an audio worker.
 * @param {Line} line
 * @param {MediaStreamTrack | null} voice what is sent; without it, one only hears
 * @returns {Promise<RTCPeerConnection>} rejects with an Error when it does not come to be
 */
export async function connectToWorker(line, voice) {
  const peer = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  try {
    if (voice) peer.addTransceiver(voice, { direction: "sendrecv" });
    else peer.addTransceiver("audio", { direction: "recvonly" });
    const offer = await peer.createOffer();
    await peer.setLocalDescription(offer);
    const answer = await line.command("check.offer", { speaks: Boolean(voice), sdp: offer.sdp ?? "" });
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await connected(peer);
    return peer;
  } catch (error) {
    peer.close();
    throw error;
  }
}

/** @param {RTCPeerConnection} peer */
function connected(peer) {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error("timeout")), CONNECTED_WITHIN_MILLISECONDS);
    const look = () => {
      if (peer.connectionState === "connected") resolve(clearTimeout(timer));
      else if (peer.connectionState === "failed") reject(new Error("failed"));
    };
    peer.addEventListener("connectionstatechange", look);
    look();
  });
}

/**
 * How long a packet goes there and back, in milliseconds, and from what kind of address; 0 if the browser does not say.
 * @param {RTCPeerConnection} peer
 */
export async function pathOf(peer) {
  const reports = [...(await peer.getStats()).values()];
  const pair = reports.find((report) => report.type === "candidate-pair" && report.nominated && report.state === "succeeded");
  const local = reports.find((report) => report.id === pair?.localCandidateId);
  return {
    milliseconds: Math.round((pair?.currentRoundTripTime ?? 0) * 1000),
    kind: String(local?.candidateType ?? ""),
  };
}

/**
 * Whether a TURN server gives an address.
 * @param {{urls: string[], username: string, credential: string}} relay
 * @returns {Promise<boolean>}
 */
export async function canRelay({ urls, username, credential }) {
  const peer = new RTCPeerConnection({ iceServers: [{ urls, username, credential }], iceTransportPolicy: "relay" });
  try {
    const found = new Promise((resolve) => {
      window.setTimeout(() => resolve(false), RELAYED_WITHIN_MILLISECONDS);
      peer.addEventListener("icecandidate", ({ candidate }) => {
        if (!candidate) resolve(false); // all were tried
        else if (candidate.type === "relay") resolve(true);
      });
    });
    peer.createDataChannel("check");
    await peer.setLocalDescription();
    return Boolean(await found);
  } finally {
    peer.close();
  }
}
