"""What media says of a room, as the room is told it: with the epoch of the placement by which it is here."""

from rooms.audio import control, wire

OfARoom = control.Heard | control.Floor | control.Unheard


def for_room(message: OfARoom, epoch: int) -> wire.Message:
    """The message on the bus."""
    match message:
        case control.Heard(room, people):
            return wire.Speaking(room, people, epoch)
        case control.Floor(room, people, seconds, holder, held):
            return wire.Floor(room, people, seconds, holder, held, epoch)
        case control.Unheard(room, connection, unheard):
            return wire.Unheard(room, connection, unheard, epoch)
