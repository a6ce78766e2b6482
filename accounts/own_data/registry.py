"""Which rows are about a person, what of them goes into an export, and what becomes of them when the account is erased.

Every field by which a model points at a person is declared here by its app, in its `personal_data.py`; a test walks all
models and fails for one that is not (tests/own_data/test_registry.py).
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as by_default
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from accounts import contacts
from accounts.claim_models import ClaimKind
from accounts.models import Claim, Phone, User
from accounts.sealing import CLAIM, PHONE, Unreadable, unseal


@dataclass(frozen=True)
class Subject:
    """Whose data it is, by everything that rows may know them by."""

    user: User

    @property
    def public_id(self) -> str:
        """Their random id."""
        return self.user.public_id

    @cached_property
    def contacts(self) -> list[contacts.Contact]:
        """Their address, their phone, and where they have proven to work."""
        found = [contacts.email(self.user.email)]
        phone = Phone.objects.filter(user=self.user).first()
        if phone is not None:
            with contextlib.suppress(Unreadable):  # then it is found by the key that is stored beside it
                found.append(contacts.phone(unseal(phone.sealed, purpose=PHONE)))
        for claim in Claim.objects.filter(user=self.user, kind=ClaimKind.WORK_EMAIL).exclude(sealed=""):
            with contextlib.suppress(Unreadable):
                found.append(contacts.email(unseal(claim.sealed, purpose=CLAIM)))
        return found

    @cached_property
    def contact_keys(self) -> list[str]:
        """Every keyed hash of a contact of theirs."""
        stored = Phone.objects.filter(user=self.user).values_list("key", flat=True)
        return [*(key for contact in self.contacts for key in contact.keys), *stored]


ACCOUNT = "accounts.user.email"  # the account itself: with it everything ends

Find = Callable[[Subject], Q]
Rows = Callable[[Subject], Iterable[dict[str, Any]]]


class Erasure(StrEnum):
    """What becomes of a row."""

    DELETE = "delete"  # it goes
    DETACH = "detach"  # it stays for others, and knows the person no more
    KEEP = "keep"  # it stays as it is, for a reason and a time that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One field by which rows of a model point at a person.

    `columns` are what is exported, as paths of the ORM, or `name=path`; `as_rows` gives them in another way. Without either,
    `withheld` says why. `files` are exported too, by name. `why` and `until` are for what is kept. `empties` is what else is
    emptied in rows that stay; `erase` takes the place of the usual way.
    """

    model: str
    field: str
    aspect: str = ""  # where one field points at people in more than one way
    find: Find
    title: Promise | str = ""
    columns: tuple[str, ...] = ()
    as_rows: Rows | None = None
    withheld: Promise | str = ""
    files: Callable[[Subject], dict[str, bytes]] = lambda subject: {}
    erasure: Erasure
    why: Promise | str = ""
    until: Promise | str = ""
    empties: Mapping[str, Any] = by_default(default_factory=dict)
    erase: Callable[[Subject], None] | None = None

    @property
    def name(self) -> str:
        """Of its part of an export, and of its step of an erasure."""
        return f"{self.model}.{self.field}{f'.{self.aspect}' if self.aspect else ''}".lower()

    @property
    def is_exported(self) -> bool:
        """Whether it has a part in an export."""
        return bool(self.columns or self.as_rows)

    @property
    def model_class(self) -> type[Model]:
        """The model."""
        return apps.get_model(self.model)

    def queryset(self, subject: Subject) -> QuerySet[Any]:
        """The rows that point at a person by this field."""
        return self.model_class._default_manager.filter(self.find(subject)).order_by("pk").distinct()


# --- How a person's rows are found --------------------------------------------------------------------------------


def by_account(path: str) -> Find:
    """By the account at the end of a path."""
    return lambda subject: Q(**{path: subject.user.pk})


def by_public_id(path: str) -> Find:
    """By the account's public id, as a word of its own in a text."""
    return lambda subject: Q(**{path: subject.public_id})


def by_address(path: str) -> Find:
    """By the e-mail address itself."""
    return lambda subject: Q(**{f"{path}__iexact": subject.user.email})


def by_contact(path: str) -> Find:
    """By a keyed hash of address or phone."""
    return lambda subject: Q(**{f"{path}__in": subject.contact_keys})


# --- The registry -------------------------------------------------------------------------------------------------

_links: list[Link] = []
_stand_ins: set[str] = set()
_not_personal: dict[str, str] = {}


def declare(*links: Link) -> None:
    """An app's part of the registry. What is declared later is erased earlier: higher apps are nearer to what others see."""
    for link in links:
        assert link.is_exported or link.withheld, f"{link.name}: exported how, or why not?"
        assert link.erasure is not Erasure.KEEP or (link.why and link.until), f"{link.name}: kept why, and until when?"
        assert link.title or not link.is_exported, f"{link.name}: what is it called?"
    known = {link.name for link in _links}
    _links.extend(link for link in links if link.name not in known)


def stands_for_a_person(*models: str) -> None:
    """Models of which a row is a person: what points at them points at somebody."""
    _stand_ins.update(models)


def not_personal(**fields: str) -> None:
    """Fields that look as if they pointed at somebody, as `app__model__field`, and why they do not."""
    _not_personal.update({name.replace("__", "."): why for name, why in fields.items()})


def links() -> tuple[Link, ...]:
    """All of it, in the order of declaration."""
    return tuple(_links)


def erasing_order() -> tuple[Link, ...]:
    """All of it, those of higher apps first; of one app, as it declares them; the account itself last."""
    apps_in_order = list(dict.fromkeys(link.model.split(".")[0] for link in _links))
    ordered = sorted(_links, key=lambda link: -apps_in_order.index(link.model.split(".")[0]))
    return tuple(sorted(ordered, key=lambda link: link.name == ACCOUNT))


def kept() -> tuple[Link, ...]:
    """What stays, and why."""
    return tuple(link for link in _links if link.erasure is Erasure.KEEP)


def stand_ins() -> frozenset[str]:
    """Models of which a row is a person, beside the account."""
    return frozenset(_stand_ins)


def excused() -> dict[str, str]:
    """What looks personal and is not."""
    return dict(_not_personal)


def erase(link: Link, subject: Subject) -> None:
    """Do to a person's rows what their declaration says. Done twice, it changes nothing more."""
    if link.erase is not None:
        link.erase(subject)
        return
    rows = link.model_class._default_manager.filter(pk__in=list(link.queryset(subject).values_list("pk", flat=True)))
    if link.erasure is Erasure.DELETE:
        rows.delete()
    elif link.erasure is Erasure.DETACH:
        _detach(link, subject, rows)


def _detach(link: Link, subject: Subject, rows: QuerySet[Any]) -> None:
    pointer = link.model_class._meta.get_field(link.field)
    if pointer.many_to_many:
        for row in rows:
            getattr(row, link.field).remove(subject.user)
        return
    nothing = None if pointer.is_relation else ""
    rows.update(**{link.field: nothing, **link.empties})
