"""Values that no field offers, sent to every field of the three notebooks: nothing wrong is saved, and the form says why."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

from studygroup.catalogue.reading.form import Limits
from studygroup.commands.check import check_workbook
from studygroup.forms.catalogue_page.catalogue import CatalogueForms
from studygroup.forms.catalogue_page.catalogue_screen import CATALOGUE_TABS
from studygroup.forms.facilitator.week import WeekForms
from studygroup.forms.kit.inputs import Refusing
from studygroup.forms.layout.week_screen import FOLDED, PARTS
from studygroup.forms.member_page.member import MemberForms
from studygroup.forms.member_page.member_screen import MEMBER_TABS
from studygroup.meeting.before.planning import plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.hostile_texts import HOSTILE
from tests.support.in_lab import ROOT, Lab, Seat, under_way

PAPERS = """\
# Papers

- [Few-Shot Learners](https://arxiv.org/abs/2005.14165)
- [Trees](https://arxiv.org/abs/1706.03762)
- [Forests of Tall Trees](https://example.org/forests)
- [Forests of Tall Tree](https://example.org/forest)
"""
SESSION = "2026-11-20"
SHOWS_ONLY = (widgets.HTML, widgets.Label, widgets.IntProgress)
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
    if isinstance(forms, WeekForms):
        for tab in PARTS:
            forms.screen.tabs.turn_to(tab)
        for name in FOLDED:
            getattr(forms, name)
    else:
        for tab in MEMBER_TABS:
            forms.screen.tabs.turn_to(tab)
    named = {name: form for name, form in vars(forms).items() if isinstance(form, widgets.Widget) and name != "screen"}
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


@pytest.fixture
def catalogue(busy: Workbook) -> dict[str, Any]:
    """The catalogue notebook's forms by name, with an import that has rows of every kind and a list that was written out."""
    (busy.folder / "papers.md").write_text(PAPERS)
    forms = CatalogueForms(busy)
    for tab in CATALOGUE_TABS:
        forms.screen.tabs.turn_to(tab)
    forms.importing.options.unfold()
    # No one answers there.
    forms.filling.arxiv_url = forms.filling.crossref_url = "http://127.0.0.1:9/"
    forms.importing.source.value = "papers.md"
    press(forms.importing, re.compile("^Preview"))
    press(forms.exporting, re.compile("^Export"))
    return {name: form for name, form in vars(forms).items() if isinstance(form, widgets.Widget) and name != "screen"}


def parts(widget: Any) -> Iterator[Any]:
    """Yield a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def fields(form: Any) -> list[Any]:
    """Return every widget that has a value, of whatever kind, but for those that only show one."""
    return [one for one in parts(form) if isinstance(one, widgets.ValueWidget) and not isinstance(one, SHOWS_ONLY)]


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


def written(workbook: Workbook) -> dict[Path, bytes]:
    """Return the catalogue, its lists, and what was entered."""
    return {path: path.read_bytes() for path in workbook.folder.rglob("*") if path.suffix in {".csv", ".jsonl"}}


def warnings_of(form: Any) -> list[str]:
    """Return what a form says went wrong."""
    return [one.value for one in parts(form) if isinstance(one, widgets.HTML) and "⚠" in one.value]


def quiet(form: Any) -> None:
    """Have a form say nothing."""
    for one in parts(form):
        if isinstance(one, widgets.HTML) and "⚠" in one.value:
            one.value = ""


def refusals(forms: dict[str, Any], states: list[dict[str, Any]]) -> int:
    """Send what no field holds to every field; return how often one refused it, which it must each time and say why."""
    tried = 0
    for name, form in forms.items():
        for field in fields(form):
            assert isinstance(field, Refusing), (name, field)
            for state in states:
                held = field.get_state()
                quiet(form)
                send(field, {"method": "update", "state": state, "buffer_paths": []})
                assert field.get_state() == held, (name, field, state)
                [told] = warnings_of(form)
                assert "nothing was saved" in told.lower(), (name, field, state)
                tried += 1
    return tried


def test_every_field_refuses_what_it_cannot_hold(opened: dict[str, Any], busy: Workbook) -> None:
    """It stays as it was, nothing is written, and the form it is in says why."""
    before = entered(busy)
    assert refusals(opened, NO_FIELD_HOLDS) > 200
    assert entered(busy) == before


def test_every_field_of_the_catalogue_refuses_too(catalogue: dict[str, Any], busy: Workbook) -> None:
    """A line, a tick, files, a list and the answer of each row; what was answered and previewed before is imported."""
    before = written(busy)
    kinds = {type(field).__name__ for form in catalogue.values() for field in fields(form)}
    assert kinds == {"TextLine", "Area", "Tick", "Upload", "Pick", "Radio"}
    assert refusals(catalogue, NO_FIELD_HOLDS) > 200
    assert written(busy) == before
    press(catalogue["importing"], re.compile("^Import"))
    assert "Saved" in catalogue["importing"].said.value
    assert len(busy.catalogue.lists["papers"]) == 4


def test_no_form_makes_a_field_of_another_kind() -> None:
    """Fields of ipywidgets take whatever a browser sends: forms make those of ``inputs``, ``picks`` and ``fields``."""
    kinds = {name for name, kind in vars(widgets).items() if isinstance(kind, type) and issubclass(kind, widgets.ValueWidget)}
    kinds -= {kind.__name__ for kind in SHOWS_ONLY}
    assert {"Text", "RadioButtons", "FileUpload"} <= kinds
    found = []
    for path in sorted((ROOT / "studygroup" / "forms").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition("widgets.")[2] in kinds:
                found.append(f"{path.name}:{node.lineno}: {ast.unparse(node.func)}")
    assert found == []


NO_FILES: list[Any] = [
    [{"name": name, "type": "", "size": 2, "last_modified": 0, "content": b"- "}]
    for name in ("", "a\0b.md", "..", "lists/..", "a\ud800.md", "n" * 300 + ".md", 7, None)
] + [
    [{"name": "a.md", "type": "", "size": 2, "last_modified": 0, "content": "- A"}],
    [{"name": "a.md", "type": "", "size": 2, "last_modified": 1e30, "content": b"- A"}],
    [{"name": "a.md"}],
]


def test_what_is_no_file_is_not_uploaded(catalogue: dict[str, Any]) -> None:
    """A name that no folder can hold, bytes that are none, a time that never was: the form says so, and nothing is kept."""
    form = catalogue["importing"]
    for sent in NO_FILES:
        quiet(form)
        send(form.upload, {"method": "update", "state": {"value": sent, "error": ""}, "buffer_paths": []})
        [told] = warnings_of(form)
        assert "nothing was saved" in told, sent
        assert form.upload.value == (), sent


def test_a_long_list_is_uploaded(catalogue: dict[str, Any], busy: Workbook) -> None:
    """As a browser sends it, up to the size that an import takes; more is refused by name and size, not read."""
    form, entry = catalogue["importing"], b"- [Long Work %d](https://example.org/long/%d)\n"
    form.source.value = ""
    long = b"# Long\n\n" + b"".join(entry % (number, number) for number in range(300)) + b"\n" * 2_000_000
    for content, answer in ((long, "300 entries: 300 new"), (b"\n" * (Limits().size_bytes + 1), "larger than 20 MB")):
        file = {"name": "long.md", "type": "text/markdown", "size": len(content), "last_modified": 1_763_000_000_000}
        data = {"method": "update", "state": {"value": [file], "error": ""}, "buffer_paths": [["value", 0, "content"]]}
        form.upload._handle_msg({"content": {"data": data}, "buffers": [memoryview(content)]})
        press(form, re.compile("^Preview"))
        assert answer in form.said.value
    assert "long" not in busy.catalogue.lists


class Markup(HTMLParser):
    """Notes what could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # The charts of progress are the package's own.
        is_chart = tag == "svg" and "boxes" in (dict(attrs).get("class") or "").split()
        if (
            tag in {"script", "iframe", "object", "form", "input", "video", "link", "meta", "base", "style", "svg"}
            and not is_chart
        ):
            self.found.append(tag)
        for name, value in attrs:
            outside = name in {"href", "src"} and not re.match(
                r"https://(arxiv|meet\.example|example)\.org|data:image", value or ""
            )
            if name.startswith("on") or (outside and "outside.example" not in str(value)) or (outside and name == "src"):
                self.found.append(f"{tag} {name}={value}")


TEXTS = {"2 MB": "x" * 2_000_000, "NUL": "a\0b", "half a character": "a\ud800b", "hostile": "\n".join(HOSTILE)}


@pytest.mark.parametrize("opened", [pytest.param("week", marks=pytest.mark.slow), "member"], indirect=True)
@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_every_kind_in_every_field(opened: dict[str, Any], busy: Workbook, kind: str) -> None:
    """Whatever is in all texts, and whatever is pressed then: what is saved is sound, and is shown letter by letter."""
    text, known = TEXTS[kind], {record.id for record in busy.journal.records}
    saves = re.compile("^(?!.*(Make|Preview|Share|Copy|Cancel$|Retire|Undo))")
    for name, form in opened.items():
        texts = [field for field in fields(form) if isinstance(field, (widgets.Text, widgets.Textarea))]
        begin = time.perf_counter()
        for field in texts:
            send(field, {"method": "update", "state": {"value": text}, "buffer_paths": []})
        press(form, saves)
        assert time.perf_counter() - begin < 60, name
        if kind != "hostile" and SAVES_TEXT.intersection([name]):
            assert warnings_of(form), name
    made = [record for record in busy.journal.records if record.id not in known]
    assert bool([record for record in made if "document.title" in str(record)]) == (kind == "hostile")
    assert not [record for record in made if kind != "hostile" and text[:3] in str(record)]
    assert [str(problem) for problem in check_workbook(busy.folder) if problem.severity == "error"] == []
    markup = Markup()
    for shown in (one.value for form in opened.values() for one in parts(form) if isinstance(one, widgets.HTML)):
        markup.feed(shown)
    assert markup.found == []


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("field", ["source", "name", "base"])
def test_texts_of_every_kind_in_an_import(catalogue: dict[str, Any], busy: Workbook, field: str, kind: str) -> None:
    """A path, a name or an address that cannot be: a sentence, quickly, and nothing is written, whatever is pressed then."""
    form, before, begin = catalogue["importing"], written(busy), time.perf_counter()
    send(getattr(form, field), {"method": "update", "state": {"value": TEXTS[kind]}, "buffer_paths": []})
    press(form, re.compile("^(Preview|Accept|Reject)"))
    assert time.perf_counter() - begin < 30
    if (field, kind) == ("name", "hostile"):
        # Of a name the letters are kept.
        assert warnings_of(form) == []
    else:
        [told] = warnings_of(form)
        assert len(told) < 1000
        press(form, re.compile("^Import"))
        assert written(busy) == before
    markup = Markup()
    for shown in (one.value for one in parts(form) if isinstance(one, widgets.HTML)):
        markup.feed(shown)
    assert markup.found == []


def test_a_user_that_is_not_there_has_no_folder(catalogue: dict[str, Any]) -> None:
    """A path from someone's home folder is told as one that is not there."""
    form = catalogue["importing"]
    form.source.value = "~nobody-of-that-name/papers.md"
    press(form, re.compile("^Preview"))
    [told] = warnings_of(form)
    assert "There is no file or folder" in told


@pytest.mark.parametrize("kind", TEXTS)
def test_texts_of_every_kind_when_looking_and_writing_out(catalogue: dict[str, Any], busy: Workbook, kind: str) -> None:
    """Words that no paper has find nothing; what is written out is the list all the same."""
    before, begin = written(busy), time.perf_counter()
    browsing, exporting = catalogue["browse"], catalogue["exporting"]
    send(browsing.words, {"method": "update", "state": {"value": TEXTS[kind]}, "buffer_paths": []})
    assert browsing.list.rows == []
    assert "No matches." in browsing.count.value
    made = exporting.text.value
    assert made.startswith("## Basics")
    send(exporting.text, {"method": "update", "state": {"value": TEXTS[kind]}, "buffer_paths": []})
    press(exporting, re.compile("^Export"))
    assert exporting.text.value == made
    assert time.perf_counter() - begin < 30
    assert written(busy) == before


@pytest.mark.parametrize(
    ("notebook", "choice", "text"),
    [
        ("week", "sg.week().shown.attendance.rows.in_view[1].choice", "sg.week().shown.notes.text.area"),
        ("member", "sg.member().shown.next.answer", "sg.member().shown.summary.parts['text'].area"),
    ],
)
def test_messages_of_a_browser_are_refused_in_jupyterlab(
    notebook: str, choice: str, text: str, folder: Path, browser: Any, jupyterlab: Lab
) -> None:
    """Sent past the widgets, over JupyterLab's own connection: a choice that does not exist, 2 MB and a NUL save nothing."""
    book = under_way(folder)
    book.add_person("Ada Lovelace", role="facilitator")
    book.add_person("Bo", by="ada-lovelace")
    before = entered(book)
    member = "ada-lovelace" if notebook == "week" else "bo"
    seat = Seat(browser, jupyterlab.notebook(folder, notebook), member)
    seat.run_all()
    seat.part({"week": "notes", "member": "summary"}[notebook])
    model = {name: seat.ask(f"{name}.model_id").strip("'") for name in (choice, text)}
    seat.send(model[choice], {"index": 99})
    # Its form may be on a tab that is open behind another one.
    seat.page.get_by_text("That choice is not offered here; nothing was saved.").wait_for(state="attached")
    seat.send(model[choice], {"_options_labels": ["<script>document.title='hacked'</script>"], "index": 0})
    for value, answer in (("a\0b", "U+0000"), ("x" * 2_000_000, "at most 65,536 are allowed")):
        seat.send(model[text], {"value": value})
        seat.settle()
        seat.page.get_by_role("button", name={"week": "Add note", "member": "Save summary"}[notebook]).click()
        seat.page.get_by_text(re.compile(re.escape(answer))).first.wait_for()
    assert "hacked" not in seat.page.title()
    seat.close()
    assert entered(book) == before


def test_messages_to_the_catalogue_are_refused_in_jupyterlab(folder: Path, browser: Any, jupyterlab: Lab) -> None:
    """Over JupyterLab's own connection: a form that is not offered, a tick that is none, no file, a NUL, 2 MB."""
    book = under_way(folder)
    before = written(book)
    seat = Seat(browser, jupyterlab.notebook(folder, "catalogue"))
    seat.run_all()
    for field, state, answer in (
        ("exporting.form", {"index": 99}, "That is not among what is offered for Format; nothing was saved."),
        ("importing.facts", {"value": "yes"}, "That cannot be entered under Skip descriptions; nothing was saved."),
        ("importing.upload", {"value": [{"name": ".."}]}, "The upload has no file name; nothing was saved."),
        ("importing.source", {"value": "a\0b"}, "List holds U+0000, which is not a character"),
        ("importing.source", {"value": "x" * 2_000_000}, "List has 2,000,000 characters; at most 4,096 are allowed."),
    ):
        seat.open_tab({"exporting": "Export", "importing": "Import"}[field.split(".")[0]])
        seat.send(seat.ask(f"sg.library().{field}.model_id").strip("'"), state)
        seat.settle()
        if field == "importing.source":
            seat.page.get_by_role("button", name="Preview", exact=True).click()
        seat.page.get_by_text(answer).wait_for()
    assert seat.failures == []
    seat.close()
    assert written(book) == before
