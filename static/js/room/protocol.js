// The live protocol. Written by `manage.py protocol` from rooms/domain/messages.py; do not edit.

/**
 * Somebody who is or was in the room, as those who run it find them.
 * @typedef {object} Visitor
 * @property {PersonCard} person
 * @property {boolean} here
 * @property {boolean} banned
 */

/**
 * How long somebody has spoken in this room.
 * @typedef {object} FloorTime
 * @property {string} person
 * @property {number} seconds
 */

/**
 * How many reacted so.
 * @typedef {object} ReactionCount
 * @property {string} reaction
 * @property {number} count
 */

/**
 * How many voted for a question.
 * @typedef {object} Votes
 * @property {string} question
 * @property {number} votes
 */

/**
 * A message that is no more, and the name of whoever took it away.
 * @typedef {object} RemovedMessage
 * @property {string} id
 * @property {string} by
 */

/**
 * Something that waits for staff, which only who wrote it sees: of `kind` `chat` or `question`. Said at last, it has this id; if not, it is among the removed messages.
 * @typedef {object} WaitingWords
 * @property {string} id
 * @property {string} kind
 * @property {string} text
 * @property {string} at
 */

/**
 * A question. `seconds_in`: how far into the room it was answered; -1 while it is open.
 * @typedef {object} Question
 * @property {string} id
 * @property {Face} author
 * @property {string} text
 * @property {string} asked_at
 * @property {number} votes
 * @property {number} seconds_in
 */

/**
 * A message. `at` is the server's time (ISO 8601, UTC). The author's id and name are empty where they are not told to those who come later.
 * @typedef {object} ChatMessage
 * @property {string} id
 * @property {Face} author
 * @property {string} text
 * @property {string} at
 */

/**
 * A hand that is up: whose, why, its order in the queue, and when it went up (ISO 8601, UTC).
 * @typedef {object} HandCard
 * @property {PersonCard} person
 * @property {string} line
 * @property {number} number
 * @property {string} raised_at
 */

/**
 * Something that a member has shown: by its kind (`work_email`, `licence`, `document`), what it is about (a domain, a register, a line), since which day, and until when others see it (ISO 8601).
 * @typedef {object} ClaimCard
 * @property {string} kind
 * @property {string} about
 * @property {string} since
 * @property {string} until
 */

/**
 * A listener, as the audience shows them. Whoever wrote something is shown so too, without `claims`.
 * @typedef {object} Face
 * @property {string} id
 * @property {string} name
 * @property {string} initials
 * @property {number} tint
 * @property {string} portrait
 * @property {string} role
 * @property {ClaimCard[]} claims
 */

/**
 * A person as the others in the room see them. `number` orders the stage. `guest` is a guest's number; members have 0. `member` names the member's page, empty for guests. `portrait` is the address of what is drawn for them, or empty: then their initials are. A photo is not given to who has no account. `claims`: what they have shown, the first three.
 * @typedef {object} PersonCard
 * @property {string} id
 * @property {string} name
 * @property {string} headline
 * @property {string} initials
 * @property {number} tint
 * @property {string} portrait
 * @property {string} member
 * @property {string} role
 * @property {string} position
 * @property {boolean} muted
 * @property {number} number
 * @property {number} guest
 * @property {boolean} demo
 * @property {ClaimCard[]} claims
 */

/**
 * How one stands in the room oneself. `place` is one's place in the queue from 1, or 0 without a hand; `line_waiting` is what one wrote with it that nobody else is shown before staff have decided; `invited_by` is the name of whoever asks one onto the stage, or empty.
 * @typedef {object} You
 * @property {string} id
 * @property {string} role
 * @property {string} position
 * @property {boolean} muted
 * @property {number} place
 * @property {string} line
 * @property {string} line_waiting
 * @property {string} invited_by
 */

/**
 * What only those who run the room see, as of `seq` of the moderators' history: hands in their order, and who is invited.
 * @typedef {object} Desk
 * @property {number} seq
 * @property {HandCard[]} hands
 * @property {PersonCard[]} invited
 */

/**
 * What is written in a room: the last messages, the oldest first, and the questions. `kept`: whether what was written before one came is here. `voted` are the questions that one voted for oneself, `wait` the seconds until one may write; `waiting` is what one wrote oneself that nobody else is shown before staff have decided; `quiet` are the people here whom one has muted for oneself: what is told with their name is not sent to one.
 * @typedef {object} Talk
 * @property {boolean} kept
 * @property {ChatMessage[]} messages
 * @property {Question[]} questions
 * @property {string[]} voted
 * @property {number} wait
 * @property {WaitingWords[]} waiting
 * @property {string[]} quiet
 */

/**
 * The whole room for everyone, as of `seq`. `notice` is what staff last said, by `notice_by`. Where `confidentiality` is `chatham`, nobody in the audience is named to anybody: `faces` is empty. `slow_mode`: the seconds between two messages of one person. `turn_limit`: the seconds that one turn on stage should take at most, or 0. `link_title` and `link_host` are of the pinned link, or empty; its address is on a page of ours.
 * @typedef {object} RoomSnapshot
 * @property {number} seq
 * @property {string} phase
 * @property {number} stage_size
 * @property {PersonCard[]} stage
 * @property {PersonCard[]} staff
 * @property {string} confidentiality
 * @property {string} hand_policy
 * @property {boolean} locked
 * @property {boolean} frozen
 * @property {number} slow_mode
 * @property {number} turn_limit
 * @property {string} link_title
 * @property {string} link_host
 * @property {string} link_by
 * @property {string} notice
 * @property {string} notice_by
 * @property {number} count
 * @property {Face[]} faces
 */

/**
 * Enter the room, or come back to it. Must be the first command. `muted` is what the person last wanted: someone who comes back muted stays muted, and nobody is ever unmuted by coming back unless they were unmuted here before. `resume` is the connection that this page had before its socket was lost, empty for a page that is new: with it, the sound goes on as it is. `leave_other`: give up the place in another room, after `in_another_room` asked. `as_staff`: be here openly as staff. `accepts`: the confidentiality that the person was shown and agreed to, or empty; `terms_not_accepted` asks for it, with the room's in `details.confidentiality`. Answer: `{"you": You, "connection": …, "snapshot": RoomSnapshot, "desk": Desk or null, "talk": Talk}`; another connection than the one asked for needs a new peer connection. Who then has no sound for some seconds is off the roster (`media_missing`).
 * @typedef {object} Join
 * @property {number} protocol
 * @property {boolean} muted
 * @property {boolean} leave_other
 * @property {boolean} as_staff
 * @property {string} resume
 * @property {string} accepts
 */

/**
 * Leave the room and give up one's place. The room goes on.
 * @typedef {object} Leave
 */

/**
 * End the room for everybody.
 * @typedef {object} End
 */

/**
 * Ask for everything again, after a gap in a `seq`. Answer: `{"you": You, "snapshot": RoomSnapshot, "desk": Desk or null, "talk": Talk}`.
 * @typedef {object} Sync
 */

/**
 * Mute oneself.
 * @typedef {object} Mute
 */

/**
 * Unmute oneself.
 * @typedef {object} Unmute
 */

/**
 * Raise one's hand, with a line of why (may be empty). Raised again, only the line changes. With an invitation there already, one is on stage.
 * @typedef {object} HandRaise
 * @property {string} line
 */

/**
 * Lower one's hand.
 * @typedef {object} HandLower
 */

/**
 * Lower somebody's hand.
 * @typedef {object} HandLowerOther
 * @property {string} person
 */

/**
 * Decide who may raise a hand: `everyone`, `followed` (people whom somebody on stage follows), `nobody`.
 * @typedef {object} HandsPolicy
 * @property {"everyone" | "followed" | "nobody"} policy
 */

/**
 * Invite somebody onto the stage. With their hand up they are on stage, muted; else they are asked.
 * @typedef {object} StageInvite
 * @property {string} person
 */

/**
 * Take an invitation back.
 * @typedef {object} StageWithdraw
 * @property {string} person
 */

/**
 * Accept the invitation; for moderators and the host: take a seat. One is on stage, muted.
 * @typedef {object} StageJoin
 */

/**
 * Decline the invitation. Nobody is told who did what; the invitation is no more.
 * @typedef {object} StageDecline
 */

/**
 * Go back to the audience.
 * @typedef {object} StageLeave
 */

/**
 * Lock the stage, so that nobody comes onto it but those who run the room; or unlock it.
 * @typedef {object} StageLock
 * @property {boolean} locked
 */

/**
 * Seat everybody in the audience but those who run the room, lower every hand, withdraw every invitation.
 * @typedef {object} StageReset
 */

/**
 * Mute somebody on stage. Nobody can unmute another.
 * @typedef {object} PersonMute
 * @property {string} person
 */

/**
 * Take somebody off the stage, into the audience.
 * @typedef {object} PersonMove
 * @property {string} person
 */

/**
 * Put somebody out of the room. They may come back, as a listener.
 * @typedef {object} PersonRemove
 * @property {string} person
 */

/**
 * Put somebody out of the room for good, also somebody who has left: a member by account and address, a guest by cookie and network, for a while.
 * @typedef {object} PersonBan
 * @property {string} person
 * @property {string} reason
 */

/**
 * Report somebody, or with an empty `person` the room, to MiTalk's staff, with a category and a line. The moment is recorded. With a `message` of the chat, or a question, it is that which is reported, and what it says is recorded too, where it is kept; then `person` may be empty.
 * @typedef {object} PersonReport
 * @property {string} person
 * @property {string} message
 * @property {"danger" | "fraud" | "harassment" | "hate" | "other" | "privacy"} category
 * @property {string} line
 */

/**
 * Block somebody: neither follows the other any more, and they do not enter rooms that one hosts.
 * @typedef {object} PersonBlock
 * @property {string} person
 */

/**
 * Mute somebody for oneself: what they write is not sent to one any more. They are not told, nobody else notices, and on stage they are still heard.
 * @typedef {object} PersonQuiet
 * @property {string} person
 */

/**
 * Read again what somebody writes whom one had muted for oneself: `room.sync` gives what was left out.
 * @typedef {object} PersonHear
 * @property {string} person
 */

/**
 * Make somebody a moderator.
 * @typedef {object} ModeratorName
 * @property {string} person
 */

/**
 * Make a moderator a member again.
 * @typedef {object} ModeratorDismiss
 * @property {string} person
 */

/**
 * Make somebody else the host, and be a moderator oneself.
 * @typedef {object} HostHandOver
 * @property {string} person
 */

/**
 * Freeze the room: everybody is muted, and nobody can unmute or come on stage until staff let it go on. With the reason, for the log.
 * @typedef {object} RoomFreeze
 * @property {boolean} frozen
 * @property {string} reason
 */

/**
 * Say something to everybody in the room, as staff; empty takes it back.
 * @typedef {object} RoomMessage
 * @property {string} text
 */

/**
 * Find people by name: who is here, and who was. Answer: `{"people": list of Visitor}`, at most 50; those who are here first.
 * @typedef {object} RoomPeople
 * @property {string} query
 */

/**
 * See more of the audience than the faces that a snapshot has. Answer: `{"faces": list of Face, "more": whether others follow}`, at most `FACES_AT_A_TIME`, those who came before the one that `after` names; empty: the first.
 * @typedef {object} RoomAudience
 * @property {string} after
 */

/**
 * Write a message. Answer: `{"message": its id, "waits": whether only one sees it oneself until staff have decided}`. `slow_mode` says in `details.seconds` how long to wait.
 * @typedef {object} ChatSay
 * @property {string} text
 */

/**
 * Take a message away, for everybody: one's own, or any of those who run the room and staff.
 * @typedef {object} ChatRemove
 * @property {string} message
 */

/**
 * Decide how many seconds lie between two messages of one person: 0, 10, 30 or 60. Not of those who run the room.
 * @typedef {object} ChatSlow
 * @property {0 | 10 | 30 | 60} seconds
 */

/**
 * Decide how many seconds one turn on stage should take at most; 0 for no limit. Everybody sees the time run; nobody is muted by it.
 * @typedef {object} TurnLimit
 * @property {0 | 60 | 120 | 180 | 300 | 600} seconds
 */

/**
 * React with a tap. Everybody is told how many did, at most once a second.
 * @typedef {object} RoomReact
 * @property {"agree" | "idea" | "love" | "smile"} reaction
 */

/**
 * Ask a question. Answer: `{"question": its id, "waits": as with `chat.say`}`.
 * @typedef {object} QuestionAsk
 * @property {string} text
 */

/**
 * Vote for a question, or take one's vote back. One has one vote for each.
 * @typedef {object} QuestionVote
 * @property {boolean} up
 * @property {string} question
 */

/**
 * Say that a question was answered, at this moment of the room; or that it was not.
 * @typedef {object} QuestionAnswer
 * @property {boolean} answered
 * @property {string} question
 */

/**
 * Take a question away: one's own, or any of those who run the room and staff.
 * @typedef {object} QuestionRemove
 * @property {string} question
 */

/**
 * Pin an https address with a title, for everybody to see; with an empty address, none.
 * @typedef {object} LinkPin
 * @property {string} url
 * @property {string} title
 */

/**
 * Negotiate the sound: an SDP offer with one audio section, `recvonly` in the audience and `sendrecv` on stage. Candidates in it are ignored. Answer: `{"sdp": answer, "epoch": of the place that answered, "shared": whether that only passes on what is mixed elsewhere, as in large rooms}`. The epoch grows when the room's sound is moved. From a shared place one goes on stage by another peer connection, which hears before the first is closed.
 * @typedef {object} MediaOffer
 * @property {string} sdp
 */

/**
 * Say that one is still there, every `HEARTBEAT_SECONDS`, and how many frames came on this socket so far: who reads too slowly is cut off and comes back to a fresh snapshot. Answer: `{"epoch": of the place of the sound}`; who has an answer by an earlier one offers again.
 * @typedef {object} Ping
 * @property {number} received
 */

/**
 * Be answered, and nothing else: what is measured is the way there and back.
 * @typedef {object} CheckEcho
 */

/**
 * Ask for the TURN servers. Answer: `{"urls": list of text, "username": text, "credential": text}`; without any, none are configured.
 * @typedef {object} CheckRelay
 */

/**
 * Negotiate one of two peer connections with an audio worker: one that `speaks` (an offer of `sendrecv`), and one that hears it (`recvonly`). Both are over after half a minute. Answer: `{"sdp": answer}`.
 * @typedef {object} CheckOffer
 * @property {boolean} speaks
 * @property {string} sdp
 */

/**
 * The first frame: what the server speaks.
 * @typedef {object} Hello
 * @property {number} protocol
 * @property {number} heartbeat_seconds
 */

/**
 * Somebody is on stage, or changed there. `by` names who took them up, if another did.
 * @typedef {object} StageSeated
 * @property {PersonCard} person
 * @property {string} by
 */

/**
 * Somebody is on stage no more. `by` names who took them down, if another did.
 * @typedef {object} StageUnseated
 * @property {string} person
 * @property {string} by
 */

/**
 * Somebody on stage is muted or unmuted. `by` names who muted them, if another did.
 * @typedef {object} StageMuted
 * @property {string} person
 * @property {boolean} muted
 * @property {string} by
 */

/**
 * The stage was locked or unlocked.
 * @typedef {object} StageLocked
 * @property {boolean} locked
 * @property {string} by
 */

/**
 * Somebody is a member, a moderator or the host from now on. `by` is empty when the rule of succession chose. Under the Chatham House rule `name` and `by` are empty for those who sit in the audience, but for the host.
 * @typedef {object} PersonRole
 * @property {string} person
 * @property {string} name
 * @property {string} role
 * @property {string} by
 */

/**
 * Others may raise a hand from now on.
 * @typedef {object} HandsPolicyChanged
 * @property {string} policy
 * @property {string} by
 */

/**
 * So many seconds lie between two messages of one person from now on.
 * @typedef {object} SlowModeChanged
 * @property {number} seconds
 * @property {string} by
 */

/**
 * So many seconds should one turn on stage take at most from now on; 0 for no limit.
 * @typedef {object} TurnLimitChanged
 * @property {number} seconds
 * @property {string} by
 */

/**
 * Another link is pinned; empty: none.
 * @typedef {object} LinkPinned
 * @property {string} title
 * @property {string} host
 * @property {string} by
 */

/**
 * Staff froze the room, which mutes everybody, or let it go on.
 * @typedef {object} RoomFrozen
 * @property {boolean} frozen
 * @property {string} by
 */

/**
 * Staff are in the room.
 * @typedef {object} StaffEntered
 * @property {PersonCard} person
 */

/**
 * Staff are in the room no more.
 * @typedef {object} StaffLeft
 * @property {string} person
 */

/**
 * Staff say something to everybody; empty: no more.
 * @typedef {object} RoomTold
 * @property {string} text
 * @property {string} by
 */

/**
 * The room is over. `by` is the name of the person who ended it, empty if it ended by itself.
 * @typedef {object} RoomEnded
 * @property {string} by
 */

/**
 * A hand went up, or its line changed.
 * @typedef {object} HandRaised
 * @property {HandCard} hand
 */

/**
 * A hand came down.
 * @typedef {object} HandLowered
 * @property {string} person
 * @property {string} by
 */

/**
 * A listener is asked onto the stage.
 * @typedef {object} StageInvited
 * @property {PersonCard} person
 * @property {string} by
 */

/**
 * An invitation is no more: used, declined or withdrawn.
 * @typedef {object} StageInvitationEnded
 * @property {string} person
 */

/**
 * How far the history has come for everyone. Said when an event may have been lost: a page that is behind asks for the snapshot.
 * @typedef {object} StageVersion
 * @property {number} seq
 */

/**
 * The same of the moderators' history.
 * @typedef {object} DeskVersion
 * @property {number} seq
 */

/**
 * How one stands in the room is otherwise now: the place in the queue, an invitation, a role, a seat. `by` names who did it, if another did.
 * @typedef {object} YouChanged
 * @property {You} you
 * @property {string} by
 */

/**
 * How many listen. At most once a second.
 * @typedef {object} AudienceCounted
 * @property {number} count
 */

/**
 * How many listen, and a few of their faces. At most once a second, in large rooms once in five.
 * @typedef {object} AudienceChanged
 * @property {number} count
 * @property {Face[]} faces
 */

/**
 * What was written, the oldest first. At most once a second.
 * @typedef {object} ChatSaid
 * @property {ChatMessage[]} messages
 */

/**
 * Messages that are no more. At most once a second.
 * @typedef {object} ChatRemoved
 * @property {RemovedMessage[]} messages
 */

/**
 * Questions that are new or otherwise, and the ids of those that are no more. At most once a second.
 * @typedef {object} QuestionsChanged
 * @property {Question[]} questions
 * @property {string[]} removed
 */

/**
 * Questions for which more or fewer voted. At most once a second.
 * @typedef {object} QuestionsVoted
 * @property {Votes[]} votes
 */

/**
 * Told to one alone: the people here whom one has muted for oneself, since one of them came, or one muted or heard somebody on another page. Who is none of them any more is read again with `room.sync`.
 * @typedef {object} TalkQuiet
 * @property {string[]} quiet
 */

/**
 * How many reacted since this was last said. At most once a second.
 * @typedef {object} RoomReacted
 * @property {ReactionCount[]} counts
 */

/**
 * The people whose voice is heard now, all of them, whoever has the floor first. On change, at most five times a second.
 * @typedef {object} StageSpeaking
 * @property {string[]} people
 */

/**
 * Who has spoken how long, and whose turn it is: `holder` is nobody if empty, `held` the seconds of the turn so far. When the turn passes, and every five seconds while somebody speaks; pages count on in between.
 * @typedef {object} StageFloor
 * @property {FloorTime[]} times
 * @property {string} holder
 * @property {number} held
 */

/**
 * The sound was lost on our side, or is elsewhere now: make a new peer connection and offer again, at a moment of your choice within so many milliseconds. `epoch`: of its new place; whoever has an answer by that already does nothing. 0: it is about you alone.
 * @typedef {object} MediaRestart
 * @property {number} epoch
 * @property {number} spread_ms
 */

/**
 * You are unmuted and for two seconds nothing has come from your microphone, not even silence; or something has again.
 * @typedef {object} MediaUnheard
 * @property {boolean} unheard
 */

/**
 * Told to the host: these two meet here, one of them on stage, and a block stands between them. Who blocked whom is not said. Nobody is kept out by it: the host decides.
 * @typedef {object} RoomConflict
 * @property {string} first
 * @property {string} first_name
 * @property {string} second
 * @property {string} second_name
 */

/**
 * Command type → what it carries.
 * @typedef {{
 *   "room.join": Join,
 *   "room.leave": Leave,
 *   "room.end": End,
 *   "room.sync": Sync,
 *   "mic.mute": Mute,
 *   "mic.unmute": Unmute,
 *   "hand.raise": HandRaise,
 *   "hand.lower": HandLower,
 *   "hand.lower_other": HandLowerOther,
 *   "hands.policy": HandsPolicy,
 *   "stage.invite": StageInvite,
 *   "stage.withdraw": StageWithdraw,
 *   "stage.join": StageJoin,
 *   "stage.decline": StageDecline,
 *   "stage.leave": StageLeave,
 *   "stage.lock": StageLock,
 *   "stage.reset": StageReset,
 *   "person.mute": PersonMute,
 *   "person.move": PersonMove,
 *   "person.remove": PersonRemove,
 *   "person.ban": PersonBan,
 *   "person.report": PersonReport,
 *   "person.block": PersonBlock,
 *   "person.quiet": PersonQuiet,
 *   "person.hear": PersonHear,
 *   "moderator.name": ModeratorName,
 *   "moderator.dismiss": ModeratorDismiss,
 *   "host.hand_over": HostHandOver,
 *   "room.freeze": RoomFreeze,
 *   "room.message": RoomMessage,
 *   "room.people": RoomPeople,
 *   "room.audience": RoomAudience,
 *   "chat.say": ChatSay,
 *   "chat.remove": ChatRemove,
 *   "chat.slow": ChatSlow,
 *   "turn.limit": TurnLimit,
 *   "room.react": RoomReact,
 *   "question.ask": QuestionAsk,
 *   "question.vote": QuestionVote,
 *   "question.answer": QuestionAnswer,
 *   "question.remove": QuestionRemove,
 *   "link.pin": LinkPin,
 *   "media.offer": MediaOffer,
 *   "ping": Ping,
 * }} Commands
 */

/**
 * Command type → what the answer carries.
 * @typedef {{
 *   "room.join": {you: You, snapshot: RoomSnapshot, desk: Desk | null, talk: Talk} & {connection: string},
 *   "room.leave": object,
 *   "room.end": object,
 *   "room.sync": {you: You, snapshot: RoomSnapshot, desk: Desk | null, talk: Talk},
 *   "mic.mute": object,
 *   "mic.unmute": object,
 *   "hand.raise": object,
 *   "hand.lower": object,
 *   "hand.lower_other": object,
 *   "hands.policy": object,
 *   "stage.invite": object,
 *   "stage.withdraw": object,
 *   "stage.join": object,
 *   "stage.decline": object,
 *   "stage.leave": object,
 *   "stage.lock": object,
 *   "stage.reset": object,
 *   "person.mute": object,
 *   "person.move": object,
 *   "person.remove": object,
 *   "person.ban": object,
 *   "person.report": object,
 *   "person.block": object,
 *   "person.quiet": object,
 *   "person.hear": object,
 *   "moderator.name": object,
 *   "moderator.dismiss": object,
 *   "host.hand_over": object,
 *   "room.freeze": object,
 *   "room.message": object,
 *   "room.people": {people: Visitor[]},
 *   "room.audience": {faces: Face[], more: boolean},
 *   "chat.say": {message: string, waits: boolean},
 *   "chat.remove": object,
 *   "chat.slow": object,
 *   "turn.limit": object,
 *   "room.react": object,
 *   "question.ask": {question: string, waits: boolean},
 *   "question.vote": object,
 *   "question.answer": object,
 *   "question.remove": object,
 *   "link.pin": object,
 *   "media.offer": {sdp: string, epoch: number, shared: boolean},
 *   "ping": {epoch: number},
 * }} Answers
 */

/**
 * The self-test's command type → what it carries.
 * @typedef {{
 *   "check.echo": CheckEcho,
 *   "check.relay": CheckRelay,
 *   "check.offer": CheckOffer,
 * }} CheckCommands
 */

/**
 * The same → what the answer carries.
 * @typedef {{
 *   "check.echo": object,
 *   "check.relay": {urls: string[], username: string, credential: string},
 *   "check.offer": {sdp: string},
 * }} CheckAnswers
 */

/**
 * Event type → what it carries.
 * @typedef {{
 *   "hello": Hello,
 *   "stage.seated": StageSeated,
 *   "stage.unseated": StageUnseated,
 *   "stage.muted": StageMuted,
 *   "stage.locked": StageLocked,
 *   "person.role": PersonRole,
 *   "hands.policy": HandsPolicyChanged,
 *   "chat.slow": SlowModeChanged,
 *   "turn.limit": TurnLimitChanged,
 *   "link.pinned": LinkPinned,
 *   "room.frozen": RoomFrozen,
 *   "staff.entered": StaffEntered,
 *   "staff.left": StaffLeft,
 *   "room.told": RoomTold,
 *   "room.ended": RoomEnded,
 *   "hand.raised": HandRaised,
 *   "hand.lowered": HandLowered,
 *   "stage.invited": StageInvited,
 *   "stage.invitation_ended": StageInvitationEnded,
 *   "stage.version": StageVersion,
 *   "desk.version": DeskVersion,
 *   "you.changed": YouChanged,
 *   "audience.counted": AudienceCounted,
 *   "audience.changed": AudienceChanged,
 *   "chat.said": ChatSaid,
 *   "chat.removed": ChatRemoved,
 *   "questions.changed": QuestionsChanged,
 *   "questions.voted": QuestionsVoted,
 *   "talk.quiet": TalkQuiet,
 *   "room.reacted": RoomReacted,
 *   "stage.speaking": StageSpeaking,
 *   "stage.floor": StageFloor,
 *   "media.restart": MediaRestart,
 *   "media.unheard": MediaUnheard,
 *   "room.conflict": RoomConflict,
 * }} Events
 */

/**
 * An event as it comes. `seq` is of the history it belongs to.
 * @typedef {{[T in keyof Events]: {type: T, seq?: number, data: Events[T]}}[keyof Events]} Frame
 */

export const PROTOCOL = 3;
export const HEARTBEAT_SECONDS = 5;
export const FACES_AT_A_TIME = 40;
export const MAX_FRAME_BYTES = 16384;
export const CLOSE_GO_ELSEWHERE = 4504;

/** Command type → its fields. */
export const COMMANDS = Object.freeze({
  "room.join": [
    "protocol",
    "muted",
    "leave_other",
    "as_staff",
    "resume",
    "accepts"
  ],
  "room.leave": [],
  "room.end": [],
  "room.sync": [],
  "mic.mute": [],
  "mic.unmute": [],
  "hand.raise": [
    "line"
  ],
  "hand.lower": [],
  "hand.lower_other": [
    "person"
  ],
  "hands.policy": [
    "policy"
  ],
  "stage.invite": [
    "person"
  ],
  "stage.withdraw": [
    "person"
  ],
  "stage.join": [],
  "stage.decline": [],
  "stage.leave": [],
  "stage.lock": [
    "locked"
  ],
  "stage.reset": [],
  "person.mute": [
    "person"
  ],
  "person.move": [
    "person"
  ],
  "person.remove": [
    "person"
  ],
  "person.ban": [
    "person",
    "reason"
  ],
  "person.report": [
    "person",
    "message",
    "category",
    "line"
  ],
  "person.block": [
    "person"
  ],
  "person.quiet": [
    "person"
  ],
  "person.hear": [
    "person"
  ],
  "moderator.name": [
    "person"
  ],
  "moderator.dismiss": [
    "person"
  ],
  "host.hand_over": [
    "person"
  ],
  "room.freeze": [
    "frozen",
    "reason"
  ],
  "room.message": [
    "text"
  ],
  "room.people": [
    "query"
  ],
  "room.audience": [
    "after"
  ],
  "chat.say": [
    "text"
  ],
  "chat.remove": [
    "message"
  ],
  "chat.slow": [
    "seconds"
  ],
  "turn.limit": [
    "seconds"
  ],
  "room.react": [
    "reaction"
  ],
  "question.ask": [
    "text"
  ],
  "question.vote": [
    "up",
    "question"
  ],
  "question.answer": [
    "answered",
    "question"
  ],
  "question.remove": [
    "question"
  ],
  "link.pin": [
    "url",
    "title"
  ],
  "media.offer": [
    "sdp"
  ],
  "ping": [
    "received"
  ]
});

/** Event type → its fields. */
export const EVENTS = Object.freeze({
  "hello": [
    "protocol",
    "heartbeat_seconds"
  ],
  "stage.seated": [
    "person",
    "by"
  ],
  "stage.unseated": [
    "person",
    "by"
  ],
  "stage.muted": [
    "person",
    "muted",
    "by"
  ],
  "stage.locked": [
    "locked",
    "by"
  ],
  "person.role": [
    "person",
    "name",
    "role",
    "by"
  ],
  "hands.policy": [
    "policy",
    "by"
  ],
  "chat.slow": [
    "seconds",
    "by"
  ],
  "turn.limit": [
    "seconds",
    "by"
  ],
  "link.pinned": [
    "title",
    "host",
    "by"
  ],
  "room.frozen": [
    "frozen",
    "by"
  ],
  "staff.entered": [
    "person"
  ],
  "staff.left": [
    "person"
  ],
  "room.told": [
    "text",
    "by"
  ],
  "room.ended": [
    "by"
  ],
  "hand.raised": [
    "hand"
  ],
  "hand.lowered": [
    "person",
    "by"
  ],
  "stage.invited": [
    "person",
    "by"
  ],
  "stage.invitation_ended": [
    "person"
  ],
  "stage.version": [
    "seq"
  ],
  "desk.version": [
    "seq"
  ],
  "you.changed": [
    "you",
    "by"
  ],
  "audience.counted": [
    "count"
  ],
  "audience.changed": [
    "count",
    "faces"
  ],
  "chat.said": [
    "messages"
  ],
  "chat.removed": [
    "messages"
  ],
  "questions.changed": [
    "questions",
    "removed"
  ],
  "questions.voted": [
    "votes"
  ],
  "talk.quiet": [
    "quiet"
  ],
  "room.reacted": [
    "counts"
  ],
  "stage.speaking": [
    "people"
  ],
  "stage.floor": [
    "times",
    "holder",
    "held"
  ],
  "media.restart": [
    "epoch",
    "spread_ms"
  ],
  "media.unheard": [
    "unheard"
  ],
  "room.conflict": [
    "first",
    "first_name",
    "second",
    "second_name"
  ]
});

/** Events that carry `seq` → the history they belong to.
 * @type {Readonly<Record<string, "everyone" | "moderators">>} */
export const ORDERED = Object.freeze({
  "stage.seated": "everyone",
  "stage.unseated": "everyone",
  "stage.muted": "everyone",
  "stage.locked": "everyone",
  "person.role": "everyone",
  "hands.policy": "everyone",
  "chat.slow": "everyone",
  "turn.limit": "everyone",
  "link.pinned": "everyone",
  "room.frozen": "everyone",
  "staff.entered": "everyone",
  "staff.left": "everyone",
  "room.told": "everyone",
  "room.ended": "everyone",
  "hand.raised": "moderators",
  "hand.lowered": "moderators",
  "stage.invited": "moderators",
  "stage.invitation_ended": "moderators"
});

/** Command type → the act it is. @type {Readonly<Record<string, string>>} */
export const ACTS = Object.freeze({
  "room.join": "listen",
  "room.leave": "leave",
  "room.end": "end_room",
  "room.sync": "listen",
  "mic.mute": "mute_self",
  "mic.unmute": "unmute_self",
  "hand.raise": "raise_hand",
  "hand.lower": "lower_hand",
  "hand.lower_other": "lower_other_hand",
  "hands.policy": "set_hand_policy",
  "stage.invite": "invite",
  "stage.withdraw": "invite",
  "stage.join": "join_stage",
  "stage.decline": "decline",
  "stage.leave": "leave_stage",
  "stage.lock": "lock_stage",
  "stage.reset": "reset_stage",
  "person.mute": "mute_other",
  "person.move": "move_to_audience",
  "person.remove": "remove",
  "person.ban": "ban",
  "person.report": "report",
  "person.block": "block",
  "person.quiet": "mute_for_oneself",
  "person.hear": "mute_for_oneself",
  "moderator.name": "name_moderator",
  "moderator.dismiss": "dismiss_moderator",
  "host.hand_over": "hand_over",
  "room.freeze": "freeze",
  "room.message": "message_room",
  "room.people": "search_people",
  "room.audience": "listen",
  "chat.say": "chat",
  "chat.remove": "remove_message",
  "chat.slow": "set_slow_mode",
  "turn.limit": "set_turn_limit",
  "room.react": "react",
  "question.ask": "ask",
  "question.vote": "vote",
  "question.answer": "mark_answered",
  "question.remove": "remove_question",
  "link.pin": "pin_link",
  "media.offer": "listen"
});

/** By act and role. @typedef {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} Table */

/** Act → role → the positions from which it is allowed. @type {Table} */
export const PERMISSIONS = Object.freeze({"listen": {"guest": ["audience"], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "leave": {"guest": ["audience"], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "raise_hand": {"guest": [], "member": ["audience"], "moderator": [], "host": [], "staff": []}, "lower_hand": {"guest": [], "member": ["audience"], "moderator": [], "host": [], "staff": []}, "join_stage": {"guest": [], "member": ["audience"], "moderator": ["audience"], "host": ["audience"], "staff": []}, "decline": {"guest": [], "member": ["audience"], "moderator": [], "host": [], "staff": []}, "leave_stage": {"guest": [], "member": ["stage"], "moderator": ["stage"], "host": ["stage"], "staff": []}, "mute_self": {"guest": [], "member": ["stage"], "moderator": ["stage"], "host": ["stage"], "staff": []}, "unmute_self": {"guest": [], "member": ["stage"], "moderator": ["stage"], "host": ["stage"], "staff": []}, "invite": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "lower_other_hand": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "mute_other": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "move_to_audience": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "remove": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "ban": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "name_moderator": {"guest": [], "member": [], "moderator": [], "host": ["audience", "stage"], "staff": []}, "dismiss_moderator": {"guest": [], "member": [], "moderator": [], "host": ["audience", "stage"], "staff": []}, "lock_stage": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "reset_stage": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "set_hand_policy": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "search_people": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "chat": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "remove_message": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "set_slow_mode": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "set_turn_limit": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "react": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "ask": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "vote": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "mark_answered": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "remove_question": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": ["audience"]}, "pin_link": {"guest": [], "member": [], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "hand_over": {"guest": [], "member": [], "moderator": [], "host": ["audience", "stage"], "staff": []}, "end_room": {"guest": [], "member": [], "moderator": [], "host": ["audience", "stage"], "staff": ["audience"]}, "freeze": {"guest": [], "member": [], "moderator": [], "host": [], "staff": ["audience"]}, "message_room": {"guest": [], "member": [], "moderator": [], "host": [], "staff": ["audience"]}, "report": {"guest": ["audience"], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "block": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}, "mute_for_oneself": {"guest": [], "member": ["audience", "stage"], "moderator": ["audience", "stage"], "host": ["audience", "stage"], "staff": []}});

/** Act on another → role → the roles it may be done to. @type {Table} */
export const ON_WHOM = Object.freeze({"invite": {"moderator": ["member"], "host": ["member"], "staff": []}, "lower_other_hand": {"moderator": ["member"], "host": ["member"], "staff": []}, "mute_other": {"moderator": ["member"], "host": ["guest", "host", "member", "moderator"], "staff": ["guest", "host", "member", "moderator", "staff"]}, "move_to_audience": {"moderator": ["member"], "host": ["guest", "host", "member", "moderator"], "staff": ["guest", "host", "member", "moderator", "staff"]}, "remove": {"moderator": ["guest", "member"], "host": ["guest", "host", "member", "moderator"], "staff": ["guest", "host", "member", "moderator", "staff"]}, "ban": {"moderator": ["guest", "member"], "host": ["guest", "host", "member", "moderator"], "staff": ["guest", "host", "member", "moderator", "staff"]}, "name_moderator": {"moderator": [], "host": ["member"], "staff": []}, "dismiss_moderator": {"moderator": [], "host": ["moderator"], "staff": []}, "hand_over": {"moderator": [], "host": ["member", "moderator"], "staff": []}, "report": {"guest": ["guest", "host", "member", "moderator", "staff"], "member": ["guest", "host", "member", "moderator", "staff"], "moderator": ["guest", "host", "member", "moderator", "staff"], "host": ["guest", "host", "member", "moderator", "staff"]}, "block": {"member": ["host", "member", "moderator"], "moderator": ["host", "member", "moderator"], "host": ["host", "member", "moderator"]}, "mute_for_oneself": {"member": ["host", "member", "moderator"], "moderator": ["host", "member", "moderator"], "host": ["host", "member", "moderator"]}});

/** Stable error codes. */
export const CODES = Object.freeze({
  "MESSAGE_MALFORMED": "message_malformed",
  "MESSAGE_TOO_LARGE": "message_too_large",
  "MESSAGE_UNKNOWN": "message_unknown",
  "TOO_MANY_MESSAGES": "too_many_messages",
  "TEXT_UNREADABLE": "text_unreadable",
  "TEXT_REFUSED": "text_refused",
  "PROTOCOL_UNSUPPORTED": "protocol_unsupported",
  "READER_TOO_SLOW": "reader_too_slow",
  "SIGNED_OUT": "signed_out",
  "PROFILE_MISSING": "profile_missing",
  "NOT_ALLOWED": "not_allowed",
  "SECOND_FACTOR_MISSING": "second_factor_missing",
  "NOT_JOINED": "not_joined",
  "SUPERSEDED": "superseded",
  "IN_ANOTHER_ROOM": "in_another_room",
  "MOVED_TO_ANOTHER_ROOM": "moved_to_another_room",
  "REMOVED": "removed",
  "BANNED": "banned",
  "NOT_ADMITTED": "not_admitted",
  "ROOM_PRIVATE": "room_private",
  "AGREEMENT_NEEDED": "agreement_needed",
  "SANCTIONED_MUTE": "sanctioned_mute",
  "SANCTIONED_STAGE": "sanctioned_stage",
  "SANCTIONED_HOSTING": "sanctioned_hosting",
  "TRUST_SPEAK": "trust_speak",
  "TRUST_HOST": "trust_host",
  "PERSON_LIMITED": "person_limited",
  "TERMS_NOT_ACCEPTED": "terms_not_accepted",
  "ROOM_NOT_FOUND": "room_not_found",
  "ROOM_NOT_OPEN": "room_not_open",
  "ROOM_ENDED": "room_ended",
  "ROOM_FROZEN": "room_frozen",
  "ROOM_FULL": "room_full",
  "GUEST_LIST_FULL": "guest_list_full",
  "CONFIDENTIALITY_FIXED": "confidentiality_fixed",
  "STAGE_FULL": "stage_full",
  "STAGE_LOCKED": "stage_locked",
  "NOT_ON_STAGE": "not_on_stage",
  "ALREADY_ON_STAGE": "already_on_stage",
  "HANDS_CLOSED": "hands_closed",
  "HANDS_FOR_FOLLOWED": "hands_for_followed",
  "NOT_INVITED": "not_invited",
  "SLOW_MODE": "slow_mode",
  "CHAT_BUSY": "chat_busy",
  "TEXT_EMPTY": "text_empty",
  "MESSAGE_NOT_FOUND": "message_not_found",
  "QUESTIONS_FULL": "questions_full",
  "QUESTION_NOT_FOUND": "question_not_found",
  "QUESTION_ANSWERED": "question_answered",
  "LINK_INVALID": "link_invalid",
  "PERSON_NOT_FOUND": "person_not_found",
  "PERSON_NOT_HERE": "person_not_here",
  "MEDIA_MISSING": "media_missing",
  "SDP_INVALID": "sdp_invalid",
  "SDP_TOO_LARGE": "sdp_too_large",
  "SDP_UNSUPPORTED": "sdp_unsupported",
  "MEDIA_FAILED": "media_failed",
  "MEDIA_UNAVAILABLE": "media_unavailable",
  "WORKER_FULL": "worker_full",
  "SERVER_ERROR": "server_error"
});
