"""What a page lives through: a lost network, a phone that sleeps, an idle hour, a restart, a shutdown in the middle of a save."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web_gate import make_workbook
from web_server import Server, free_port
from websockets.exceptions import ConnectionClosed

from studygroup.atomic import locked
from studygroup.workbook import Workbook


class Network:
    """The way between a browser and the server: it can go dead, as in a tunnel, so that neither end hears of it."""

    def __init__(self, behind: int) -> None:
        self.behind, self.port = behind, free_port()
        self.alive = threading.Event()
        self.alive.set()
        self._ended, self.delay_s = False, 0.0
        self._far: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
                far = socket.create_connection(("127.0.0.1", self.behind))
            except OSError:
                if self._ended:
                    return
                near.close()
                continue
            self._far.append(far)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError), one, other:
            data = b"-"
            while data:
                data = one.recv(65536)
                if not self.alive.is_set():
                    # What was sent into a dead network never arrives, and this end is not told.
                    self.alive.wait()
                    return
                time.sleep(self.delay_s)
                other.sendall(data)

    def die(self, server_notices: bool = False) -> None:
        """Pass nothing on any more; the server may be told, as it is when it hears nothing for a while."""
        self.alive.clear()
        for far in self._far if server_notices else []:
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._ended = True
        self.alive.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which forgets pages whose browser is gone after two seconds."""
    make_workbook(tmp_path / "book")
    hurry = "from studygroup.web import environment; environment._SETTINGS['SOLARA_KERNEL_CULL_TIMEOUT'] = '2s'"
    started = Server(tmp_path / "book", before=hurry).start()
    yield started
    started.close_pages()
    started.stop()


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
    yield page
    context.close()


def is_back(page: Any) -> None:
    """Wait until the page says nothing any more of its connection, and see that it works."""
    page.locator("#sg-connection").wait_for(state="hidden", timeout=45_000)
    page.get_by_role("button", name="Maybe", exact=True).click()
    page.get_by_text("✓ Saved").first.wait_for()


def until(holds: Any, wait_s: float = 10) -> None:
    end = time.monotonic() + wait_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("server_notices", [False, True], ids=["page kept", "page dropped"])
def test_a_dead_network_is_noticed_and_what_was_typed_in_it_comes_back(
    network: Network, phone: Any, server_notices: bool
) -> None:
    """Nobody tells the browser: it is noticed as soon as somebody types; also where the server drops the page meanwhile."""
    phone.get_by_label("Big idea").fill("Typed before")
    phone.wait_for_timeout(1500)
    network.die(server_notices)
    phone.get_by_label("Big idea").press("End")
    phone.get_by_label("Big idea").type(", and in the tunnel")
    phone.get_by_text("Reconnecting … What you typed stays here.").wait_for(timeout=15_000)
    phone.wait_for_timeout(3000)
    network.alive.set()
    is_back(phone)
    assert phone.evaluate("solara.debug.remountCount") == server_notices
    until(lambda: phone.get_by_label("Big idea").input_value() == "Typed before, and in the tunnel")
    # It is a draft on the server again: another device has it.
    phone.wait_for_timeout(1500)
    phone.reload()
    phone.get_by_text("Will you come?").first.wait_for()
    assert phone.get_by_label("Big idea").input_value() == "Typed before, and in the tunnel"


def drafts(server: Server) -> dict[str, str]:
    """Return what the server keeps of what Bo typed, by the name of the field and its work."""
    kept = [json.loads(path.read_text()) for path in server.folder.glob(".studygroup/drafts/bo/*.json")]
    return {one["name"]: one["text"] for one in kept}


def works(page: Any) -> Any:
    """Return the list of works beside the summary."""
    return page.locator(".sg-card", has_text="Your summary").locator("select")


@pytest.mark.parametrize("server_notices", [False, True], ids=["page kept", "page dropped"])
def test_text_typed_without_a_network_comes_back_under_its_own_work(
    server: Server, network: Network, phone: Any, server_notices: bool
) -> None:
    """Not under the work with which a new page begins, nor under one that was picked in the tunnel: the list goes back and says why."""
    idea, list_ = phone.get_by_label("Big idea"), works(phone)
    names = list_.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert len(names) > 2
    list_.select_option(names[1])
    idea.fill("Of the second")
    until(lambda: "Of the second" in drafts(server).values())
    [name] = drafts(server)
    network.die(server_notices)
    # At once, as somebody pastes it: nothing after it makes the field send it again.
    idea.fill("Of the second, from the tunnel")
    list_.select_option(names[2])
    phone.get_by_text("Reconnecting").wait_for(timeout=15_000)
    until(lambda: not idea.evaluate("field => field.readOnly"), 20)
    assert list_.input_value() == names[1]
    list_.select_option(names[2])
    phone.get_by_text("Nothing else was picked, so that what you typed stays where it belongs.").wait_for()
    phone.wait_for_timeout(4000)
    network.alive.set()
    is_back(phone)
    assert phone.evaluate("solara.debug.remountCount") == server_notices
    until(lambda: drafts(server) == {name: "Of the second, from the tunnel"})
    assert (list_.input_value(), idea.input_value()) == (names[1], "Of the second, from the tunnel")
    list_.select_option(names[2])
    until(lambda: idea.input_value() == "")
    list_.select_option(names[1])
    until(lambda: idea.input_value() == "Of the second, from the tunnel")
    assert drafts(server) == {name: "Of the second, from the tunnel"}


def test_a_button_pressed_right_after_the_last_letter_saves_it_too(server: Server, network: Network, phone: Any) -> None:
    """On a slow network a text waits for the answer to its first letters; the click waits with it."""
    network.delay_s = 0.3
    phone.get_by_label("Big idea").press_sequentially("Every letter counts", delay=20)
    phone.get_by_role("button", name="Save summary").click()
    phone.get_by_text("UTC: your summary").first.wait_for()
    summaries = [one.big_idea for one in Workbook(server.folder).records if one.type == "summary"]
    assert summaries == ["Every letter counts"]
    assert phone.get_by_label("Big idea").input_value() == "Every letter counts"


def test_a_browser_that_knows_that_it_is_offline_says_so(server: Server, phone: Any) -> None:
    """And goes on by itself."""
    phone.context.set_offline(True)
    phone.get_by_text("Reconnecting").wait_for()
    phone.get_by_label("Big idea").fill("Without a network")
    phone.wait_for_timeout(2000)
    phone.context.set_offline(False)
    is_back(phone)
    assert phone.get_by_label("Big idea").input_value() == "Without a network"


def test_an_idle_page_is_dropped_and_comes_back_with_its_state(network: Network, phone: Any) -> None:
    """A phone that sleeps: its page is forgotten by the server, and made anew when it wakes."""
    phone.get_by_label("Big idea").fill("Before sleeping")
    phone.get_by_role("button", name="Yes, I come", exact=True).click()
    phone.get_by_text("✓ Saved").first.wait_for()
    phone.wait_for_timeout(1000)
    network.die(server_notices=True)
    phone.wait_for_timeout(4000)
    network.alive.set()
    # What a browser says when its window is looked at again.
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.wait_for_function("solara.debug.remountCount === 1")
    is_back(phone)
    assert phone.get_by_label("Big idea").input_value() == "Before sleeping"


def test_a_page_that_cannot_go_on_is_loaded_again(server: Server, phone: Any) -> None:
    """Solara gives a page up by shutting its kernel down; what was typed is there afterwards."""
    phone.get_by_label("Big idea").fill("Not lost")
    phone.evaluate("window.before = true; solara.debug.kernel().shutdown(); null")
    phone.wait_for_function("!window.before")
    phone.get_by_text("Will you come?").first.wait_for()
    until(lambda: phone.get_by_label("Big idea").input_value() == "Not lost")
    is_back(phone)


def test_a_shutdown_finishes_the_save_under_way(server: Server) -> None:
    """SIGTERM while a record waits for its file: it is written before the process ends."""
    page = server.page(server.cookie("bo"))
    page.save()
    [path] = server.folder.glob("sessions/*/records/bo.jsonl")
    answer = page.find(description="Will you come?")
    with locked(path):
        page.comm(answer, {"method": "update", "state": {"index": 2}, "buffer_paths": []})
        time.sleep(0.5)
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert server.process.poll() is None, "it waits for the save"
    assert server.process.wait(15) == -signal.SIGTERM
    assert [record.answer for record in Workbook(server.folder).records if record.type == "rsvp"][-1] == "no"
    server.start()


def test_tries_to_join_are_counted(server: Server) -> None:
    """Sixty in a row from one address, then one a second; the page says to wait."""
    origin = {"origin": server.url}
    answers = [httpx.post(f"{server.url}/join", data={"token": "x"}, headers=origin) for _ in range(70)]
    counted = [answer.status_code for answer in answers]
    assert counted[:60] == [410] * 60
    assert 429 in counted
    late = answers[counted.index(429)]
    assert late.headers["retry-after"] == "60" and "Please wait a minute" in late.text


def test_a_text_that_is_too_long_is_told_and_stays(server: Server) -> None:
    """A record has at most 64 KiB; nothing is saved, and the text is still in its field."""
    page = server.page(server.cookie("bo"))
    field = page.find(description="More")
    long = "word " * 20_000
    page.set(field, value=long)
    page.click("Save summary")
    assert "⚠ This summary takes 100,174 bytes; at most 65,536 are allowed." in page.shown()
    assert page.widgets[field]["value"] == long
    assert [record.type for record in Workbook(server.folder).records if record.by == "bo"] == []


def test_a_hundred_pages_of_one_member_at_once(server: Server) -> None:
    """Four are let in, as the setting says; the others are refused, nobody else is kept out, and memory comes back."""
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
