"""The community rules: one by one, in three languages; staff publish versions and change none, members are asked again."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from accounts.models import AuditEntry, Consent, DocumentVersion
from accounts.own_data import consents, documents, rules
from accounts.own_data.publishing import NotPublished, publish_rules
from moderation.notices import rule_of
from moderation.services import SanctionRefused, impose
from tests.factories import a_member

pytestmark = pytest.mark.django_db
TEXTS = {
    "en": "Before.\n\n1. Be kind\nTo everybody.\n\n2. Be <i>brief</i>\nOthers want to speak.\n\nAfter.",
    "zh-hans": "1、友善\n对每个人。\n\n2、简短\n别人也想说话。",
    "ko": "1. 친절하게\n누구에게나.\n\n2. 짧게\n다른 사람도 말하고 싶습니다.",
}


def today():
    return timezone.now().date()


def test_the_files_have_seven_rules_in_every_language():
    document = documents.find("rules")
    titles = {language: [rule.title for rule in document.rules(language)] for language in ("en", "zh-hans", "ko")}
    assert [len(each) for each in titles.values()] == [7, 7, 7]
    assert titles["en"][1] == "Talk to the matter."
    assert len({each[1] for each in titles.values()}) == 3
    assert all(rule.text for rule in document.rules("ko"))


def test_what_the_files_say_can_be_written_again():
    document = documents.find("rules")
    for language in ("en", "zh-hans", "ko"):
        assert [rule.text for rule in rules.written(document.as_written(language))] == [
            rule.text for rule in document.rules(language)
        ]


@pytest.mark.parametrize(
    "text", ["", "Only words.", "2. Second\nFirst.", "1. One\nText.\n\n3. Three\nText.", "1. Title"]
)
def test_rules_that_are_not_numbered_are_refused(text):
    with pytest.raises(rules.Unreadable):
        rules.written(text)


def test_nothing_of_a_text_runs():
    page = rules.as_page("<script>x</script>\n\n1. <b>Title</b>\n<img src=x onerror=y>")
    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;b&gt;Title" in page


def test_published_it_holds_is_cited_and_members_are_asked_again(client):
    staff, member = a_member(is_staff=True), a_member("Petra Roth")
    old = impose(member, "warn", rule=7, facts="Fought the moderator.", by=staff)
    assert not consents.must_be_asked(member)
    made = publish_rules(TEXTS, today(), by=staff)
    assert made.version == today().isoformat()
    assert consents.must_be_asked(member)
    client.force_login(member)
    response = client.get("/hallway/", headers={"accept": "text/html"})
    assert response.status_code == 302
    assert "/me/agreements/" in response["Location"]
    page = client.get("/documents/rules/").content.decode()
    assert "Be &lt;i&gt;brief&lt;/i&gt;" in page
    consents.agree(member)
    assert Consent.objects.filter(user=member, document="rules", version=made.version).exists()
    assert not consents.must_be_asked(member)
    new = impose(member, "warn", rule=2, facts="Talked for an hour.", by=staff)
    assert (old.rules_version, new.rules_version) == ("2026-11-01", made.version)
    assert rule_of(old, "en").title == "Respect who runs the room."
    assert rule_of(new, "ko").title == "짧게"
    with translation.override("zh-hans"):
        assert rule_of(new).title == "简短"
    with pytest.raises(SanctionRefused, match="rule_unknown"):
        impose(member, "warn", rule=7, facts="Fought the moderator.", by=staff)
    assert AuditEntry.objects.filter(act="document.published", target=f"rules {made.version}", actor=staff.public_id)


def test_one_of_a_day_to_come_holds_then():
    publish_rules(TEXTS, today() + timedelta(days=3), by=a_member())
    assert documents.find("rules").version == "2026-11-01"
    with pytest.raises(NotPublished, match="day_taken"):
        publish_rules(TEXTS, today(), by=a_member())


def test_two_on_a_day_are_two_versions_and_the_second_holds():
    first, second = (publish_rules(TEXTS, today(), by=a_member()) for _ in range(2))
    assert second.version == f"{first.version}-2"
    assert documents.find("rules").version == second.version


@pytest.mark.parametrize(
    ("changed", "days", "code"),
    [
        ({"ko": "1. 친절하게\n누구에게나."}, 0, "rules_differ"),
        ({"zh-hans": ""}, 0, "rules_unreadable"),
        ({}, -1, "day_over"),
    ],
)
def test_half_a_version_is_not_published(changed, days, code):
    with pytest.raises(NotPublished) as refused:
        publish_rules({**TEXTS, **changed}, today() + timedelta(days=days), by=a_member())
    assert refused.value.code == code
    assert not DocumentVersion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_database_lets_nobody_change_a_version():
    made = publish_rules(TEXTS, today(), by=a_member())
    for statement in ("UPDATE accounts_documentversion SET text_en = 'x'", "DELETE FROM accounts_documentversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    made.refresh_from_db()
    assert made.text_en == TEXTS["en"]
