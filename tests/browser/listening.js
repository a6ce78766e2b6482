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

// The fake microphone plays pure tones, which a browser's noise suppression takes for noise: tests send them untouched.
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = () =>
    ask({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
})();
