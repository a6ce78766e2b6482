// The live protocol. Written by `manage.py protocol` from rooms/domain/messages.py; do not edit.

/**
 * A listener, as the audience shows them.
 * @typedef {object} Face
 * @property {string} id
 * @property {string} name
 * @property {string} initials
 * @property {number} tint
 * @property {string} portrait
 */

/**
 * A person as the others in the room see them. `number` orders the stage.
 * @typedef {object} PersonCard
 * @property {string} id
 * @property {string} name
 * @property {string} headline
 * @property {string} initials
 * @property {number} tint
 * @property {string} portrait
 * @property {string} role
 * @property {string} position
 * @property {boolean} muted
 * @property {number} number
 * @property {boolean} demo
 */

/**
 * The whole room for one audience, as of `seq`.
 * @typedef {object} RoomSnapshot
 * @property {number} seq
 * @property {string} phase
 * @property {number} stage_size
 * @property {PersonCard[]} stage
 * @property {number} count
 * @property {Face[]} faces
 */

/**
 * Enter the room, or come back to it. Must be the first command. `muted` is what the person last wanted: someone who comes back muted stays muted, and nobody is ever unmuted by coming back unless they were unmuted here before. `resume` is the connection that this page had before its socket was lost, empty for a page that is new: with it, the sound goes on as it is. Answer: `{"you": person id, "connection": …, "snapshot": RoomSnapshot}`; another connection than the one asked for needs a new peer connection.
 * @typedef {object} Join
 * @property {number} protocol
 * @property {boolean} muted
 * @property {string} resume
 */

/**
 * Leave the room and give up one's place. The room goes on.
 * @typedef {object} Leave
 */

/**
 * End the room for everybody. Hosts only.
 * @typedef {object} End
 */

/**
 * Ask for the whole stage again, after a gap in `seq`. Answer: `{"snapshot": RoomSnapshot}`.
 * @typedef {object} Sync
 */

/**
 * Mute oneself. Only on stage.
 * @typedef {object} Mute
 */

/**
 * Unmute oneself. Only on stage.
 * @typedef {object} Unmute
 */

/**
 * Negotiate the sound: an SDP offer with one audio section, `recvonly` in the audience and `sendrecv` on stage. Candidates in it are ignored. Answer: `{"sdp": answer}`.
 * @typedef {object} MediaOffer
 * @property {string} sdp
 */

/**
 * Say that one is still there, every `HEARTBEAT_SECONDS`.
 * @typedef {object} Ping
 */

/**
 * The first frame: what the server speaks.
 * @typedef {object} Hello
 * @property {number} protocol
 * @property {number} heartbeat_seconds
 */

/**
 * Somebody is on stage, or changed there.
 * @typedef {object} StageSeated
 * @property {PersonCard} person
 */

/**
 * Somebody is on stage no more.
 * @typedef {object} StageUnseated
 * @property {string} person
 */

/**
 * Somebody on stage muted or unmuted.
 * @typedef {object} StageMuted
 * @property {string} person
 * @property {boolean} muted
 */

/**
 * The room is over. `by` is the name of the person who ended it, empty if it ended by itself.
 * @typedef {object} RoomEnded
 * @property {string} by
 */

/**
 * How far the stage's history has come. Said when an event may have been lost: a page that is behind asks for the snapshot.
 * @typedef {object} StageVersion
 * @property {number} seq
 */

/**
 * How many listen, and a few of their faces. At most once a second.
 * @typedef {object} AudienceChanged
 * @property {number} count
 * @property {Face[]} faces
 */

/**
 * The people whose voice is heard now, all of them. On change, at most five times a second.
 * @typedef {object} StageSpeaking
 * @property {string[]} people
 */

/**
 * The sound was lost on our side: make a new peer connection and offer again.
 * @typedef {object} MediaRestart
 */

export const PROTOCOL = 1;
export const HEARTBEAT_SECONDS = 5;
export const MAX_FRAME_BYTES = 16384;

/** Command type → its fields. */
export const COMMANDS = Object.freeze({
  "room.join": [
    "protocol",
    "muted",
    "resume"
  ],
  "room.leave": [],
  "room.end": [],
  "room.sync": [],
  "mic.mute": [],
  "mic.unmute": [],
  "media.offer": [
    "sdp"
  ],
  "ping": []
});

/** Event type → its fields. */
export const EVENTS = Object.freeze({
  "hello": [
    "protocol",
    "heartbeat_seconds"
  ],
  "stage.seated": [
    "person"
  ],
  "stage.unseated": [
    "person"
  ],
  "stage.muted": [
    "person",
    "muted"
  ],
  "room.ended": [
    "by"
  ],
  "stage.version": [
    "seq"
  ],
  "audience.changed": [
    "count",
    "faces"
  ],
  "stage.speaking": [
    "people"
  ],
  "media.restart": []
});

/** Events that belong to the ordered history of the stage and carry `seq`. */
export const ORDERED = Object.freeze(["stage.seated", "stage.unseated", "stage.muted", "room.ended"]);

/** Stable error codes. */
export const CODES = Object.freeze({
  "MESSAGE_MALFORMED": "message_malformed",
  "MESSAGE_TOO_LARGE": "message_too_large",
  "MESSAGE_UNKNOWN": "message_unknown",
  "TOO_MANY_MESSAGES": "too_many_messages",
  "PROTOCOL_UNSUPPORTED": "protocol_unsupported",
  "SIGNED_OUT": "signed_out",
  "PROFILE_MISSING": "profile_missing",
  "NOT_ALLOWED": "not_allowed",
  "NOT_JOINED": "not_joined",
  "SUPERSEDED": "superseded",
  "ROOM_NOT_FOUND": "room_not_found",
  "ROOM_NOT_OPEN": "room_not_open",
  "ROOM_ENDED": "room_ended",
  "STAGE_FULL": "stage_full",
  "NOT_ON_STAGE": "not_on_stage",
  "SDP_INVALID": "sdp_invalid",
  "SDP_TOO_LARGE": "sdp_too_large",
  "SDP_UNSUPPORTED": "sdp_unsupported",
  "MEDIA_FAILED": "media_failed",
  "MEDIA_UNAVAILABLE": "media_unavailable",
  "WORKER_FULL": "worker_full",
  "SERVER_ERROR": "server_error"
});
