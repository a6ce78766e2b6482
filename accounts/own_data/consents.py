"""What somebody agreed to, by version and language; and whether they have to be asked again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Consent, User
from accounts.own_data import documents

AGE = "age"


def must_be_asked(user: User) -> bool:
    """Whether something holds today that they did not agree to."""
    return user.agreed_to != documents.fingerprint()


def missing(user: User) -> list[documents.Document]:
    """What they have not agreed to, in the version that holds."""
    agreed = set(Consent.objects.filter(user=user).values_list("document", "version"))
    return [document for document in documents.current() if (document.name, document.version) not in agreed]


def has_said_age(user: User) -> bool:
    """Whether they said that they are old enough."""
    return Consent.objects.filter(user=user, document=AGE).exists()


@transaction.atomic
def agree(user: User, *, age: int | None = None) -> None:
    """They agree to everything that holds today; with `age`, they are that old or older. Said twice, the first counts."""
    said = [(document.name, document.version) for document in documents.current()]
    if age is not None:
        said.append((AGE, str(age)))
    language, now = get_language() or "en", timezone.now()
    rows = [Consent(user=user, document=name, version=version, language=language, at=now) for name, version in said]
    Consent.objects.bulk_create(rows, ignore_conflicts=True)
    user.agreed_to = documents.fingerprint()
    User.objects.filter(pk=user.pk).update(agreed_to=user.agreed_to)
