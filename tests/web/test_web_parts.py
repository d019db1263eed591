"""The parts of the gate by themselves: frames, addresses, allowances, what is logged, and who is let in."""

from __future__ import annotations

import json
import logging
import threading
import time
import tracemalloc
import uuid
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.errors import RecordError
from studygroup.journal.types.records import Rsvp
from studygroup.web.gate.frames import LONGEST, Frames, RefusedFrameError
from studygroup.web.hosts import Hosts, place_of
from studygroup.web.limits import Allowance
from studygroup.web.page import faults, served_workbook
from studygroup.web.page.served_workbook import AT_ONCE, LOOK_EVERY_S, ServedWorkbook
from studygroup.web.visitors.roster import MemberNames
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.needs import until


def message(kind: str = "comm_msg", content: Any = None, **more: Any) -> dict[str, Any]:
    content = {"comm_id": "a" * 32, "data": {"method": "update", "state": {}}} if content is None else content
    header = {"msg_id": "1", "msg_type": kind}
    parts = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell", "buffers": []}
    return parts | more


def passes(said: Any) -> bool | int:
    """Return whether a frame passes, or the closing code."""
    try:
        return Frames().checked({"text": said if isinstance(said, str) else json.dumps(said)})
    except RefusedFrameError as refused:
        return refused.code


def comm(method: str, **data: Any) -> dict[str, Any]:
    return message(content={"comm_id": "a" * 32, "data": {"method": method, **data}})


@pytest.mark.parametrize(
    "said",
    [
        message("kernel_info_request", {}),
        message("comm_info_request", {}),
        message("comm_open", {"comm_id": "1", "target_name": "solara.control"}),
        message("comm_open", {"comm_id": "1", "target_name": "jupyter.widget.control"}),
        message("comm_close", {"comm_id": "1"}),
        comm("update", state={"value": "x" * 100_000}),
        comm("custom", content={"event": "click"}),
        comm("request_states"),
        comm("app-status"),
        comm("run", args={"path": "/", "dark": True, "themes": {}}),
    ],
)
def test_what_widgets_need_passes(said: Any) -> None:
    """Every kind of message that the page's own script sends."""
    assert passes(said) is True


@pytest.mark.parametrize(
    "said",
    [
        message("execute_request", {"code": "1"}),
        message("complete_request", {}),
        message("history_request", {}),
        message("debug_request", {}, channel="control"),
        message("shutdown_request", {}, channel="control"),
        message("comm_open", {"comm_id": "1", "target_name": "jupyter.widget"}),
        message("comm_open", {"comm_id": "1", "target_name": "other"}),
        message("comm_open", {"comm_id": "1" * 101, "target_name": "solara.control"}),
        message("comm_msg", {"comm_id": 7, "data": {}}),
        message("comm_msg", {"comm_id": "1"}),
        comm("evict"),
        comm("reload", path="/"),
        comm("run", args={"path": "/other"}),
        comm("run", args={"path": "/", "appName": "other"}),
        comm("run"),
        comm("update", state={}, buffer_paths=[["value"]]),
    ],
)
def test_what_no_one_needs_is_dropped(said: Any) -> None:
    """The socket stays open: an honest browser may say more than is needed."""
    assert passes(said) is False


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", 1008),
        ("no json", 1008),
        ("[]", 1008),
        ("[" * 200_000, 1008),
        ('{"a":' * 40_000 + "1" + "}" * 40_000, 1008),
        ("x" * (LONGEST + 1), 1009),
        (comm("update", state=json.loads("[" * 30 + "]" * 30)), 1008),
        (message(channel="iopub"), 1008),
        (message(channel="stdin"), 1008),
        (message(header={}), 1008),
        (message(content=[]), 1008),
        (message(buffers=["x"]), 1008),
        (message(metadata=None), 1008),
        ({}, 1008),
    ],
)
def test_what_no_honest_browser_sends_ends_the_socket(said: Any, code: int) -> None:
    """No message at all, too long, too deep, on other channels, with bytes."""
    assert passes(said) == code


def test_binary_frames_end_the_socket() -> None:
    """Four bytes of one once stalled everyone for 24 seconds."""
    with pytest.raises(RefusedFrameError) as refused:
        Frames().checked({"bytes": b"\x7f\xff\xff\xff"})
    assert refused.value.code == 1003


def test_channels_and_restarts_of_one_socket_are_counted() -> None:
    """Two hundred channels and ten starts, far more than a page needs."""
    opening = {"text": json.dumps(message("comm_open", {"comm_id": "1", "target_name": "solara.control"}))}
    running = {"text": json.dumps(comm("run", args={"path": "/"}))}
    for event, most in ((opening, 200), (running, 10)):
        frames = Frames()
        assert all(frames.checked(event) for _ in range(most))
        with pytest.raises(RefusedFrameError):
            frames.checked(event)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_decided(said: Any) -> None:
    """It passes, is dropped or ends the socket; nothing else is raised."""
    assert passes(json.dumps(said)) in {True, False, 1008}
    assert passes(message(content=said)) in {True, False, 1008}
    assert passes(comm("run", args=said)) in {True, False, 1008}
    assert passes(message(header=said)) in {True, False, 1008}


UUID = str(uuid.UUID(int=1))


@pytest.mark.parametrize(
    "path",
    [
        "/resourcez",
        "/readyz",
        "/static/solara_bootstrap.py",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static//x.js",
        "/vendor/../app.py",
        "/vendor/requirejs@2.3.6/.complete",
        "/vendor/.vendored",
        "/vendor/x/../../own/join.js",
        "/jupyter/nbextensions/anywidget/index.js",
        "/jupyter/nbextensions/jupyter-vue/../../x.js",
        f"/jupyter/api/kernels/{UUID}/",
        f"/jupyter/api/kernels/{UUID}x",
        f"/jupyter/api/kernels/{UUID}/channels/",
        f"/jupyter/api/kernels/{UUID}/other",
        "/jupyter/api/kernels/../channels",
        f"/_solara/api/evict/{UUID}",
        "/_solara/cdn/requirejs@2.3.6/require.js",
        "/_solara/api/close/x",
        "/join/",
        "//evil.example",
        "/own/../app.py",
        "/index.html",
        "/\x00",
        "/\n",
        "/healthz\n",
    ],
)
def test_only_what_is_listed_is_a_place(path: str) -> None:
    """Solara's other routes, files that are no assets, ways out of a folder: nothing is there."""
    assert place_of(path, "") is None


def test_of_a_query_only_what_is_needed_passes() -> None:
    """A page's id, and a file's version."""
    kernel = f"/jupyter/api/kernels/{UUID}/channels"
    for query, passing in [
        (f"session_id={UUID}&x=1", f"session_id={UUID}"),
        (f"session_id={UUID}&session_id={UUID}", ""),
        ("session_id=1", ""),
        ("", ""),
    ]:
        place = place_of(kernel, query)
        assert place is not None
        assert (place.query, place.kernel) == (passing, UUID)
    static = place_of("/static/main.js", "v=../x")
    assert static is not None
    assert static.query == ""


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("papers.example.org", "https://papers.example.org"),
        ("papers.example.org:443", "https://papers.example.org"),
        ("PAPERS.example.org", "https://papers.example.org"),
        ("papers.example.org:80", None),
        ("papers.example.org:8443", None),
        ("evil.papers.example.org", None),
        ("papers.example.org.evil.example", None),
        ("localhost:8321", "http://localhost:8321"),
        ("[::1]:8321", "http://[::1]:8321"),
        ("127.0.0.1.evil.example", None),
        ("127.0.0.2", None),
        ("", None),
        ("papers.example.org, evil.example", None),
        ("127.0.0.1:99999999", None),
    ],
)
def test_hosts_that_are_ours(host: str, origin: str | None) -> None:
    """The settings' address and loopback, whole and with their port; the scheme is the settings' word."""
    assert Hosts("https://papers.example.org").origin(host, "http") == origin


def test_an_allowance_fills_up_again() -> None:
    """Each key its own; and many keys cannot fill the memory."""
    now = [0.0]
    allowance = Allowance(at_once=3, a_second=2, clock=lambda: now[0])
    assert [allowance.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert allowance.take("b") == 0
    now[0] = 0.5
    assert (allowance.take("a"), allowance.take("a")) == (0, 0.5)
    now[0] = 100
    peaks = []
    tracemalloc.start()
    for numbers in (range(25_000), range(25_000, 100_000)):
        for number in numbers:
            allowance.take(str(number))
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_a_member_cannot_enter_without_end(group: Workbook, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After sixty in a row the next is refused with a sentence, and others still can."""
    # However long a busy machine takes for them: meanwhile nothing comes back.
    monkeypatch.setattr(served_workbook, "Allowance", partial(Allowance, clock=lambda: 0.0))
    book = ServedWorkbook(group.folder, clock)
    for number in range(AT_ONCE):
        book.enter("note", by="bo", text=f"Note {number}")
    with pytest.raises(RecordError, match="Please save again in"):
        book.enter("note", by="bo", text="One more")
    book.enter("note", by="ada-lovelace", text="Mine")
    assert sum(record.type == "note" for record in book.records) == AT_ONCE + 1


def test_the_roster_says_who_may_stay(group: Workbook) -> None:
    """Whoever left is out at the next look; where the journal cannot be read, what was known stands."""
    roster = MemberNames(group)
    assert "bo" not in roster
    roster.look()
    assert ("bo" in roster, "nobody" in roster, roster.name("bo")) == (True, False, "Bo")
    group.change_person("bo", by="ada-lovelace", joined="2019-01-01", left="2020-01-01")
    roster.look()
    assert "bo" not in roster


def test_logs_hold_no_texts(capsys: pytest.CaptureFixture[str]) -> None:
    """Of an error its kind and place under a number that the visitor sees too; of others' messages only their own words."""
    shown: list[str] = []
    logger = logging.Logger("solara.server")
    logger.addHandler(faults.FaultHandler(lambda: shown.append))
    try:
        raise ValueError("my secret text")
    except ValueError:
        logger.exception("Could not serialize %r", "my secret text")
    logger.warning("No such comm: %s", "my secret text")
    logged = capsys.readouterr().err
    assert "secret" not in logged
    assert "ValueError at" in logged
    assert "test_logs_hold_no_texts" in logged
    [sentence] = shown
    assert sentence.split()[-1] in logged
    assert "No such comm: %s" in logged


def test_a_flood_of_errors_does_not_fill_the_disk(capsys: pytest.CaptureFixture[str]) -> None:
    """Some hundred lines, then silence, and later how many were left out."""
    logger = logging.Logger("solara.server")
    logger.addHandler(faults.FaultHandler(lambda: None))
    for _ in range(5_000):
        logger.error("Again")
    assert 200 <= capsys.readouterr().err.count("\n") < 300


def test_a_page_that_cannot_be_told_is_no_further_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The log has the first one."""

    def gone() -> faults.Show:
        raise RuntimeError("closed")

    logger = logging.Logger("x")
    logger.addHandler(faults.FaultHandler(gone))
    logger.error("Broken", exc_info=KeyError("x"))
    assert "KeyError at an unknown place" in capsys.readouterr().err


def test_what_others_enter_is_looked_at_now_and_then(group: Workbook, clock: Clock) -> None:
    """Not for every click: a quarter of a second later; what is entered here shows at once."""
    served = ServedWorkbook(group.folder, clock)
    began = time.monotonic()
    served.refresh()
    assert served.latest(Rsvp, "2026-11-20", "bo") is None
    group.enter("rsvp", by="bo", member="bo", answer="yes")
    served.refresh()
    served.enter("rsvp", by="ada-lovelace", member="ada-lovelace", answer="no")
    assert served.latest(Rsvp, "2026-11-20", "ada-lovelace").answer == "no"
    # On a busy machine a quarter of a second may be over.
    assert served.latest(Rsvp, "2026-11-20", "bo") is None or time.monotonic() - began >= LOOK_EVERY_S
    until(lambda: served.refresh() or served.latest(Rsvp, "2026-11-20", "bo"))
    assert served.latest(Rsvp, "2026-11-20", "bo").answer == "yes"


def test_a_slow_disk_holds_up_no_one_else(group: Workbook, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one record is written, another page enters and looks; afterwards both are there, and the lock is as it was."""
    served = ServedWorkbook(group.folder, clock)
    is_writing, may_go_on = threading.Event(), threading.Event()
    write = served.store.append

    def append(record: Any, again: bool = False) -> Any:
        if record.by == "bo":
            is_writing.set()
            assert may_go_on.wait(20)
        return write(record, again)

    monkeypatch.setattr(served.store, "append", append)

    def enter() -> None:
        with served.lock:
            served.enter("rsvp", by="bo", member="bo", answer="yes")
            assert served.latest(Rsvp, "2026-11-20", "bo").answer == "yes"

    slow = threading.Thread(target=enter)
    slow.start()
    assert is_writing.wait(20)
    with served.lock:
        served.enter("rsvp", by="ada-lovelace", member="ada-lovelace", answer="no")
    may_go_on.set()
    slow.join(20)
    assert {record.by for record in served.journal.records if record.type == "rsvp"} == {"bo", "ada-lovelace"}
    assert served.lock.acquire(blocking=False)
    served.lock.release()
    with pytest.raises(RuntimeError):
        served.lock.release()
