"""What each refusal says to the person: what happened, and what to do; and what a room's choices are called."""

from django.utils.translation import gettext_lazy as _

from rooms.domain.errors import Code
from rooms.domain.snapshot import Confidentiality, Visibility

# Each with its name and, in a sentence, what it means to whoever is there.
CONFIDENTIALITY = {
    Confidentiality.ON_RECORD: (
        _("On the record"),
        _(
            "What is said may be told, with names. A recording needs notice, and holds only the voices that agreed to it."
        ),
    ),
    Confidentiality.CHATHAM_HOUSE: (
        _("Chatham House rule"),
        _(
            "What is said may be used; who said it, and who was there, may not be told. Nobody is shown who listens, and"
            " nothing that is kept names anybody."
        ),
    ),
    Confidentiality.OFF_RECORD: (
        _("Off the record"),
        _("What is said stays here. There is no recording, and neither chat nor captions are kept."),
    ),
}
VISIBILITY = {
    Visibility.MEMBERS: (_("Members"), _("Every member of MiTalk finds the room and may listen.")),
    Visibility.PUBLIC: (
        _("Everybody with the link"),
        _("Guests listen without an account. They are counted, never on stage."),
    ),
    Visibility.FOLLOWERS: (_("Followers of the host"), _("Only who follows the person who opened it finds the room.")),
    Visibility.CLOSED: (_("A guest list"), _("Only members whom the host has put on it find the room.")),
}

SENTENCES = {
    Code.MESSAGE_MALFORMED: _("The page sent something we could not read. Reload it."),
    Code.MESSAGE_TOO_LARGE: _("That was too long to send."),
    Code.MESSAGE_UNKNOWN: _("The page asked for something this server does not know. Reload it."),
    Code.TOO_MANY_MESSAGES: _("That was a little fast. Wait a moment and try again."),
    Code.TEXT_UNREADABLE: _("That holds characters that cannot be read. Write it again without them."),
    Code.TEXT_REFUSED: _("MiTalk does not accept these words."),
    Code.READER_TOO_SLOW: _("Your connection could not keep up with the room. It is being restored."),
    Code.PROTOCOL_UNSUPPORTED: _("MiTalk was updated while this page was open. Reload it."),
    Code.SIGNED_OUT: _("You are signed out. Sign in to come back."),
    Code.PROFILE_MISSING: _("Fill in your profile first, so that the room knows who you are."),
    Code.NOT_ALLOWED: _("That is not yours to do in this room."),
    Code.SECOND_FACTOR_MISSING: _(
        "As staff you enter by a second factor. Open the staff’s pages, show your passkey or a code, and come back."
    ),
    Code.NOT_JOINED: _("You are no longer in this room. Enter it again."),
    Code.SUPERSEDED: _("You opened this room somewhere else; it goes on there."),
    Code.IN_ANOTHER_ROOM: _("You have a place in another room. Entering here gives it up."),
    Code.MOVED_TO_ANOTHER_ROOM: _("You entered another room, so you left this one."),
    Code.REMOVED: _("You were removed from this room. You may come back and listen."),
    Code.BANNED: _("You were removed from this room and cannot come back."),
    Code.NOT_ADMITTED: _("The host of this room does not admit you."),
    Code.ROOM_PRIVATE: _("This room is for people whom its host lets in. Ask whoever sent you the link."),
    Code.AGREEMENT_NEEDED: _(
        "The terms or rules of MiTalk have changed. Open any page of MiTalk, agree to them, and come back."
    ),
    Code.SANCTIONED_MUTE: _("MiTalk’s staff have muted you in rooms. “Your standing” says why, and how to appeal."),
    Code.SANCTIONED_STAGE: _("MiTalk’s staff keep you off stages. “Your standing” says why, and how to appeal."),
    Code.SANCTIONED_HOSTING: _("MiTalk’s staff let you run no rooms. “Your standing” says why, and how to appeal."),
    Code.TRUST_SPEAK: _("New members listen first. “Your standing” says what it takes to speak."),
    Code.TRUST_HOST: _("New members listen and speak before they host. “Your standing” says what it takes."),
    Code.PERSON_LIMITED: _("They cannot do that in rooms at present."),
    Code.TERMS_NOT_ACCEPTED: _("Look at what applies in this room, and agree to it first."),
    Code.ROOM_NOT_FOUND: _("There is no such room."),
    Code.ROOM_NOT_OPEN: _("This room has not begun yet."),
    Code.ROOM_ENDED: _("This room is over."),
    Code.ROOM_FROZEN: _("MiTalk’s staff have paused this room. Wait until they let it go on."),
    Code.ROOM_FULL: _("This room is full. Somebody may leave in a minute; until then, look at what is coming."),
    Code.GUEST_LIST_FULL: _("The guest list is full. Take somebody off it first."),
    Code.CONFIDENTIALITY_FIXED: _("Somebody has entered under what you chose. It can become stricter, not looser."),
    Code.STAGE_FULL: _("Every seat on stage is taken. Stay and listen: one may become free."),
    Code.STAGE_LOCKED: _("The stage is locked. The host or a moderator can unlock it."),
    Code.NOT_ON_STAGE: _("That needs a place on stage."),
    Code.ALREADY_ON_STAGE: _("They are on stage already."),
    Code.HANDS_CLOSED: _("Hands are closed. The host or a moderator can open them."),
    Code.HANDS_FOR_FOLLOWED: _("Only people whom somebody on stage follows can raise a hand here."),
    Code.NOT_INVITED: _("Nobody has invited you onto the stage. Raise your hand."),
    Code.SLOW_MODE: _("Slow mode is on: one message at a time. Wait until you may write again."),
    Code.CHAT_BUSY: _("Many write at once. Try again in a second."),
    Code.TEXT_EMPTY: _("Write something first."),
    Code.MESSAGE_NOT_FOUND: _("That message is not there any more."),
    Code.QUESTIONS_FULL: _("The list of questions is full. Vote for one that is there."),
    Code.QUESTION_NOT_FOUND: _("That question is not there any more."),
    Code.QUESTION_ANSWERED: _("That question is answered already."),
    Code.LINK_INVALID: _("Pin a whole address that begins with https://."),
    Code.PERSON_NOT_FOUND: _("There is nobody like that in this room."),
    Code.PERSON_NOT_HERE: _("They are not in the room any more."),
    Code.MEDIA_MISSING: _("Your sound did not connect. It is tried again."),
    Code.SDP_INVALID: _("Your browser and the room could not agree on the sound. Reload the page."),
    Code.SDP_TOO_LARGE: _("Your browser and the room could not agree on the sound. Reload the page."),
    Code.SDP_UNSUPPORTED: _("This room carries one voice a person and nothing else. Reload the page."),
    Code.MEDIA_FAILED: _("The sound could not be set up. Try again."),
    Code.MEDIA_UNAVAILABLE: _("The sound is starting up. Try again in a few seconds."),
    Code.WORKER_FULL: _("The room is full for now. Try again in a minute."),
    Code.SERVER_ERROR: _("Something broke on our side. Nothing you did is lost; try again."),
}
