"""Getting in, as people do it: invited to a phone, by a link, or by asking; and a branch that staff pause."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Scene
from tests.browser.person import Person
from tests.browser.test_main_job import agree, fill_in_profile, the_mailed_code
from tests.browser.test_pages import LANGUAGES, Album
from tests.factories import PASSWORD

LINK = re.compile(r"/i/[2-9A-Z]{24}/")


def what_was_sent(scene: Scene, to: str, pattern: str) -> str:
    """The last that was sent to a mailbox or a phone and says this."""
    found: list[str] = []

    def sent() -> bool:
        parts = re.split(r"(?:mail|text message) to ", scene.installation.output())
        found.extend(match.group() for part in parts if part.startswith(to) for match in re.finditer(pattern, part))
        return bool(found)

    scene.people[0].wait(sent, f"{pattern} sent to {to}")
    return found[-1]


def submit(person: Person, name: str) -> None:
    person.page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_a_member_invites_a_phone_and_sees_who_came(scene: Scene) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    host, newcomer = scene.person("Ji-woo Han"), scene.person()
    host.go("/invites/new/")
    host.page.get_by_label("E-mail address or phone number").fill("010-2345-6789")
    submit(host, "Invite")
    expect(host.page.locator("[data-code=phone_needs_region]")).to_be_visible()  # no country is guessed
    host.page.get_by_label("Country of the number").select_option("KR")
    host.page.get_by_label("A personal note").fill("Come and hear us.")
    submit(host, "Invite")
    expect(host.page.locator("main")).to_contain_text("+82 … 89")

    newcomer.go(what_was_sent(scene, "+821023456789", LINK.pattern))
    expect(newcomer.page.locator("main")).to_contain_text("Come and hear us.")
    submit(newcomer, "Accept the invitation")
    submit(newcomer, "Send the code")
    newcomer.page.get_by_label("Code").fill(what_was_sent(scene, "+821023456789", r"\b\d{6}\b"))
    submit(newcomer, "Go on")
    newcomer.page.get_by_label("Email").fill("minji@example.org")
    newcomer.page.get_by_label("Password").fill(PASSWORD)
    agree(newcomer.page)
    newcomer.page.locator("main form button[type=submit]").first.click()
    newcomer.page.get_by_label("Code").fill(the_mailed_code(scene, "minji@example.org"))
    newcomer.page.locator("main form button[type=submit]").first.click()
    newcomer.page.wait_for_url("**/me/**")
    fill_in_profile(newcomer.page, "Min-ji Kim")

    host.go("/invites/")
    expect(host.page.locator("main")).to_contain_text("Min-ji Kim")
    expect(host.page.locator("main")).to_contain_text("You can invite 2 more people.")


def test_a_link_is_copied_and_read_by_a_camera_and_withdrawn(scene: Scene) -> None:
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    host, guest = scene.person("Ji-woo Han"), scene.person()
    host.go("/invites/new/")
    submit(host, "Invite")
    link = host.page.locator("#invite-link").input_value()
    assert host.page.locator("figure img").evaluate("(image) => image.naturalWidth") > 0
    guest.page.goto(link)
    expect(guest.page.locator("h1")).to_contain_text("Ji-woo Han invites you")
    host.go("/invites/")
    host.page.get_by_role("button", name=re.compile("Withdraw")).click()
    expect(host.page.locator("main")).to_contain_text("You can invite 3 more people.")
    guest.page.reload()
    expect(guest.page.locator("main")).to_contain_text("invite_revoked")


def test_asked_vouched_and_approved(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Lin Wei", stage=("Ji-woo Han",), staff=["Lin Wei"])
    applicant, member, staff = scene.person(), scene.person("Ji-woo Han"), scene.person("Lin Wei")
    applicant.go("/")
    applicant.page.get_by_role("link", name="Ask to join").click()
    applicant.page.get_by_label("Your name").fill("Petra Roth")
    applicant.page.get_by_label("Work e-mail address or mobile number").fill("petra@example.org")
    applicant.page.get_by_label("What you do").fill("Actuary")
    applicant.page.get_by_label("Industry").select_option(index=1)
    applicant.page.get_by_label("Why you would like to be in MiTalk").fill("Floods are priced wrongly.")
    submit(applicant, "Ask to join")
    applicant.page.get_by_label("Code").fill(what_was_sent(scene, "petra@example.org", r"\b\d{6}\b"))
    submit(applicant, "Go on")
    expect(applicant.page.locator("main")).to_contain_text("It waits for MiTalk")

    member.page.goto(applicant.page.locator("#vouch-link").input_value())
    member.page.get_by_label("How do you know them?").fill("We priced floods together.")
    submit(member, "Vouch")
    expect(member.page.locator("main")).to_contain_text("You have vouched for them.")

    album = Album(screenshots, "staff")
    staff.go("/staff/invites/application/?state__exact=waiting")
    album.take(staff, "staff-queue")
    staff.page.get_by_role("link", name="Petra Roth").click()
    album.take(staff, "staff-application")
    staff.page.get_by_role("link", name="Approve").click()
    album.take(staff, "staff-reply")
    staff.page.get_by_label("Your own words").fill("See you in the flood room.")
    staff.page.get_by_role("button", name="Approve").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("1 application answered.")
    for name, address in (
        ("import", "invites/application/import/"),
        ("templates", "invites/replytemplate/"),
        ("invites", "invites/invite/"),
        ("invite-add", "invites/invite/add/"),
        ("quota", "invites/quotaentry/"),
        ("quota-add", "invites/quotaentry/add/"),
        ("outbox", "accounts/outboxmessage/"),
        ("never", "invites/neverinvite/"),
        ("measures", "invites/branchmeasure/"),
    ):
        staff.go(f"/staff/{address}")
        album.take(staff, f"staff-{name}")
    assert [found for found in album.wrong if "wider" in found] == []

    applicant.go(what_was_sent(scene, "petra@example.org", LINK.pattern))
    expect(applicant.page.locator("h1")).to_contain_text("Ji-woo Han invites you")  # who vouched answers for them


def test_a_paused_branch_is_out_of_its_rooms_at_once(scene: Scene, screenshots: Path) -> None:
    scene.make("Ji-woo Han", "Amara Okafor", "Lin Wei", stage=("Ji-woo Han",), staff=["Lin Wei"])
    addresses = [scene.address_of(name) for name in ("Amara Okafor", "Ji-woo Han")]
    scene.installation.manage(
        "shell",
        "-c",
        "from accounts.models import User; amara, jiwoo = (User.objects.get(email=email) for email in "
        f"{addresses!r}); User.objects.filter(pk=amara.pk).update(sponsor=jiwoo)",
    )
    listener, staff = scene.person("Amara Okafor"), scene.person("Lin Wei")
    listener.enter(scene.room)
    staff.go(f"/staff/invites/branch/?q={scene.address_of('Amara Okafor')}")
    staff.page.locator("#result_list tbody th a").first.click()
    expect(staff.page.locator(".invite-tree")).to_contain_text("in a room now")
    album = Album(screenshots, "staff")
    album.take(staff, "staff-tree")
    staff.page.get_by_label("Reason").fill("Bought accounts?")
    staff.page.get_by_role("button", name="Do it").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("1 account")
    listener.wait(lambda: "Amara Okafor" not in scene.roster(), "off the roster", within=2.0)
    listener.in_state("failed")
    listener.is_told("You are signed out.")
    album.take(staff, "staff-tree-paused")
    staff.page.get_by_label("Why it is lifted").fill("They were not.")
    staff.page.get_by_role("button", name="Lift").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("they may come back")
    assert [found for found in album.wrong if "wider" in found] == []


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("en", "dark"), ("zh-hans", "light"), ("ko", "dark")]
)
def test_every_page(scene: Scene, screenshots: Path, language: str, scheme: str) -> None:
    how = {"language": LANGUAGES[language], "scheme": scheme}
    scene.make("Ji-woo Han", stage=("Ji-woo Han",))
    member, visitor = scene.person("Ji-woo Han", **how), scene.person(**how)
    album = Album(screenshots, f"{language}-{scheme}")
    member.go("/invites/new/")
    album.take(member, "invite-new")
    member.page.locator("main form button[type=submit]").click()
    album.take(member, "invite-link")
    member.go("/invites/")
    album.take(member, "invites")
    for name, address in (("apply", "/join/apply/"), ("never-ask", "/never/")):
        visitor.go(address)
        album.take(visitor, name)
    scene.installation.manage("create_invite", "--phone", "+82 10 3456 7890")
    visitor.go(what_was_sent(scene, "+821034567890", LINK.pattern))
    album.take(visitor, "invite-phone")
    visitor.page.locator("main form button[type=submit]").click()
    album.take(visitor, "invite-prove")
    visitor.go(what_was_sent(scene, "+821034567890", r"/never/[\w-]{50,}/"))
    album.take(visitor, "never")
    assert album.wrong == []
