// Runs before any of the page's own scripts: keeps what a test wants to look at.
(() => {
  window.testPeers = [];
  window.testSockets = [];
  window.testFrames = [];
  window.testSent = [];
  const NativePeer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends NativePeer {
    constructor(...options) {
      super(...options);
      window.testPeers.push(this);
    }
  };
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...options) {
      super(...options);
      window.testSockets.push(this);
      this.addEventListener("message", (event) => window.testFrames.push(JSON.parse(event.data)));
    }
    send(text) {
      window.testSent.push(text);
      super.send(text);
    }
  };
})();

// Frames of these types do not reach the page's own code: so a test makes a page that ignores what it is told.
(() => {
  window.testIgnored = [];
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    addEventListener(type, listener, options) {
      const deaf = (event) => {
        const frame = type === "message" ? JSON.parse(event.data) : {};
        if (!window.testIgnored.includes(frame.type)) listener(event);
      };
      super.addEventListener(type, deaf, options);
    }
  };
})();

// The fake microphone plays pure tones, which a browser's noise suppression takes for noise: tests send them untouched.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  window.testMicrophones = [];
  window.testAsked = []; // what the page wanted
  devices.getUserMedia = async ({ audio }) => {
    window.testAsked.push(audio);
    const untouched = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await ask({ audio: { ...(audio.deviceId ? { deviceId: audio.deviceId } : {}), ...untouched } });
    window.testMicrophones.push(...stream.getAudioTracks());
    return stream;
  };
})();

// What was said to the person, while it could be seen: the next thing said takes its place at once.
(() => {
  const told = [];
  const standing = new Map(); // by place
  const places = "#toast, #alert";
  const note = () => {
    for (const place of document.querySelectorAll(places)) {
      const words = place.checkVisibility({ visibilityProperty: true }) ? place.textContent.trim() : "";
      if (words && standing.get(place) !== words) told.push({ words, taken: false });
      standing.set(place, words);
    }
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "class"] });
  window.testTold = {
    all: () => ({
      told,
      sockets: window.testSockets.length,
      frames: window.testFrames.slice(-12).map((frame) => (frame.type === "you.changed" ? frame : frame.type)),
    }),
    take(words) {
      note();
      const found = told.find((each) => !each.taken && each.words.includes(words));
      if (found) found.taken = true;
      return Boolean(found) || [...standing.values()].some((each) => each.includes(words));
    },
  };
})();
