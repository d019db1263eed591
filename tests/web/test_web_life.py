"""What a page lives through: a lost network, a phone that sleeps, an idle hour, a restart, a shutdown in the middle of a save."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from studygroup.storage.atomic import locked
from studygroup.workbook.workbook import Workbook
from tests.support.at_rest import at_rest, open_tab
from tests.support.groups import served_group
from tests.support.needs import PATIENCE_S, until
from tests.support.web_network import Network
from tests.support.web_server import Server

# Pages whose browser is gone are dropped after two seconds, and the log says it of each: Solara's own word, which no one reads otherwise.
HURRY = """
import logging, os, sys
from studygroup.web.page import serve
usual = serve.set_environment
def hurried(*given):
    usual(*given)
    os.environ["SOLARA_KERNEL_CULL_TIMEOUT"] = "2s"
serve.set_environment = hurried
def say(record):
    if str(record.msg).startswith("Shut down virtual kernel"):
        print("Dropped", *record.args, file=sys.stderr, flush=True)
    return record.levelno >= logging.WARNING
logging.getLogger("solara.server.app").setLevel(logging.INFO)
logging.getLogger("solara.server.app").addFilter(say)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which forgets pages whose browser is gone after two seconds."""
    with served_group(tmp_path / "book", before=HURRY) as started:
        yield started


@pytest.fixture
def network(server: Server) -> Iterator[Network]:
    made = Network(server.port)
    yield made
    made.close()


@pytest.fixture
def phone(browser: Any, server: Server, network: Network) -> Iterator[Any]:
    """Bo's phone with the page open."""
    context = browser.new_context(viewport={"width": 375, "height": 740})
    page = context.new_page()
    page.goto(f"{network.url}/join#{server.token('bo')}")
    page.get_by_role("button", name="Continue as Bo").click()
    page.get_by_text("Will you come?").first.wait_for()
    open_tab(page, "My reading")
    yield page
    context.close()


def is_back(page: Any) -> None:
    """Wait until the page no longer says anything of its connection, and see that it works."""
    page.locator("#sg-connection").wait_for(state="hidden")
    open_tab(page, "Session")
    page.get_by_role("button", name="Maybe", exact=True).click()
    page.get_by_text("✓ Saved").first.wait_for()
    open_tab(page, "My reading")


def type_idea(server: Server, page: Any, text: str) -> None:
    """Type Bo's big idea, and wait until the server keeps it as a draft and its answer has come."""
    page.get_by_label("Big idea").fill(text)
    until(lambda: text in server.drafts("bo").values(), told=lambda: server.drafts("bo"))
    at_rest(page)


def is_dropped(server: Server, page: Any) -> None:
    """Wait until the server has dropped what it had of the page."""
    kernel = page.evaluate("solara.debug.kernel().id")
    until(lambda: f"Dropped {kernel}" in server.log, told=lambda: server.log)


def give_up(server: Server, page: Any, server_notices: bool) -> None:
    """Wait until the page has given its dead socket up, and the server the page, where it noticed."""
    page.wait_for_function("solara.debug.kernel().connectionStatus !== 'connected'")
    if server_notices:
        is_dropped(server, page)


@pytest.mark.parametrize("server_notices", [False, True], ids=["page kept", "page dropped"])
def test_a_dead_network_is_noticed_and_what_was_typed_in_it_comes_back(
    server: Server, network: Network, phone: Any, server_notices: bool
) -> None:
    """No one tells the browser: it is noticed as soon as someone types; also where the server drops the page meanwhile."""
    type_idea(server, phone, "Typed before")
    network.die(server_notices)
    phone.get_by_label("Big idea").press("End")
    phone.get_by_label("Big idea").type(", and in the tunnel")
    phone.get_by_text("Offline – reconnecting. What you typed is kept.").wait_for()
    give_up(server, phone, server_notices)
    network.alive.set()
    is_back(phone)
    assert phone.evaluate("solara.debug.remountCount") == server_notices
    until(lambda: phone.get_by_label("Big idea").input_value() == "Typed before, and in the tunnel")
    # It is a draft on the server again: another device has it.
    until(lambda: list(server.drafts("bo").values()) == ["Typed before, and in the tunnel"])
    phone.reload()
    phone.get_by_text("Big idea").first.wait_for()
    until(lambda: phone.get_by_label("Big idea").input_value() == "Typed before, and in the tunnel")


def works(page: Any) -> Any:
    """Return the list of works beside the summary."""
    return page.locator(".sg-card", has_text="My summary").locator("select")


@pytest.mark.parametrize("server_notices", [False, True], ids=["page kept", "page dropped"])
def test_text_typed_without_a_network_comes_back_under_its_own_work(
    server: Server, network: Network, phone: Any, server_notices: bool
) -> None:
    """Not under the work with which a new page begins, nor under one that was picked in the tunnel: the list goes back and says why."""
    idea, list_ = phone.get_by_label("Big idea"), works(phone)
    names = list_.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert len(names) > 2
    list_.select_option(names[1])
    type_idea(server, phone, "Of the second")
    [name] = server.drafts("bo")
    network.die(server_notices)
    # At once, as someone pastes it: nothing after it makes the field send it again.
    idea.fill("Of the second, from the tunnel")
    list_.select_option(names[2])
    phone.get_by_text("Reconnecting").wait_for()
    until(lambda: not idea.evaluate("field => field.readOnly"))
    assert list_.input_value() == names[1]
    list_.select_option(names[2])
    phone.get_by_text("Nothing else was picked, so that what you typed stays where it belongs.").wait_for()
    give_up(server, phone, server_notices)
    network.alive.set()
    is_back(phone)
    assert phone.evaluate("solara.debug.remountCount") == server_notices
    until(lambda: server.drafts("bo") == {name: "Of the second, from the tunnel"})
    assert (list_.input_value(), idea.input_value()) == (names[1], "Of the second, from the tunnel")
    list_.select_option(names[2])
    until(lambda: idea.input_value() == "")
    list_.select_option(names[1])
    until(lambda: idea.input_value() == "Of the second, from the tunnel")
    assert server.drafts("bo") == {name: "Of the second, from the tunnel"}


def test_a_button_pressed_right_after_the_last_letter_saves_it_too(server: Server, network: Network, phone: Any) -> None:
    """On a slow network a text waits for the answer to its first letters; the click waits with it."""
    at_rest(phone)
    network.delay_s = 0.1
    phone.get_by_label("Big idea").press_sequentially("Every letter counts", delay=20)
    phone.get_by_role("button", name="Save summary").click()
    phone.get_by_text(": your summary").first.wait_for()
    summaries = [one.big_idea for one in Workbook(server.folder).records if one.type == "summary"]
    assert summaries == ["Every letter counts"]
    assert phone.get_by_label("Big idea").input_value() == "Every letter counts"


def test_a_browser_that_knows_that_it_is_offline_says_so(server: Server, phone: Any) -> None:
    """And goes on by itself."""
    phone.context.set_offline(True)
    phone.get_by_text("Reconnecting").wait_for()
    phone.get_by_label("Big idea").fill("Without a network")
    phone.context.set_offline(False)
    is_back(phone)
    until(lambda: "Without a network" in server.drafts("bo").values())
    assert phone.get_by_label("Big idea").input_value() == "Without a network"


def test_an_idle_page_is_dropped_and_comes_back_with_its_state(server: Server, network: Network, phone: Any) -> None:
    """A phone that sleeps: its page is forgotten by the server, and made anew when it wakes."""
    type_idea(server, phone, "Before sleeping")
    open_tab(phone, "Session")
    phone.get_by_role("button", name="Yes, I’ll be there", exact=True).click()
    phone.get_by_text("✓ Saved").first.wait_for()
    network.die(server_notices=True)
    is_dropped(server, phone)
    network.alive.set()
    # What a browser says when its window is looked at again.
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_function("solara.debug.remountCount === 1")
    is_back(phone)
    assert phone.get_by_label("Big idea").input_value() == "Before sleeping"


# Presses a tab as soon as its forms are there, as a quick finger may while a page is still being made.
QUICK = """
new MutationObserver(function () {
  const tab = [...document.querySelectorAll(".sg-tabs .lm-TabBar-tab")].find((one) => one.textContent === "My reading");
  if (!tab || !document.querySelector(".sg-my-reading")) return;
  this.disconnect?.();
  for (const kind of ["pointerdown", "pointerup"]) {
    tab.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, button: 0, ...at(tab) }));
  }
  window.pressed = true;
}).observe(document, { subtree: true, childList: true });
const at = (one) => ({ clientX: one.getBoundingClientRect().x + 5, clientY: one.getBoundingClientRect().y + 5 });
"""


def test_tabs_that_were_open_come_back_and_a_press_decides_which_shows(server: Server, network: Network, phone: Any) -> None:
    """After a reload both tabs have their forms and the last one shows; a tab that is pressed meanwhile stays."""
    open_tab(phone, "Session")
    network.delay_s = 0.2
    phone.reload()
    phone.locator(".sg-my-reading").wait_for(state="attached")
    assert phone.get_by_label("Big idea").is_hidden() and phone.locator(".sg-session").is_visible()
    phone.add_init_script(QUICK)
    phone.reload()
    phone.wait_for_function("window.pressed")
    network.delay_s = 0
    at_rest(phone)
    phone.get_by_label("Big idea").wait_for()
    assert phone.evaluate("JSON.parse(sessionStorage.getItem('sg-tabs')).at(-1)") == 1


def test_a_tab_opened_in_a_dead_network_has_its_forms_afterwards(server: Server, network: Network, phone: Any) -> None:
    """The server, which missed the press, is told again."""
    phone.evaluate("sessionStorage.clear()")
    phone.reload()
    phone.get_by_text("Will you come?").first.wait_for()
    at_rest(phone)
    network.die()
    phone.get_by_role("tab", name="My reading", exact=True).click()
    phone.get_by_text("Reconnecting").wait_for()
    give_up(server, phone, server_notices=False)
    network.alive.set()
    phone.get_by_label("Big idea").wait_for()


def test_the_tabs_are_reached_and_opened_with_the_keyboard(phone: Any) -> None:
    """The tab that shows is one stop of the Tab key; the arrow keys, Home and End open the others, and the focus stays on them."""
    at_rest(phone)
    phone.locator("body").click(position={"x": 1, "y": 1})
    role = "document.activeElement.getAttribute('role')"
    for _ in range(6):
        if phone.evaluate(role) == "tab":
            break
        phone.keyboard.press("Tab")
    for key, title in (("ArrowRight", "Syllabus"), ("ArrowRight", "Session"), ("End", "Syllabus"), ("ArrowLeft", "My reading")):
        phone.keyboard.press(key)
        phone.locator(f".sg-cards.sg-{title.lower().replace(' ', '-')}").wait_for()
        assert phone.evaluate("document.activeElement.textContent") == title


def test_a_page_that_cannot_go_on_is_loaded_again(server: Server, phone: Any) -> None:
    """Solara gives a page up by shutting its kernel down; what was typed is there afterwards."""
    phone.get_by_label("Big idea").fill("Not lost")
    phone.evaluate("window.before = true; solara.debug.kernel().shutdown(); null")
    phone.wait_for_function("!window.before")
    phone.get_by_text("Big idea").first.wait_for()
    until(lambda: phone.get_by_label("Big idea").input_value() == "Not lost")
    is_back(phone)


def open_files(server: Server) -> list[Path]:
    """Return what the server has open at this moment."""
    found = []
    assert server.process is not None
    for handle in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append(handle.readlink())
    return found


def test_a_shutdown_finishes_the_save_under_way(server: Server) -> None:
    """SIGTERM while a record waits for its file: it is written before the process ends, where a server with nothing to save is gone."""
    page = server.page(server.cookie("bo"))
    page.save()
    [path] = server.folder.glob("sessions/*/records/bo.jsonl")
    answer = page.find(description="Will you come?")
    assert server.process is not None
    with Server(server.folder) as idle:
        idle.page(idle.cookie("bo"))
        with locked(path, server.folder):
            page.comm(answer, {"method": "update", "state": {"index": 2}, "buffer_paths": []})
            until(lambda: path.with_name(f".{path.name}.lock") in open_files(server))
            server.process.send_signal(signal.SIGTERM)
            assert page.closing_code() == 1012
            assert idle.stop() == -signal.SIGTERM
            assert server.process.poll() is None, "it waits for the save"
    assert server.process.wait(PATIENCE_S) == -signal.SIGTERM
    assert [record.answer for record in Workbook(server.folder).records if record.type == "rsvp"][-1] == "no"


def test_tries_to_join_are_counted(server: Server) -> None:
    """Sixty in a row from one address, then one a second; the page says to wait."""
    answers: list[httpx.Response] = []
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as visitor:
        # A slow machine earns more tries while it tries: the count goes on until one is refused.
        while len(answers) < 500 and (not answers or answers[-1].status_code != 429):
            answers.append(visitor.post("/join", data={"token": "x"}))
    *accepted, late = answers
    assert len(accepted) >= 60 and {answer.status_code for answer in accepted} == {410} and late.status_code == 429
    assert late.headers["retry-after"] == "60" and "Please wait a minute" in late.text


def test_a_text_that_is_too_long_is_told_and_stays(server: Server) -> None:
    """A record has at most 64 KiB; nothing is saved, and the text is still in its field."""
    page = server.page(server.cookie("bo"))
    page.open_tab("My reading")
    field = page.find(description="Notes")
    long = "word " * 20_000
    page.set(field, value=long)
    page.click("Save summary")
    assert "⚠ This summary takes 100,174 bytes; at most 65,536 are allowed." in page.shown()
    assert page.widgets[field]["value"] == long
    assert [record.type for record in Workbook(server.folder).records if record.by == "bo"] == []


def test_a_page_says_where_a_newer_program_wrote_something(server: Server) -> None:
    """A member cannot update the server, but can tell a facilitator; their forms are there all the same."""
    newer = (
        b'{"v":9,"type":"note","id":"01a2275c-0db9-71d2-b304-5df60b8a2ae1",'
        b'"at":"2026-11-20T12:00:00.000Z","by":"zoe-obrien-li","session":"2026-11-20"}\n'
    )
    records = server.folder / "sessions" / "2026-11-20" / "records"
    records.mkdir(parents=True)
    (records / "zoe-obrien-li.jsonl").write_bytes(newer)
    page = server.page(server.cookie("bo"))
    assert "it needs a newer studygroup. Please tell your facilitator." in page.shown()
    page.save()
    assert "Saved" in page.shown()


def test_a_hundred_pages_of_one_member_at_once(server: Server) -> None:
    """Four are let in, as the setting says; the others are refused, no one else is kept out, and memory comes back."""
    cookie = server.cookie("bo")
    server.page(cookie).close()
    before = server.memory_mb()
    got: list[bool] = []

    def open_one() -> None:
        try:
            server.page(cookie, run=False)
            got.append(True)
        except Exception:
            got.append(False)

    threads = [threading.Thread(target=open_one) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(got), len(got)) == (4, 100)
    other = server.page(server.cookie("zoe-obrien-li"))
    other.save()
    assert "Saved" in other.shown()
    server.close_pages()
    until(lambda: server.get("/here", cookie).status_code == 204)
    assert server.memory_mb() <= before * 1.10 + 5


def test_memory_comes_back_after_hostile_messages(server: Server) -> None:
    """Ten times 10 MB, JSON 200,000 deep, frames that name two billion bytes, clients that go away in the middle."""
    cookie = server.cookie("bo")
    server.page(cookie).close()
    before = server.memory_mb()
    hostile = ["x" * 10_000_000, "[" * 200_000, b"\x7f\xff\xff\xff", '{"header":' * 20_000]
    for frame in hostile * 5:
        page = server.page(cookie, run=False)
        with suppress(ConnectionClosed):
            page.socket.send(frame)
        page.closing_code()
        page.close()
        until(lambda: server.get("/here", cookie).status_code == 204)
    for _ in range(50):
        half = socket.create_connection(("127.0.0.1", server.port))
        half.sendall(f"POST /join HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Length: 2000\r\n\r\nx".encode())
        half.close()
    page = server.page(cookie)
    page.save()
    assert "Saved" in page.shown()
    assert server.memory_mb() <= before * 1.10 + 5
