"""The members' page in a real Chromium, on a phone and on a desktop: from a link to a saved record, and to its end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Reading, Rsvp
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.support.at_rest import at_rest, open_tab
from tests.support.groups import served_group
from tests.support.needs import until
from tests.support.web_server import Server

PHONE, DESKTOP = {"width": 375, "height": 740}, {"width": 1280, "height": 900}
ZOE = "zoe-obrien-li"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_group(tmp_path_factory.mktemp("pages") / "book") as started:
        yield started


class Device:
    """One browser of a member: what it asked for, and what went wrong in it."""

    def __init__(self, browser: Any, viewport: dict[str, int], **options: Any) -> None:
        self.context = browser.new_context(viewport=viewport, **options)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: self.asked.append(socket.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))

    def join(self, link: str, name: str) -> None:
        self.page.goto(link)
        self.page.get_by_role("button", name=f"Continue as {name}").click()
        self.page.get_by_text("Will you come?").first.wait_for()

    def answer(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()
        self.page.locator(".sg-part-next .sg-said").get_by_text("Saved").wait_for()

    def is_pressed(self, label: str) -> bool:
        return bool(self.page.get_by_role("button", name=label, exact=True).get_attribute("aria-pressed") == "true")


@pytest.fixture
def device(browser: Any) -> Iterator[Any]:
    """Return a function that makes a device; all are closed at the end."""
    made: list[Device] = []

    def new(viewport: dict[str, int], **options: Any) -> Device:
        made.append(Device(browser, viewport, **options))
        return made[-1]

    yield new
    for one in made:
        one.context.close()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_link_to_the_end(server: Server, device: Any, viewport: dict[str, int]) -> None:
    """Join, answer, write a summary with math, load again, come with a second device, be revoked; all from one host."""
    name = "Zoë O'Brien-李"
    one = device(viewport)
    one.join(server.link(ZOE), name)
    page = one.page
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    one.answer("Yes, I’ll be there")
    open_tab(page, "My reading")
    page.get_by_label("Big idea").fill("Attention is $\\frac{QK^T}{\\sqrt d}$ <b>scaled</b>")
    page.get_by_label("Relevance").fill("Everywhere")
    page.get_by_role("button", name="Save summary").click()
    page.wait_for_function("document.body.innerText.match(/Saved/g)?.length >= 1")
    page.reload()
    # The tab that was open is open again, with what was saved.
    page.get_by_text("Big idea").first.wait_for()
    assert page.get_by_label("Relevance").input_value() == "Everywhere"
    open_tab(page, "Session")
    page.wait_for_function(
        "[...document.querySelectorAll('button')].some(b => b.textContent == 'Yes, I’ll be there' && b.ariaPressed == 'true')"
    )

    two = device(viewport)
    two.join(server.link(ZOE), name)
    two.page.wait_for_function(
        "[...document.querySelectorAll('button')].some(b => b.textContent == 'Yes, I’ll be there' && b.ariaPressed == 'true')"
    )
    two.answer("No")
    held = Workbook(server.folder)
    assert [(record.by, record.member) for record in held.records if record.type in {"rsvp", "summary"}] != []
    assert {record.by for record in held.records if record.type in {"rsvp", "summary"}} == {ZOE}

    server.revoke(ZOE)
    for used in (one, two):
        used.page.get_by_text("Please open your invite link").wait_for()
        assert {url.split("/")[2] for url in used.asked if not url.startswith(("data:", "blob:"))} == {
            f"127.0.0.1:{server.port}"
        }
        # What is left is the browser's own word on the socket and the page that were refused at the end.
        assert [said for said in used.wrong if "401" not in said and "WebSocket" not in said] == []


def test_an_answer_and_a_status_take_three_taps_from_the_link(server: Server, device: Any) -> None:
    """The link's own button, the answer, the status. The tab is on two screens, with two papers, a role, open ones and a question.

    A second press on what is chosen undoes it.
    """
    book = Workbook(server.folder)
    plan_session(book, book.schedule.next(book.clock()).id, by="ada-lovelace", steps=[1, 2], roles={"scribe": "bo"})
    book.enter("question", by="bo", member="bo", text="Does instruction tuning help below 8B parameters?")
    one = device({"width": 375, "height": 812})
    page = one.page
    page.evaluate("window.name = '0'")
    page.add_init_script(
        "addEventListener('click', (event) => { if (event.isTrusted) window.name = String(Number(window.name) + 1); }, true)"
    )
    page.goto(server.link("bo"))
    page.get_by_role("button", name="Continue as Bo").click()
    page.get_by_role("button", name="Maybe", exact=True).click()
    page.locator(".sg-part-next .sg-said").get_by_text("Saved").wait_for()
    page.locator(".sg-part-reads").get_by_role("button", name="Skimmed", exact=True).first.click()
    page.locator(".sg-part-reads .sg-said").get_by_text("Saved").wait_for()
    # The page's own script passes each click on as one of its own, which is none of a person's.
    assert page.evaluate("Number(window.name)") == 3
    at_rest(page)
    assert page.get_by_role("button", name="2 open roles on").get_attribute("aria-expanded") == "false"
    end = "document.querySelector('.sg-cards').getBoundingClientRect().bottom + scrollY"
    assert page.evaluate(end) <= 2 * 812
    book.refresh()
    assert [one.type for one in book.records if one.by == "bo"][-2:] == ["rsvp", "reading"]
    page.get_by_role("button", name="Maybe", exact=True).click()
    page.get_by_text("Undone. You haven’t answered yet.").wait_for()
    page.get_by_role("button", name="Maybe", exact=True, pressed=False).wait_for()
    page.locator(".sg-part-next").get_by_role("button", name="Undo").click()
    page.locator(".sg-part-next .sg-said").get_by_text("as before").wait_for()
    page.get_by_role("button", name="Maybe", exact=True, pressed=True).wait_for()
    page.locator(".sg-part-reads").get_by_role("button", name="Skimmed", exact=True).first.click()
    page.locator(".sg-part-reads .sg-said").get_by_text("unread").wait_for()
    book.refresh()
    assert [one.answer for one in book.current.current(Rsvp) if one.member == "bo"] == ["maybe"]
    assert book.latest(Reading, "bo", "few-shot").status == "unread"


def test_a_link_that_was_used_says_what_to_do(server: Server, device: Any) -> None:
    """On another device; on the same one it just leads to the page."""
    link = server.link("bo")
    one, two = device(PHONE), device(PHONE)
    one.join(link, "Bo")
    two.page.goto(link)
    two.page.get_by_role("heading", name="This link no longer works").wait_for()
    assert "Ask your facilitator for a new invite link" in two.page.inner_text("main")
    one.page.goto("about:blank")
    one.page.goto(link)
    one.page.get_by_text("Will you come?").first.wait_for()


def test_signing_out_ends_this_device(server: Server, device: Any) -> None:
    """The page says so, and the front door asks for a link again."""
    one = device(PHONE)
    one.join(server.link("bo"), "Bo")
    one.page.get_by_role("button", name="Sign out on this device").click()
    one.page.get_by_role("heading", name="You are signed out").wait_for()
    one.page.goto(server.url)
    one.page.get_by_role("heading", name="Please open your invite link").wait_for()


def test_a_double_click_does_one_thing(server: Server, device: Any) -> None:
    """On a button that saves what was typed, and on an answer: one record each, and neither is undone."""
    desktop, book = device(DESKTOP), Workbook(server.folder)
    before = {one.id for one in book.records}
    desktop.join(server.link(ZOE), "Zoë O'Brien-李")
    desktop.page.get_by_label("Open questions").last.fill("Asked once?")
    desktop.page.get_by_role("button", name="Ask", exact=True).dblclick()
    desktop.page.get_by_text("Asked once?").first.wait_for()
    desktop.page.get_by_role("button", name="Maybe", exact=True).dblclick()
    open_tab(desktop.page, "My reading")
    desktop.page.get_by_label("Big idea").fill("Typed after both")
    desktop.page.get_by_role("button", name="Save summary").click()
    desktop.page.locator(".sg-part-summary .sg-said").get_by_text("Saved").wait_for()
    # Clicks are answered in order: with the summary there, whatever the second clicks did is there too.

    def entered() -> list[Record]:
        book.refresh()
        return [one for one in book.records if one.id not in before]

    until(lambda: "summary" in {one.type for one in entered()})
    assert sorted(one.type for one in entered()) == ["question", "rsvp", "summary"]
    assert [one.answer for one in entered() if isinstance(one, Rsvp)] == ["maybe"]


def test_what_others_change_shows_on_open_pages(server: Server, device: Any) -> None:
    """Within two seconds, on every page, and where one is typing the keyboard stays there; so do pages that come back."""
    phone, desktop = device(PHONE), device(DESKTOP)
    phone.join(server.link("bo"), "Bo")
    desktop.join(server.link(ZOE), "Zoë O'Brien-李")
    idea = desktop.page.get_by_label("Open questions")
    idea.fill("Half a thought")
    book = Workbook(server.folder)
    session = book.schedule.next(book.clock()).id
    took_s = []
    for member, name in (("bo", "Bo"), ("ada-lovelace", "Ada Lovelace"), (ZOE, "Zoë O'Brien-李")):
        book.enter("plan", by="ada-lovelace", session=session, roles={"presenter": member})
        begin = time.monotonic()
        for one in (phone, desktop):
            one.page.get_by_text(f"Presenter: {name}").first.wait_for()
        took_s.append(time.monotonic() - begin)
    # The quickest, as a machine may be busy with something else for a while.
    assert min(took_s) < 2
    open_tab(phone.page, "My reading")
    about = {"by": "bo", "member": "bo", "item": "few-shot"}
    book.enter("summary", **about, big_idea="What Bo thinks")
    later = (book.schedule.find(session).start + timedelta(hours=2)).isoformat()
    changes: dict[str, Callable[[], object]] = {
        "What Zoë thinks": lambda: book.enter("summary", **about | {"by": ZOE, "member": ZOE}, big_idea="What Zoë thinks"),
        "Moved:": lambda: plan_session(book, session, by="ada-lovelace", start=later),
    }
    took_s = []
    for seen, change in changes.items():
        begin = time.monotonic()
        change()
        phone.page.get_by_text(seen).first.wait_for(state="attached")
        took_s.append(time.monotonic() - begin)
    assert min(took_s) < 2
    open_tab(phone.page, "Session")
    assert idea.input_value() == "Half a thought"
    assert idea.evaluate("field => field === document.activeElement")
    phone.page.evaluate("solara.debug.dropConnection()")
    book.enter("plan", by="ada-lovelace", session=session, cancelled=True, why="Storm and snow")
    for one in (phone, desktop):
        one.page.get_by_text("Storm and snow").first.wait_for()
    book.enter("plan", by="ada-lovelace", session=session)
    for one in (phone, desktop):
        one.page.get_by_text("Storm and snow").first.wait_for(state="hidden")


def test_settings_that_changed_in_the_file_show_on_open_pages(server: Server, device: Any) -> None:
    """Wrong ones are in the log, once, and those before hold."""
    one = device(PHONE)
    one.join(server.link("bo"), "Bo")
    settings = server.folder / "pyproject.toml"
    before = settings.read_text()
    settings.write_text(before.replace("#papers", "#elsewhere"))
    one.page.get_by_text("#elsewhere").first.wait_for()
    settings.write_text(before.replace("length_min = 90", "length_min = -1"))
    until(lambda: "The settings stay as they were" in server.log)
    settings.write_text(before)
    one.page.get_by_text("#papers").first.wait_for()
    assert server.log.count("The settings stay as they were") == 1


def test_a_lost_network_keeps_what_was_typed(server: Server, device: Any) -> None:
    """The page says that it reconnects, and goes on by itself with the text still there."""
    one = device(PHONE)
    one.join(server.link("bo"), "Bo")
    open_tab(one.page, "My reading")
    one.page.get_by_label("Big idea").fill("Half a thought")
    one.context.set_offline(True)
    one.page.evaluate("solara.debug.dropConnection()")
    one.page.get_by_text("Reconnecting").wait_for()
    one.context.set_offline(False)
    one.page.locator("#sg-connection").wait_for(state="hidden")
    assert one.page.get_by_label("Big idea").input_value() == "Half a thought"
    open_tab(one.page, "Session")
    one.answer("No")


def test_a_restarted_server_brings_the_page_back(server: Server, device: Any) -> None:
    """After a kill too: by itself, with the saved answer and the draft."""
    one = device(DESKTOP)
    one.join(server.link("bo"), "Bo")
    one.answer("Yes, I’ll be there")
    open_tab(one.page, "My reading")
    one.page.get_by_label("Big idea").fill("A draft of mine")
    until(lambda: "A draft of mine" in server.drafts("bo").values())
    server.stop(signal.SIGKILL)
    one.page.get_by_text("Reconnecting").wait_for()
    server.start()
    one.page.locator("#sg-connection").wait_for(state="hidden")
    one.page.wait_for_function(
        "[...document.querySelectorAll('button')].some(b => b.textContent == 'Yes, I’ll be there' && b.ariaPressed == 'true')",
    )
    until(lambda: one.page.get_by_label("Big idea").input_value() == "A draft of mine")


def test_the_colours_follow_the_system(server: Server, device: Any) -> None:
    """Light or dark, on the plain pages and on the page itself."""
    grounds = []
    for scheme in ("light", "dark"):
        one = device(PHONE, color_scheme=scheme)
        one.page.goto(server.link("bo"))
        one.page.get_by_role("button", name="Continue as Bo").wait_for()
        plain = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
        one.page.get_by_role("button", name="Continue as Bo").click()
        one.page.get_by_text("Will you come?").first.wait_for()
        at_rest(one.page)
        ground = one.page.evaluate("getComputedStyle(document.querySelector('.v-application')).backgroundColor")
        grounds.append((plain, ground))
    assert all(light != dark for light, dark in zip(*grounds, strict=True))


def test_texts_look_as_they_are_written(server: Server, device: Any) -> None:
    """On a phone too: bold is bold, lists have bullets and numbers, and what is chosen has its tick."""
    book = Workbook(server.folder)
    session, item = book.schedule.next(book.clock()).id, "few-shot"
    for member, text in (("ada-lovelace", "A **bold** claim\n\n- one\n- two\n\n1. first"), ("bo", "Mine")):
        book.enter("summary", by=member, session=session, item=item, member=member, text=text)
    one = device(PHONE)
    one.join(server.link("bo"), "Bo")
    open_tab(one.page, "My reading")
    one.page.get_by_text("A bold claim").wait_for()
    look = lambda text, tag, name: one.page.locator(f"{tag}:has-text('{text}')").last.evaluate(  # noqa: E731
        f"element => getComputedStyle(element).{name}"
    )
    assert int(look("bold", "strong", "fontWeight")) > 600
    assert (look("one", "ul", "listStyleType"), look("first", "ol", "listStyleType")) == ("disc", "decimal")
    open_tab(one.page, "Session")
    row = lambda: one.page.get_by_role("button", name="No", exact=True).bounding_box()["y"]  # noqa: E731
    before = row()
    one.answer("Maybe")
    chosen = one.page.get_by_role("button", name="Maybe", exact=True)
    tick = chosen.evaluate("button => getComputedStyle(button, '::before').content")
    assert "✓" in tick
    assert row() == before
