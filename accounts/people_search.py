"""Members by what their profile says, as far as it says it to whoever looks."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.matching import contains, words_of
from accounts.models import Expertise, Industry, Language, User
from accounts.profile_models import LANGUAGE_NAMES
from accounts.selectors import members
from accounts.visibility import visible


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom somebody looks for. An industry or language that is none of ours finds nobody."""

    query: str = ""
    industry: str = ""  # its slug
    language: str = ""  # its code

    def __bool__(self) -> bool:
        return bool(words_of(self.query) or self.industry or self.language)


def find_people(viewer: User, wanted: Wanted) -> QuerySet[User]:
    """The members, none of whom a block parts from the viewer, that fit; nobody if nothing was asked."""
    if not wanted:
        return User.objects.none()
    found = holding(members(viewer), wanted.query, viewer)
    if wanted.industry:
        found = found.filter(visible("industry", viewer), profile__industry__slug=wanted.industry)
    if wanted.language:
        speaks = Language.objects.filter(profile__user=OuterRef("pk"), code=wanted.language)
        found = found.filter(visible("languages", viewer), Exists(speaks))
    return found


def holding(users: QuerySet[User], query: str, viewer: User) -> QuerySet[User]:
    """Those whose profile shows the viewer every word that was typed."""
    for word in words_of(query):
        knows = Expertise.objects.filter(profile__user=OuterRef("pk"), key__contains=word)
        users = users.filter(
            contains(word, "profile__name")
            | visible("headline", viewer) & contains(word, "profile__headline")
            | visible("organisation", viewer) & contains(word, "profile__organisation")
            | visible("industry", viewer) & contains(word, *_INDUSTRY_NAMES)
            | visible("expertise", viewer) & Q(Exists(knows))
            | visible("languages", viewer) & _speaks(word)
        )
    return users


_INDUSTRY_NAMES = tuple(f"profile__industry__name_{language}" for language in ("en", "zh", "ko"))


def _speaks(word: str) -> Q:
    """By the whole name of a language: a part of one is a part of too many other words."""
    codes = [code for code, name in LANGUAGE_NAMES.items() if name.casefold() == word]
    return Q(Exists(Language.objects.filter(profile__user=OuterRef("pk"), code__in=codes))) if codes else Q(pk=None)


def industries() -> QuerySet[Industry]:
    """Those that one can look for."""
    return Industry.objects.order_by("name_en")
