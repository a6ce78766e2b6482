"""Why something was refused: stable codes for machines. The sentences for people are in rooms.wording."""

from enum import StrEnum


class Code(StrEnum):
    """Every code that the live protocol can answer with. Never renamed, never reused."""

    # the message itself
    MESSAGE_MALFORMED = "message_malformed"
    MESSAGE_TOO_LARGE = "message_too_large"
    MESSAGE_UNKNOWN = "message_unknown"
    TOO_MANY_MESSAGES = "too_many_messages"
    PROTOCOL_UNSUPPORTED = "protocol_unsupported"
    # who asks
    SIGNED_OUT = "signed_out"
    PROFILE_MISSING = "profile_missing"
    NOT_ALLOWED = "not_allowed"
    NOT_JOINED = "not_joined"
    SUPERSEDED = "superseded"
    # the room
    ROOM_NOT_FOUND = "room_not_found"
    ROOM_NOT_OPEN = "room_not_open"
    ROOM_ENDED = "room_ended"
    STAGE_FULL = "stage_full"
    NOT_ON_STAGE = "not_on_stage"
    # the sound
    SDP_INVALID = "sdp_invalid"
    SDP_TOO_LARGE = "sdp_too_large"
    SDP_UNSUPPORTED = "sdp_unsupported"
    MEDIA_FAILED = "media_failed"
    MEDIA_UNAVAILABLE = "media_unavailable"
    WORKER_FULL = "worker_full"
    # us
    SERVER_ERROR = "server_error"


class Refused(Exception):
    """A command that the rules, or the moment, do not allow. Nothing was changed."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
