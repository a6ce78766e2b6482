"""Why something was refused: stable codes for machines. The sentences for people are in rooms.wording."""

from enum import StrEnum


class Code(StrEnum):
    """Every code that the live protocol can answer with. Never renamed, never reused."""

    # the message itself
    MESSAGE_MALFORMED = "message_malformed"
    MESSAGE_TOO_LARGE = "message_too_large"
    MESSAGE_UNKNOWN = "message_unknown"
    TOO_MANY_MESSAGES = "too_many_messages"
    TEXT_UNREADABLE = "text_unreadable"
    TEXT_REFUSED = "text_refused"
    PROTOCOL_UNSUPPORTED = "protocol_unsupported"
    READER_TOO_SLOW = "reader_too_slow"
    # who asks
    SIGNED_OUT = "signed_out"
    PROFILE_MISSING = "profile_missing"
    NOT_ALLOWED = "not_allowed"
    SECOND_FACTOR_MISSING = "second_factor_missing"
    NOT_JOINED = "not_joined"
    SUPERSEDED = "superseded"
    IN_ANOTHER_ROOM = "in_another_room"
    MOVED_TO_ANOTHER_ROOM = "moved_to_another_room"
    REMOVED = "removed"
    BANNED = "banned"
    NOT_ADMITTED = "not_admitted"
    ROOM_PRIVATE = "room_private"
    AGREEMENT_NEEDED = "agreement_needed"
    SANCTIONED_MUTE = "sanctioned_mute"
    SANCTIONED_STAGE = "sanctioned_stage"
    SANCTIONED_HOSTING = "sanctioned_hosting"
    TRUST_SPEAK = "trust_speak"
    TRUST_HOST = "trust_host"
    PERSON_LIMITED = "person_limited"
    TERMS_NOT_ACCEPTED = "terms_not_accepted"
    # the room
    ROOM_NOT_FOUND = "room_not_found"
    ROOM_NOT_OPEN = "room_not_open"
    ROOM_ENDED = "room_ended"
    ROOM_FROZEN = "room_frozen"
    ROOM_FULL = "room_full"
    GUEST_LIST_FULL = "guest_list_full"
    CONFIDENTIALITY_FIXED = "confidentiality_fixed"
    STAGE_FULL = "stage_full"
    STAGE_LOCKED = "stage_locked"
    NOT_ON_STAGE = "not_on_stage"
    ALREADY_ON_STAGE = "already_on_stage"
    HANDS_CLOSED = "hands_closed"
    HANDS_FOR_FOLLOWED = "hands_for_followed"
    NOT_INVITED = "not_invited"
    SLOW_MODE = "slow_mode"
    CHAT_BUSY = "chat_busy"
    TEXT_EMPTY = "text_empty"
    MESSAGE_NOT_FOUND = "message_not_found"
    QUESTIONS_FULL = "questions_full"
    QUESTION_NOT_FOUND = "question_not_found"
    QUESTION_ANSWERED = "question_answered"
    LINK_INVALID = "link_invalid"
    PERSON_NOT_FOUND = "person_not_found"
    PERSON_NOT_HERE = "person_not_here"
    # the sound
    MEDIA_MISSING = "media_missing"
    SDP_INVALID = "sdp_invalid"
    SDP_TOO_LARGE = "sdp_too_large"
    SDP_UNSUPPORTED = "sdp_unsupported"
    MEDIA_FAILED = "media_failed"
    MEDIA_UNAVAILABLE = "media_unavailable"
    WORKER_FULL = "worker_full"
    # us
    SERVER_ERROR = "server_error"


class Refused(Exception):
    """A command that the rules, or the moment, do not allow. Nothing was changed. `details` are for the page: text only, or
    what becomes text in the language of whoever reads it; a `reason` among them is said with the sentence of the code."""

    def __init__(self, code: Code, **details: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = details
