// Runs before any of the page's own scripts: keeps what a test wants to look at, changes nothing.
(() => {
  window.testPeers = [];
  window.testSockets = [];
  window.testFrames = [];
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
  };
})();
