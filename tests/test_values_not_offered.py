"""Values that no field offers, sent to every field of both weekly notebooks: nothing wrong is saved, and the form says why."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from studygroup.check import check_workbook
from studygroup.forms.inputs import Refusing
from studygroup.forms.member import MemberForms
from studygroup.forms.week import WeekForms
from studygroup.meeting.planning import plan_session
from studygroup.workbook import Workbook
from tests.conftest import Clock
from tests.hostile_texts import HOSTILE
from tests.in_lab import Seat, running_lab, under_way

SESSION = "2026-11-20"
FIELDS = (
    widgets.Text,
    widgets.Textarea,
    widgets.Checkbox,
    widgets.DatePicker,
    widgets.NaiveDatetimePicker,
    widgets.IntText,
    widgets.BoundedIntText,
    widgets.Dropdown,
    widgets.ToggleButtons,
    widgets.ToggleButton,
)
NO_FIELD_HOLDS: list[dict[str, Any]] = [
    {"index": 99},
    {"index": -1},
    {"index": "yes"},
    {"index": None},
    {"value": 7.5},
    {"value": -(10**30)},
    {"value": {"member": "bo"}},
    {"value": {"year": 20266, "month": 0, "date": 1, "hours": 0, "minutes": 0, "seconds": 0, "milliseconds": 0}},
    {"value": "present", "index": 0},
    {"member": "bo"},
    {"description": "<script>alert(1)</script>"},
    {"_options_labels": ["a"] * 100, "index": 99},
    {"max": 10**9, "value": 10**8},
    {"disabled": False},
]

SAVES_TEXT = {"people", "notes", "questions", "actions", "materials", "summary"}


@pytest.fixture
def busy(group: Workbook, clock: Clock) -> Workbook:
    """A session under way with something in every list."""
    by = {"by": "ada-lovelace"}
    plan_session(group, SESSION, **by, steps=[1, 3], roles={"presenter": "Bo"})
    group.enter("note", **by, text="A note", session=SESSION)
    group.enter("action", **by, text="An action", owner="bo", due=date(2026, 12, 1), session=SESSION)
    group.enter("question", by="bo", member="bo", item="few-shot", text="A question?")
    group.enter("question", by="bo", member="bo", text="A question about nothing?")
    group.enter("material", by="bo", item="few-shot", label="Slides", url="https://example.org/s", role="slides")
    clock.now = group.schedule.find(SESSION).start
    return group


@pytest.fixture(params=["week", "member"])
def opened(request: pytest.FixtureRequest, busy: Workbook) -> Iterator[dict[str, Any]]:
    """The forms of one of the two notebooks by name, with every row open to be changed."""
    forms = WeekForms(busy, "ada-lovelace") if request.param == "week" else MemberForms(busy, "bo")
    named = {name: form for name, form in vars(forms).items() if isinstance(form, widgets.Widget)}
    for form in named.values():
        press(form, re.compile("^(Change|Another answer)"))
    if request.param == "week":
        named["plan"].words.value = "few"
        # Answering opens a place to do so.
        choice = next(one for one in parts(named["questions"].rows) if isinstance(one, widgets.ToggleButtons))
        choice.set_state({"index": 1})
    yield named
    if isinstance(forms, WeekForms):
        forms.stop()


def parts(widget: Any) -> Iterator[Any]:
    """Yield a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def fields(form: Any) -> list[Any]:
    return [one for one in parts(form) if isinstance(one, FIELDS)]


def press(form: Any, label: re.Pattern[str]) -> None:
    """Send the message of a click to buttons, as a page does, also to those that are disabled or not in view."""
    for one in list(parts(form)):
        if isinstance(one, widgets.Button) and label.search(one.description) and one.comm is not None:
            send(one, {"method": "custom", "content": {"event": "click"}})


def send(widget: Any, data: dict[str, Any]) -> None:
    """Send a message of the browser's to a widget."""
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def entered(workbook: Workbook) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in workbook.folder.rglob("*.jsonl")}


def warnings_of(form: Any) -> list[str]:
    """Return what a form says went wrong."""
    return [one.value for one in parts(form) if isinstance(one, widgets.HTML) and "⚠" in one.value]


def quiet(form: Any) -> None:
    """Have a form say nothing."""
    for one in parts(form):
        if isinstance(one, widgets.HTML) and "⚠" in one.value:
            one.value = ""


def test_every_field_refuses_what_it_cannot_hold(opened: dict[str, Any], busy: Workbook) -> None:
    """It stays as it was, nothing is written, and the form it stands in says why."""
    before, tried = entered(busy), 0
    for name, form in opened.items():
        for field in fields(form):
            assert isinstance(field, Refusing), (name, field)
            for state in NO_FIELD_HOLDS:
                held = field.get_state()
                quiet(form)
                send(field, {"method": "update", "state": state, "buffer_paths": []})
                assert field.get_state() == held, (name, state)
                [told] = warnings_of(form)
                assert "nothing was saved" in told.lower(), (name, state)
                tried += 1
    assert tried > 200
    assert entered(busy) == before


class Markup(HTMLParser):
    """Notes what could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "form", "input", "video", "link", "meta", "base", "style", "svg"}:
            self.found.append(tag)
        for name, value in attrs:
            outside = name in {"href", "src"} and not re.match(
                r"https://(arxiv|meet\.example|example)\.org|data:image", value or ""
            )
            if name.startswith("on") or (outside and "outside.example" not in str(value)) or (outside and name == "src"):
                self.found.append(f"{tag} {name}={value}")


TEXTS = {"2 MB": "x" * 2_000_000, "NUL": "a\0b", "half a character": "a\ud800b", "hostile": "\n".join(HOSTILE)}


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_every_kind_in_every_field(opened: dict[str, Any], busy: Workbook, kind: str) -> None:
    """Whatever stands in all texts, and whatever is pressed then: what is saved is sound, and is shown letter by letter."""
    text, known = TEXTS[kind], {record.id for record in busy.journal.records}
    saves = re.compile("^(?!.*(Make|Preview|Share|Copy|Cancel$|Take back|Retire|Undo))")
    for name, form in opened.items():
        texts = [field for field in fields(form) if isinstance(field, (widgets.Text, widgets.Textarea))]
        begin = time.perf_counter()
        for field in texts:
            send(field, {"method": "update", "state": {"value": text}, "buffer_paths": []})
        press(form, saves)
        assert time.perf_counter() - begin < 10, name
        if kind != "hostile" and SAVES_TEXT.intersection([name]):
            assert warnings_of(form), name
    made = [record for record in busy.journal.records if record.id not in known]
    assert bool([record for record in made if "document.title" in str(record)]) == (kind == "hostile")
    assert not [record for record in made if kind != "hostile" and text[:3] in str(record)]
    assert [str(problem) for problem in check_workbook(busy.folder) if problem.level == "error"] == []
    markup = Markup()
    for shown in (one.value for form in opened.values() for one in parts(form) if isinstance(one, widgets.HTML)):
        markup.feed(shown)
    assert markup.found == []


@pytest.mark.parametrize(
    ("notebook", "choice", "text"),
    [
        ("week", "week.attendance.rows.in_view[1].choice", "week.notes.text.area"),
        ("member", "forms.next.answer", "forms.summary.parts['text'].area"),
    ],
)
def test_messages_of_a_browser_are_refused_in_jupyterlab(
    notebook: str, choice: str, text: str, folder: Path, browser: Any, tmp_path: Path
) -> None:
    """Sent past the widgets, over JupyterLab's own connection: a choice that does not exist, 2 MB and a NUL save nothing."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    before = entered(book)
    with running_lab(folder, tmp_path, STUDYGROUP_MEMBER="ada-lovelace" if notebook == "week" else "bo") as address:
        seat = Seat(browser, address, notebook)
        seat.run_all()
        model = {name: seat.ask(f"{name}.model_id").strip("'") for name in (choice, text)}
        seat.send(model[choice], {"index": 99})
        seat.page.get_by_text("That choice is not offered here; nothing was saved.").wait_for()
        seat.send(model[choice], {"_options_labels": ["<script>document.title='hacked'</script>"], "index": 0})
        for value, answer in (("a\0b", "U+0000"), ("x" * 2_000_000, "at most 65,536 are allowed")):
            seat.send(model[text], {"value": value})
            seat.settle()
            seat.page.get_by_role("button", name={"week": "Add note", "member": "Save summary"}[notebook]).click()
            seat.page.get_by_text(re.compile(re.escape(answer))).first.wait_for()
        assert "hacked" not in seat.page.title()
        seat.close()
    assert entered(book) == before
