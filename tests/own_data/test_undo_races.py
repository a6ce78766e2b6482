"""An undo and a sanction at the same moment: the sanction holds, whichever was first."""

from threading import Event, Thread

import pytest
from django.db import connection

from accounts import hooks, suspending
from accounts.models import User
from accounts.own_data import deletion
from tests.factories import a_member

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_is_suspended_while_they_undo_stays_out(recording_bus, monkeypatch: pytest.MonkeyPatch) -> None:
    amara, staff = a_member("Amara Okafor"), a_member("Head of Staff", is_staff=True)
    asked, was_asked, is_held = deletion.request(amara), Event(), hooks.is_held
    suspended = Event()

    def suspend() -> None:
        was_asked.wait(10)
        suspending.suspend(User.objects.get(pk=amara.pk), by=staff)
        suspended.set()
        connection.close()

    def slowly(user: User) -> bool:
        held = is_held(user)
        was_asked.set()
        suspended.wait(1)  # without a lock, this is when it happens
        return held

    monkeypatch.setattr(hooks, "is_held", slowly)
    sanction = Thread(target=suspend)
    sanction.start()
    deletion.undo(asked)
    sanction.join()
    assert not User.objects.get(pk=amara.pk).is_active
