"""What each refusal says to the person: what happened, and what to do."""

from django.utils.translation import gettext_lazy as _

from rooms.domain.errors import Code

SENTENCES = {
    Code.MESSAGE_MALFORMED: _("The page sent something we could not read. Reload it."),
    Code.MESSAGE_TOO_LARGE: _("That was too long to send."),
    Code.MESSAGE_UNKNOWN: _("The page asked for something this server does not know. Reload it."),
    Code.TOO_MANY_MESSAGES: _("That was a little fast. Wait a moment and try again."),
    Code.PROTOCOL_UNSUPPORTED: _("MiTalk was updated while this page was open. Reload it."),
    Code.SIGNED_OUT: _("You are signed out. Sign in to come back."),
    Code.PROFILE_MISSING: _("Fill in your profile first, so that the room knows who you are."),
    Code.NOT_ALLOWED: _("That is not yours to do in this room."),
    Code.NOT_JOINED: _("You are no longer in this room. Enter it again."),
    Code.SUPERSEDED: _("You opened this room somewhere else; it goes on there."),
    Code.ROOM_NOT_FOUND: _("There is no such room."),
    Code.ROOM_NOT_OPEN: _("This room has not begun yet."),
    Code.ROOM_ENDED: _("This room is over."),
    Code.STAGE_FULL: _("Every seat on stage is taken."),
    Code.NOT_ON_STAGE: _("You are not on stage."),
    Code.SDP_INVALID: _("Your browser and the room could not agree on the sound. Reload the page."),
    Code.SDP_TOO_LARGE: _("Your browser and the room could not agree on the sound. Reload the page."),
    Code.SDP_UNSUPPORTED: _("This room carries one voice a person and nothing else. Reload the page."),
    Code.MEDIA_FAILED: _("The sound could not be set up. Try again."),
    Code.MEDIA_UNAVAILABLE: _("The sound is starting up. Try again in a few seconds."),
    Code.WORKER_FULL: _("The room is full for now. Try again in a minute."),
    Code.SERVER_ERROR: _("Something broke on our side. Nothing you did is lost; try again."),
}
