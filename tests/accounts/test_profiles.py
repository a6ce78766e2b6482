"""What people say about themselves: read back as it was meant, run by nobody, changed by nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import selectors, services
from accounts.models import Industry, Profile, User
from accounts.templatetags.prose import prose
from tests.accounts.claiming import a_shown_claim
from tests.factories import a_member, an_industry

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.MemberBackend"


@pytest.fixture
def amara(client: Client) -> User:
    amara = a_member("Amara Okafor")
    client.force_login(amara, backend=BACKEND)
    return amara


def says(client: Client, **changes: object):
    fields = {"name": "Amara Okafor", "headline": "Process engineer", "industry": an_industry().pk, "language": "en"}
    return client.post(reverse("accounts:welcome"), {**fields, "more": "1", **changes})


def page(client: Client, person: User) -> str:
    return client.get(reverse("accounts:profile", args=[person.public_id])).content.decode()


def lists_of(user: User) -> tuple[list[str], list[str], list[str]]:
    profile = Profile.objects.get(user=user)
    return (
        [tag.words for tag in profile.expertise.all()],
        [each.code for each in profile.languages.all()],
        [link.url for link in profile.links.all()],
    )


def test_lists_are_kept_in_order_each_once(client: Client, amara: User) -> None:
    says(
        client,
        expertise=" Packaging，先进封装、yield ; PACKAGING,  ,yield",
        languages=["ko", "en"],
        links="https://one.example/a\n\n https://two.example \nhttps://one.example/a",
        bio="First.  \r\n\r\n\r\n\r\nSecond.",
    )
    assert lists_of(amara) == (
        ["Packaging", "先进封装", "yield"],
        ["ko", "en"],
        ["https://one.example/a", "https://two.example"],
    )
    assert Profile.objects.get(user=amara).bio == "First.\n\nSecond."
    form = client.get(reverse("accounts:welcome")).context["form"]
    assert form["expertise"].value() == "Packaging, 先进封装, yield"
    says(client, expertise="", links="", bio="")
    assert lists_of(amara) == ([], [], [])


def test_a_short_form_leaves_the_rest_as_it_was(client: Client, amara: User) -> None:
    says(client, expertise="yield", languages=["ko"], bio_visibility="me")
    fields = {"name": "Amara Okafor", "headline": "Another", "industry": an_industry().pk, "language": "en"}
    client.post(reverse("accounts:welcome"), fields)
    assert lists_of(amara)[:2] == (["yield"], ["ko"])
    profile = Profile.objects.get(user=amara)
    assert (profile.headline, profile.bio_visibility) == ("Another", "me")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("links", "http://plain.example", "link_invalid"),
        ("links", "javascript:alert(1)", "link_invalid"),
        ("links", "data:text/html,<b>", "link_invalid"),
        ("links", "https://user:secret@one.example/", "link_invalid"),
        ("links", "https://localhost/", "link_invalid"),
        ("links", 'https://one.example/"onmouseover=alert(1)', "link_invalid"),
        ("links", "https://one.example/\u202egnp.exe", "link_invalid"),
        ("links", "\n".join(f"https://{number}.example" for number in range(6)), "too_many"),
        ("links", "https://one.example/" + "a" * 300, "link_invalid"),
        ("expertise", ",".join(f"tag {number}" for number in range(9)), "too_many"),
        ("expertise", "x" * 41, "max_length"),
        ("expertise", "x", "min_length"),
        ("expertise", "yi\u200beld", "text_unprintable"),
        ("languages", ["xx"], "invalid_choice"),
        ("bio", "x" * 1001, "max_length"),
        ("bio", "turned \u202e around", "text_unprintable"),
        ("headline_visibility", "everybody", "invalid_choice"),
    ],
)
def test_each_mistake_is_named_at_its_field(client: Client, amara: User, field: str, value: object, code: str) -> None:
    response = says(client, **{field: value})
    assert response.status_code == 200
    assert response.context["form"].has_error(field, code), response.context["form"].errors.as_data()


def test_a_host_is_shown_in_letters_that_look_like_no_others(client: Client, amara: User) -> None:
    says(client, links="https://аpple.example/login")
    shown = page(client, amara)
    assert "xn--pple-43d.example" in shown
    assert 'rel="nofollow noopener ugc"' in shown


SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("field", ["name", "headline", "organisation", "expertise", "bio"])
def test_what_a_member_types_is_shown_and_never_run(client: Client, amara: User, field: str) -> None:
    says(client, **{field: SCRIPT})
    staff = a_member("Sofia Takács", is_staff=True, is_superuser=True)
    reader = Client()
    reader.force_login(staff, backend=BACKEND)
    addresses = [
        reverse("accounts:profile", args=[amara.public_id]),
        reverse("accounts:people") + "?q=onerror",
        reverse("accounts:people") + "?q=Amara",
        reverse("rooms:search") + "?q=onerror",
        reverse("admin:accounts_user_change", args=[amara.pk]),
        reverse("admin:accounts_namechange_changelist"),
    ]
    for address in addresses:
        assert SCRIPT not in reader.get(address).content.decode(), address
    assert "&lt;img" in page(reader, amara)
    assert SCRIPT not in client.get(reverse("accounts:welcome")).content.decode()


def test_addresses_in_prose_are_links_and_nothing_else_is() -> None:
    shown = prose(
        'See https://one.example/a?b=1&c=2. Not javascript:alert(1), http://two.example or <b>this</b>\n"quoted"'
    )
    assert shown.count("<a ") == 1
    assert '<a href="https://one.example/a?b=1&amp;c=2" rel="nofollow noopener ugc" target="_blank">' in shown
    assert "&lt;b&gt;this&lt;/b&gt;<br>&quot;quoted&quot;" in shown


@pytest.mark.parametrize(
    "hostile",
    [
        'https://one.example/"><script>alert(1)</script>',
        "https://one.example/'onclick='alert(1)",
        "https://user@one.example/",
        "https://localhost",
        "https://[",
        "https://" + "a" * 400 + ".example",
    ],
)
def test_hostile_addresses_in_prose_are_read_only(hostile: str) -> None:
    shown = prose(hostile)
    assert "<script" not in shown
    assert "'onclick='" not in shown
    assert shown.count("<a ") == shown.count("</a>") <= 1


def test_nobody_changes_another_profile(client: Client, amara: User) -> None:
    lin = a_member("Lin Wei")
    says(client, user=lin.pk, id=lin.profile.pk, pk=lin.profile.pk, headline="Owned", photo="x", name_key="x")
    lin.refresh_from_db()
    assert Profile.objects.get(user=lin).headline == "Process engineer"
    assert Profile.objects.get(user=amara).headline == "Owned"
    assert Profile.objects.get(user=amara).photo == ""


def test_strangers_are_asked_to_sign_in() -> None:
    amara = a_member("Amara Okafor")
    for address in (
        reverse("accounts:profile", args=[amara.public_id]),
        reverse("accounts:people") + "?q=Amara",
        reverse("accounts:follow_list", args=[amara.public_id, "followers"]),
        reverse("accounts:follow_list", args=[amara.public_id, "following"]),
        reverse("accounts:blocked"),
        reverse("accounts:edit_photo"),
    ):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]


# --- Who follows whom -------------------------------------------------------------------------------------------------


def test_lists_are_paged_and_blocks_part(client: Client, amara: User) -> None:
    person = a_member("Petra Roth")
    followers = [a_member(f"Follower {number:02}") for number in range(23)]
    for follower in followers:
        services.follow(follower, person)
    services.block(amara, followers[0])
    services.block(followers[1], amara)
    address = reverse("accounts:follow_list", args=[person.public_id, "followers"])
    first, second = client.get(address), client.get(address, {"page": 2})
    names = [card.name for answer in (first, second) for card in answer.context["people"]]
    assert names == [f"Follower {number:02}" for number in range(2, 23)]
    assert "21 followers" in page(client, person)
    blocked = client.get(reverse("accounts:blocked"))
    assert [card.name for card in blocked.context["people"]] == ["Follower 00"]


def test_whom_both_follow(client: Client, amara: User) -> None:
    person = a_member("Petra Roth")
    both = [a_member(f"Known {number}") for number in range(5)]
    for each in both:
        services.follow(amara, each)
        services.follow(person, each)
    services.follow(person, a_member("Not mine"))
    services.block(both[0], amara)
    found = selectors.in_common(person, amara)
    assert [profile.name for profile in found.both_follow] == ["Known 1", "Known 2", "Known 3"]
    assert found.more == 1
    shown = page(client, person)
    assert "Known 1" in shown
    assert "and 1 other" in shown
    assert "Not mine" not in shown


# --- Search -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(amara: User) -> dict[str, User]:
    chips = Industry.objects.create(slug="chips", name_en="Semiconductors X", name_zh="芯片", name_ko="칩")
    people = {}
    for name, fields in {
        "林薇": {
            "headline": "封装工程师",
            "organisation": "北京某某科技",
            "expertise": ["先进封装"],
            "languages": ["zh"],
        },
        "한지우": {"headline": "응급실 데이터 과학자", "expertise": ["응급의학"], "languages": ["ko", "en"]},
        "Jürgen Öz": {"headline": "ÄRZTE in Not", "expertise": ["Yield Learning"], "languages": ["de"]},
    }.items():
        people[name] = a_member(name, with_profile=False)
        services.save_profile(people[name], **{"name": name, "industry": chips, **fields})
    return people


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "薇"}, ["林薇"]),
        ({"q": "封装"}, ["林薇"]),
        ({"q": "某某"}, ["林薇"]),
        ({"q": "先进"}, ["林薇"]),
        ({"q": "응급"}, ["한지우"]),
        ({"q": "yield LEARN"}, ["Jürgen Öz"]),
        ({"q": "ärzte"}, ["Jürgen Öz"]),
        ({"q": "jürgen"}, ["Jürgen Öz"]),
        ({"q": "semiconductors x"}, ["Jürgen Öz", "林薇", "한지우"]),
        ({"q": "芯片"}, ["Jürgen Öz", "林薇", "한지우"]),
        ({"q": "Deutsch"}, ["Jürgen Öz"]),
        ({"industry": "chips", "language": "en"}, ["한지우"]),
        ({"q": "데이터", "language": "zh"}, []),
        ({"q": "%"}, []),
        ({"industry": "no-such"}, []),
        ({"language": "'; --"}, []),
        ({"q": "\0"}, []),
        ({}, []),
    ],
)
def test_people_are_found_by_any_part_of_what_they_say(
    client: Client, crowd: dict[str, User], asked: dict[str, str], found: list[str]
) -> None:
    answer = client.get(reverse("accounts:people"), asked)
    assert sorted(card.name for card in answer.context["people"]) == found


def test_who_is_parted_by_a_block_or_suspended_is_not_found(
    client: Client, amara: User, crowd: dict[str, User]
) -> None:
    services.block(amara, crowd["林薇"])
    services.block(crowd["한지우"], amara)
    answer = client.get(reverse("accounts:people"), {"industry": "chips"})
    assert [card.name for card in answer.context["people"]] == ["Jürgen Öz"]
    User.objects.filter(pk=crowd["Jürgen Öz"].pk).update(is_active=False)
    assert client.get(reverse("accounts:people"), {"industry": "chips"}).context["people"] == []


def test_a_page_of_results_takes_a_handful_of_queries(
    client: Client, amara: User, django_assert_max_num_queries
) -> None:
    for number in range(45):
        person = a_member(f"Yield person {number:02}", with_profile=False)
        services.save_profile(
            person,
            name=f"Yield person {number:02}",
            headline="Yields",
            industry=an_industry(),
            expertise=["yield", f"tag {number}"],
            languages=["en", "ko"],
        )
    client.get(reverse("accounts:people"))  # the session is listed by its first page
    with django_assert_max_num_queries(10):
        answer = client.get(reverse("accounts:people"), {"q": "yield", "page": "2"})
    assert len(answer.context["people"]) == 20
    assert answer.context["page"].paginator.num_pages == 3


def test_searching_is_limited(client: Client, amara: User, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "search": "2/m/user"}
    answers = [client.get(reverse("accounts:people"), {"q": "a"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_what_people_have_shown_stands_beside_them_in_lists(client: Client, amara: User) -> None:
    lin = a_member("Lin Wei")
    a_shown_claim(lin, about="Korean Bar Association", jurisdiction="")
    a_shown_claim(lin, days=-1, about="An older claim", jurisdiction="")
    listed = client.get(reverse("accounts:people"), {"q": "Lin Wei"}).content.decode()
    assert "✓ Korean Bar Association" in listed
    assert "An older claim" not in listed
