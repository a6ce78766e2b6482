"""Claims, as people make them: a work address proven, a document approved by staff, and both seen in a room."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.accounts.claiming import A_PDF, a_picture
from tests.browser.conftest import Scene
from tests.browser.test_invites import submit, what_was_sent
from tests.browser.test_pages import LANGUAGES, Album, BothThemes

PAGES = {
    "claims": "/me/claims/",
    "claim-work-email": "/me/claims/work-email/",
    "claim-document": "/me/claims/document/",
    "claim-licence": "/me/claims/licence/",
}
A_FILE = {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": A_PDF}
A_PICTURE = {"name": "degree.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}


def test_a_work_address_is_proven_and_seen_in_the_room(scene: Scene) -> None:
    scene.make("Ha-eun Nam", "Fang Yu", stage=("Ha-eun Nam",))
    host, listener = scene.person("Ha-eun Nam"), scene.person("Fang Yu")
    host.go("/me/claims/")
    host.page.locator("a[href$='work-email/']").click()
    host.page.get_by_label("Work e-mail address").fill("jiwoo@gmail.com")
    submit(host, "Send the code")
    expect(host.page.locator("[data-code=work_email_free_mail]")).to_be_visible()
    host.page.get_by_label("Work e-mail address").fill("Jiwoo@mail.Harbour-Fab.co.kr")
    submit(host, "Send the code")
    host.page.get_by_label("Code").fill(what_was_sent(scene, "jiwoo@mail.harbour-fab.co.kr", r"\b\d{6}\b"))
    submit(host, "Go on")
    expect(host.page.locator('[data-state="verified"]')).to_contain_text("harbour-fab.co.kr")

    host.enter(scene.room)
    listener.enter(scene.room)
    seat = listener.page.locator("#stage [data-person]", has_text="Ha-eun Nam")
    whole = re.compile("Works at harbour-fab.co.kr, proven by e-mail on")
    expect(seat.get_by_role("button")).to_have_accessible_name(whole)
    expect(seat.get_by_text("✓ harbour-fab.co.kr")).to_be_visible()
    seat.locator("[data-open]").click()
    expect(listener.page.locator("#person-dialog [data-claims]")).to_have_text(whole)
    listener.page.locator("#person-dialog button[autofocus]").click()

    listener.go("/hallway/")
    expect(listener.page.locator(".card", has_text="Ha-eun Nam").get_by_text("✓ harbour-fab.co.kr")).to_be_visible()


def test_staff_ask_back_and_approve_a_document_and_it_is_gone(scene: Scene) -> None:
    scene.make("Ha-eun Nam", "Fang Yu", "Head of Staff", stage=("Ha-eun Nam",), staff=["Head of Staff"])
    member, staff = scene.person("Fang Yu"), scene.person("Head of Staff")
    member.go("/me/claims/document/")
    member.page.get_by_label("What it shows").select_option("degree")
    member.page.get_by_label("What others read").fill("MSc Physics, KAIST, 2016")
    member.page.get_by_label("The document").set_input_files({**A_FILE, "buffer": b"<script>alert(1)</script>"})
    submit(member, "Send to staff")
    expect(member.page.locator("[data-code=document_wrong_type]")).to_be_visible()
    member.page.get_by_label("The document").set_input_files(A_FILE)
    submit(member, "Send to staff")
    expect(member.page.locator('[data-state="waiting"]')).to_contain_text("MSc Physics, KAIST, 2016")
    assert scene.backstage("private_files") == 1

    staff.go("/staff/accounts/claim/")
    staff.page.get_by_role("link", name="MSc Physics, KAIST, 2016").click()
    with staff.page.expect_download() as handed_out:
        staff.page.get_by_role("link", name="Open the document").click()
    assert Path(handed_out.value.path()).read_bytes() == A_PDF
    staff.page.get_by_role("link", name="Ask back").click()
    staff.page.locator("#id_words").fill("Which page is it on?")
    staff.page.locator(".submit-row input").click()

    member.go("/me/claims/")
    member.page.locator('[data-state="asked"] a.primary').click()
    expect(member.page.locator("main")).to_contain_text("Which page is it on?")
    member.page.get_by_label("Your answer").fill("Here is a photo of it.")
    member.page.get_by_label("Another document").set_input_files(A_PICTURE)
    submit(member, "Answer")
    expect(member.page.locator('[data-state="waiting"]')).to_be_visible()

    staff.go("/staff/accounts/claim/")
    staff.page.locator("tr", has_text="MSc Physics").locator("input.action-select").check()
    staff.page.locator("select[name=action]").select_option("approve")
    staff.page.locator("button[name=index]").click()
    staff.page.locator(".submit-row input").click()
    expect(staff.page.locator(".messagelist")).to_contain_text("1 claim answered.")
    assert scene.backstage("private_files") == 0

    member.go(scene.backstage("profile_of", email=scene.address_of("Fang Yu")))
    expect(member.page.locator(".claims-shown")).to_contain_text("Document seen by MiTalk on")


def test_it_works_without_scripts(scene: Scene) -> None:
    scene.make("Ha-eun Nam", stage=("Ha-eun Nam",))
    member = scene.person("Ha-eun Nam")
    context = member.page.context.browser.new_context(base_url=member.url, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": scene.cookie_of("Ha-eun Nam"), "url": member.url}])
    page = context.new_page()
    page.goto("/me/claims/licence/")
    page.get_by_label("Register").fill("Korean Bar Association")
    page.get_by_label("Where it holds").fill("Republic of Korea")
    page.get_by_label("Number").fill("12-3456")
    page.get_by_role("button", name="Send to staff").click()
    expect(page.locator('[data-state="waiting"]')).to_contain_text("Korean Bar Association, Republic of Korea")
    page.locator('[data-state="waiting"] a.danger').click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator('[data-state="withdrawn"]')).to_be_visible()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_claims(scene: Scene, screenshots: Path, language: str) -> None:
    how = {"language": LANGUAGES[language]}
    names = ("Ha-eun Nam", "Fang Yu 方雨", "Head of Staff")
    scene.make(*names, stage=names[:2], staff=["Head of Staff"])
    for name in names[:2]:
        scene.backstage("claims_in_every_state", email=scene.address_of(name))
    album = (BothThemes if language == "en" else Album)(screenshots, language)
    member, listener = scene.person("Ha-eun Nam", **how), scene.person("Fang Yu 方雨", **how)
    for name, address in PAGES.items():
        member.go(address)
        album.take(member, name)
    member.go("/me/claims/")
    member.page.locator('[data-state="asked"] a').first.click()
    album.take(member, "claim-answer")
    member.go("/me/claims/")
    member.page.locator('[data-state="verified"] a.danger').first.click()
    album.take(member, "claim-withdraw")
    profile = scene.backstage("profile_of", email=scene.address_of("Ha-eun Nam"))
    for name, address in {"claims-profile": profile, "claims-hallway": "/hallway/"}.items():
        listener.go(address)
        album.take(listener, name)
    member.enter(scene.room)
    listener.enter(scene.room)
    listener.sees_on_stage("Ha-eun Nam", "Fang Yu 方雨")
    listener.page.locator("#leave-stage").click()
    listener.is_in_the_audience()
    member.sees_on_stage("Ha-eun Nam")
    album.take(member, "claims-room")
    member.page.locator("#audience [data-open]").first.click()
    album.take(member, "claims-person")
    assert album.wrong == []


def test_the_staffs_pages_of_claims(scene: Scene, screenshots: Path) -> None:
    scene.make("Ha-eun Nam", "Head of Staff", stage=("Ha-eun Nam",), staff=["Head of Staff"])
    scene.backstage("claims_in_every_state", email=scene.address_of("Ha-eun Nam"))
    album, staff = BothThemes(screenshots, "en"), scene.person("Head of Staff")
    staff.go("/staff/accounts/claim/?what=all")
    album.take(staff, "staff-claims")
    staff.page.locator("#result_list tr", has_text="asked back").first.locator("th a").click()
    album.take(staff, "staff-claim")
    staff.page.get_by_role("link", name="Approve").click()
    album.take(staff, "staff-claim-reply")
    assert [found for found in album.wrong if "wider" in found] == []
