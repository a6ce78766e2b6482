// The system's own controls: the lock screen, a headset's button, the tab's menu.

/** @typedef {{play: () => void, pause: () => void, toggleMicrophone: () => void}} Actions */

/**
 * Tell the system what sounds, and what its buttons do.
 * @param {string} title
 * @param {string} icon an address
 * @param {Actions} actions
 */
export function offerControls(title, icon, actions) {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = new MediaMetadata({ title, artist: "MiTalk", artwork: icon ? [{ src: icon, type: "image/svg+xml" }] : [] });
  handle("play", actions.play);
  handle("pause", actions.pause);
  handle("togglemicrophone", actions.toggleMicrophone);
}

/**
 * What the system's controls show.
 * @param {boolean} playing
 * @param {boolean} live whether the microphone is open
 */
export function showInControls(playing, live) {
  const session = navigator.mediaSession;
  if (!session) return;
  session.playbackState = playing ? "playing" : "paused";
  const withMicrophone = /** @type {{setMicrophoneActive?: (active: boolean) => Promise<void> | void}} */ (session);
  Promise.resolve(withMicrophone.setMicrophoneActive?.(live)).catch(() => {});
}

/** Nothing sounds any more. */
export function withdrawControls() {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = null;
  session.playbackState = "none";
  for (const action of ["play", "pause", "togglemicrophone"]) handle(action, null);
}

/**
 * @param {string} action
 * @param {(() => void) | null} work
 */
function handle(action, work) {
  try {
    navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), work);
  } catch {
    // A browser that does not know this button has none.
  }
}
