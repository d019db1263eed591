"""No page sees another: whatever a browser sends, it gets back only data of its own page, on its own connection."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from studygroup.journal.types.records import Summary
from studygroup.workbook.workbook import Workbook
from tests.support.at_rest import open_tab
from tests.support.groups import served_group
from tests.support.needs import until
from tests.support.web_network import Network
from tests.support.web_server import Page, Server

STATES, RACES = "jupyter.widget.control", 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_group(tmp_path_factory.mktemp("own-page") / "book") as started:
        yield started


@pytest.fixture(autouse=True)
def no_page_stays_open(server: Server) -> Iterator[None]:
    yield
    server.close_pages()


def open_page(server: Server, member: str, secret: str) -> Page:
    """Open a member's page and type a text on it that is not saved."""
    page = server.page(server.cookie(member))
    page.open_tab("My reading")
    page.set(page.find(description="Big idea"), value=secret)
    page.seen.clear()
    return page


@pytest.fixture
def ada(server: Server) -> Page:
    return open_page(server, "ada-lovelace", "Ada's unsaved thought")


@pytest.fixture
def bo(server: Server) -> Page:
    return open_page(server, "bo", "Bo's unsaved thought")


def forms_of(page: Page) -> set[str]:
    """Return the ids of what a page shows, without layouts, of which some only exist in the browser."""
    return {widget for widget, held in page.widgets.items() if held.get("_model_name") != "LayoutModel"}


def open_states(page: Page, comm: str = "") -> str:
    """Open a comm to ask for all states on, as a browser does when it resumes."""
    comm = comm or uuid.uuid4().hex
    content = {"comm_id": comm, "target_name": STATES, "data": {}}
    page.idle(page.send("comm_open", content, metadata={"version": "1.0.0"}))
    return comm


def ask(page: Page, comm: str) -> dict[str, Any]:
    """Ask for all states, and return the one answer."""
    message = page.comm(comm, {"method": "request_states"})
    count = len(page.seen)
    page.idle(message)
    answers = [one for one in page.seen[count:] if one["content"].get("data", {}).get("method") == "update_states"]
    assert [one["content"]["comm_id"] for one in answers] == [comm]
    assert answers[0]["parent_header"]["msg_id"] == message
    states: dict[str, Any] = answers[0]["content"]["data"]["states"]
    return states


def rest(page: Page) -> None:
    """Read whatever else has arrived: a question that the server answers after everything before it."""
    page.idle(page.send("kernel_info_request", {}))


def said_to(page: Page) -> str:
    rest(page)
    return json.dumps(page.seen)


def sees_nothing_of(page: Page, *others: Page, secret: str) -> None:
    said = said_to(page)
    assert secret not in said
    for other in others:
        assert [widget for widget in other.widgets if widget in said] == []
        assert other.kernel not in said


def works(page: Page) -> bool:
    page.save()
    return "Saved" in page.shown()


def test_who_asks_for_all_states_gets_those_of_their_own_page(ada: Page, bo: Page) -> None:
    """Ada opens a comm, Bo opens one later and asks on it; what Ada then asks for goes to her, on hers, and is about her page."""
    hers = open_states(ada)
    his = open_states(bo)
    for page, comm, other in ((bo, his, ada), (ada, hers, bo), (bo, his, ada), (ada, hers, bo)):
        states = ask(page, comm)
        assert forms_of(page) <= set(states)
        assert not set(other.widgets) & set(states)
    sees_nothing_of(bo, ada, secret="Ada's unsaved")
    sees_nothing_of(ada, bo, secret="Bo's unsaved")
    assert "Ada's unsaved thought" in said_to(ada) and "Bo's unsaved thought" in said_to(bo)


def test_the_answer_has_all_that_a_page_needs_to_resume(ada: Page) -> None:
    """Every widget of the page with its whole state, as ipywidgets' own protocol has it."""
    states = ask(ada, open_states(ada))
    field = states[ada.find(description="Big idea")]
    assert set(field) == {"model_name", "model_module", "model_module_version", "state"}
    assert field["model_name"].startswith("Text") and field["state"]["value"] == "Ada's unsaved thought"
    for widget, state in states.items():
        shown = {name: value for name, value in ada.widgets[widget].items() if name != "layout"}
        assert {name: state["state"][name] for name in shown} == shown


def test_two_pages_that_ask_at_the_same_time_each_get_their_own(ada: Page, bo: Page) -> None:
    """A hundred times, with comms that are opened, used and closed anew each time."""
    start = threading.Barrier(2)
    wrong: list[Any] = []

    def race(page: Page, other: Page) -> None:
        try:
            for _ in range(RACES):
                start.wait(30)
                comm = open_states(page)
                states = ask(page, comm)
                if not forms_of(page) <= set(states) or set(other.widgets) & set(states):
                    wrong.append(sorted(states))
                page.idle(page.send("comm_close", {"comm_id": comm, "data": {}}))
        except Exception as error:
            wrong.append(error)
            start.abort()

    threads = [threading.Thread(target=race, args=pair) for pair in ((ada, bo), (bo, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    sees_nothing_of(bo, ada, secret="Ada's unsaved")
    sees_nothing_of(ada, bo, secret="Bo's unsaved")


def test_two_pages_of_one_member_are_two_pages(server: Server, ada: Page) -> None:
    """On the same device and on another one: each is answered about itself."""
    cookie = server.cookie("bo")
    pages = [server.page(cookie), server.page(cookie), server.page(server.cookie("bo"))]
    comms = [open_states(page) for page in pages]
    for page, comm in list(zip(pages, comms, strict=True)) * 2:
        states = ask(page, comm)
        assert forms_of(page) <= set(states)
        assert not any(set(other.widgets) & set(states) for other in [*pages, ada] if other is not page)
    assert all(works(page) for page in pages)


# Everything else that names something of another page's


def about_widgets(ada: Page, hers: str) -> list[tuple[str, dict[str, Any]]]:
    """Return messages that name Ada's widgets, her comms or her kernel."""
    field, box = ada.find(description="Big idea"), next(name for name, held in ada.widgets.items() if held.get("children"))
    data: list[dict[str, Any]] = [
        {"method": "request_state"},
        {"method": "request_states"},
        {"method": "app-status"},
        {"method": "update", "state": {"value": "Bo was here", "children": []}, "buffer_paths": []},
        {"method": "custom", "content": {"event": "click"}},
    ]
    messages: list[tuple[str, dict[str, Any]]] = []
    for comm in (field, box, hers):
        messages += [("comm_msg", {"comm_id": comm, "data": one}) for one in data]
        messages += [
            ("comm_open", {"comm_id": comm, "target_name": target, "data": {}}) for target in (STATES, "jupyter.widget")
        ]
        messages += [("comm_msg", {"comm_id": comm, "data": one}) for one in data]
        messages += [("comm_close", {"comm_id": comm, "data": {}})]
    messages += [("comm_info_request", {"target_name": target}) for target in (STATES, "jupyter.widget", "solara.control")]
    return [*messages, ("comm_info_request", {}), ("kernel_info_request", {"kernel": ada.kernel, "session": ada.page})]


def test_ids_of_another_page_lead_nowhere(ada: Page, bo: Page) -> None:
    """Messages on, openings of and closings of its comms: nothing is answered about it, and nothing there changes."""
    hers, before = open_states(ada), dict(ada.widgets)
    ada.seen.clear()
    for kind, content in about_widgets(ada, hers):
        for names in ({}, {"session": ada.page}, {"session": ada.kernel}):
            header = {
                "msg_id": uuid.uuid4().hex,
                "msg_type": kind,
                "username": "ada-lovelace",
                "version": "5.3",
                "session": bo.page,
            }
            bo.send(kind, content, header=header | names)
    rest(bo)
    answers = [one for one in bo.seen if one["header"]["msg_type"] not in {"status", "kernel_info_reply"}]
    # The ids that he made up are his own now; the states of comms that he opened are those of his own widgets.
    for one in answers:
        if one["content"].get("data", {}).get("method") == "update_states":
            assert not set(ada.widgets) & set(one["content"]["data"]["states"])
            assert "Ada's unsaved" not in json.dumps(one)
    assert "Ada's unsaved" not in said_to(bo)
    rest(ada)
    assert [one["header"]["msg_type"] for one in ada.seen if one["header"]["msg_type"].startswith("comm")] == []
    assert ada.widgets == before
    assert forms_of(ada) <= set(ask(ada, hers))
    assert works(ada) and works(bo)


def test_a_widget_of_another_page_cannot_be_taken_into_ones_own(ada: Page, bo: Page) -> None:
    """As a child, a layout or a style of one's own: nothing about it is told."""
    theirs = [f"IPY_MODEL_{widget}" for widget in ada.widgets]
    box = next(name for name, held in bo.widgets.items() if len(held.get("children", [])) > 1)
    field = bo.find(description="Big idea")
    for comm, state in (
        (box, {"children": theirs}),
        (box, {"children": [theirs[0]], "layout": theirs[1]}),
        (field, {"layout": theirs[0], "style": theirs[-1]}),
        (field, {"value": theirs[0]}),
    ):
        bo.idle(bo.comm(comm, {"method": "update", "state": state, "buffer_paths": []}))
        bo.idle(bo.comm(comm, {"method": "request_state"}))
    states = ask(bo, open_states(bo))
    assert not set(states) & set(ada.widgets)
    assert "Ada's unsaved" not in json.dumps(bo.seen)
    assert works(ada)


def test_what_a_page_leaves_behind_is_told_to_no_other(server: Server, ada: Page) -> None:
    """Comms that a page opened and did not close, when it goes away: no other page hears of them."""
    names = []
    for _ in range(3):
        page = server.page(server.cookie("bo"))
        names += [open_states(page) for _ in range(20)]
        names += list(page.widgets)
        server.get(f"/_solara/api/close/{page.kernel}?session_id={page.page}", page.cookie, "POST")
        page.close()
    for _ in range(5):
        ada.save()
    said = said_to(ada)
    assert [name for name in names if name in said] == []


def test_a_kernel_of_another_page_is_not_given_out(server: Server, ada: Page) -> None:
    """Nor can it be closed: to connect to it or to close it needs the device that it belongs to."""
    cookie = server.cookie("bo")
    thief = server.page(cookie, kernel=ada.kernel, run=False)
    for act in (lambda: open_states(thief), thief.run, lambda: rest(thief)):
        with pytest.raises((ConnectionClosed, TimeoutError, json.JSONDecodeError)):
            act()
    assert not set(thief.widgets) and "unsaved" not in json.dumps(thief.seen)
    for page in (ada.page, thief.page):
        assert server.get(f"/_solara/api/close/{ada.kernel}?session_id={page}", cookie, "POST").status_code == 204
    assert works(ada)
    assert forms_of(ada) <= set(ask(ada, open_states(ada)))


@pytest.mark.parametrize(
    "themes",
    [
        {"light": {"primary": "#bada55"}},
        {"dark": {"colors": {"primary": "#bada55"}}},
        {"light": {"keys": ["comm", "_trait_values"]}},
    ],
)
def test_what_a_page_says_of_its_colours_stays_there(server: Server, ada: Page, themes: dict[str, Any]) -> None:
    """Solara lets a browser name the colours of its page."""
    page = server.page(server.cookie("bo"), run=False)
    control = uuid.uuid4().hex
    page.send("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
    page.idle(page.comm(control, {"method": "run", "args": {"path": "/", "dark": True, "themes": themes}}))
    other = server.page(server.cookie("zoe-obrien-li"))
    assert "bada55" not in json.dumps(ask(ada, open_states(ada))) + json.dumps(other.seen)
    assert works(ada) and works(other)


# Real browsers

MEMBERS = 9
ANSWERS = ("Yes, I’ll be there", "Maybe", "No")


class Browser:
    """A member's browser: the page, what is typed on it, and what became of its sockets."""

    def __init__(self, chromium: Any, network: Network, number: int, token: str) -> None:
        self.name, self.answer = f"Member {number}", ANSWERS[number % 3]
        self.before, self.after = f"Member {number} typed this before", f"Member {number} typed this without a network"
        self.context = chromium.new_context()
        self.page = self.context.new_page()
        self.opened, self.closed = 0, 0
        self.page.on("websocket", self._count)
        self.page.goto(f"{network.url}/join#{token}")
        self.page.get_by_role("button", name=f"Continue as {self.name}").click()
        self.page.get_by_text("Will you come?").first.wait_for()

    def _count(self, opened: Any) -> None:
        self.opened += 1
        opened.on("close", lambda closed: self._count_closed())

    def _count_closed(self) -> None:
        self.closed += 1

    @property
    def idea(self) -> Any:
        return self.page.get_by_label("Big idea")

    def use(self) -> None:
        self.page.get_by_role("button", name=self.answer, exact=True).click()
        self.page.get_by_text("✓ Saved").first.wait_for()
        open_tab(self.page, "My reading")
        self.idea.fill(self.before)

    def shows_its_own(self, text: str) -> bool:
        chosen = self.page.locator(".sg-choice .jupyter-button.mod-active").first.inner_text()
        return (self.idea.input_value(), chosen) == (text, self.answer) and f"You are {self.name}." in self.page.inner_text(
            "body"
        )


def kept(server: Server) -> list[list[str]]:
    """Return the drafts that the server keeps of each of the nine."""
    return [list(server.drafts(f"member-{number}").values()) for number in range(MEMBERS)]


def big_ideas(server: Server) -> dict[str, str]:
    """Return the big idea of the summary that each member saved."""
    return {record.by: record.big_idea for record in Workbook(server.folder).records if isinstance(record, Summary)}


def add_nine(root: Path) -> None:
    book = Workbook(root)
    for number in range(MEMBERS):
        book.add_person(f"Member {number}", by="ada-lovelace")


@pytest.fixture
def network(tmp_path: Path) -> Iterator[tuple[Server, Network]]:
    """A group of nine behind a relay."""
    with served_group(tmp_path / "book", add_nine) as server:
        made = Network(server.port)
        yield server, made
        made.close()


def test_nine_pages_that_lose_the_network_resume_at_once_each_with_its_own(
    browser: Any, network: tuple[Server, Network]
) -> None:
    """Each shows its own member's name, answer and texts, also those typed meanwhile, and its new socket stays open."""
    server, relay = network
    browsers = [Browser(browser, relay, number, server.token(f"member-{number}")) for number in range(MEMBERS)]
    for one in browsers:
        one.use()
    until(lambda: kept(server) == [[one.before] for one in browsers])
    relay.cut()
    for one in browsers:
        one.page.get_by_text("Reconnecting").wait_for()
        one.idea.fill(one.after)
    relay.mend()
    for one in browsers:
        one.page.locator("#sg-connection").wait_for(state="hidden")
    for one in browsers:
        until(lambda one=one: one.shows_its_own(one.after))  # type: ignore[misc]
        assert one.page.evaluate("solara.debug.remountCount") == 0, "its page was kept"
    # A page that hears nothing for four seconds takes another socket by itself, as one of nine does on a very busy machine.
    took = [one.page.evaluate("solara.debug.reconnectCount") for one in browsers]
    assert took.count(1) >= 7, f"new sockets were dropped: {took}"
    until(lambda: kept(server) == [[one.after] for one in browsers])
    for one in browsers:
        one.page.get_by_role("button", name="Save summary").click()
        one.page.get_by_text("your summary").first.wait_for()
        until(lambda one=one: one.page.evaluate("true") and one.opened - one.closed == 1)  # type: ignore[misc]
    until(lambda: big_ideas(server) == {f"member-{number}": one.after for number, one in enumerate(browsers)})
    for one in browsers:
        one.context.close()
