"""`notebooks/explore.ipynb` answers its questions for any group, and shows nothing that could run."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

import studygroup as sg
from benchmarks.season import Season
from studygroup.meeting.before.planning import attend, plan_session
from studygroup.workbook.starter import new_workbook
from studygroup.workbook.workbook import Workbook
from tests.conftest import Clock
from tests.support.hostile_texts import HOSTILE

EXPLORE = Path(__file__).parents[2] / "notebooks" / "explore.ipynb"
CELLS = [cell.source for cell in nbformat.read(EXPLORE, as_version=4).cells if cell.cell_type == "code"]


class Shown(HTMLParser):
    """The elements, attributes and captions of a piece of HTML."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attributes


def answers(workbook: Workbook, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run the notebook's cells for a workbook, and return what each shows, as HTML."""
    monkeypatch.setattr(sg, "open", lambda: sg.Group(workbook), raising=False)
    known: dict[str, Any] = {}
    shown = []
    for source in CELLS:
        *before, last = ast.parse(source).body
        exec(compile(ast.Module(before, []), "cell", "exec"), known)
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), "cell", "exec"), known)
            continue
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), known)
        shown.append(value.to_html() if hasattr(value, "to_html") else value._repr_mimebundle_()["text/html"])
    return shown


def test_it_is_thin() -> None:
    """A cell is one idea in ten lines at most, none defines a function, and the prose comes first."""
    cells = nbformat.read(EXPLORE, as_version=4).cells
    assert [cell.cell_type for cell in cells[:3]] == ["markdown", "code", "markdown"]
    assert max(len(source.splitlines()) for source in CELLS) <= 10
    defines = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.For)
    assert [source for source in CELLS for node in ast.walk(ast.parse(source)) if isinstance(node, defines)] == []


def test_it_runs_for_an_empty_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer says kindly that there is nothing yet."""
    slot = {"weekday": "friday", "time": "23:00", "zone": "UTC"}
    made = new_workbook(tmp_path / "new", name="", today=datetime(2026, 1, 2, tzinfo=UTC).date(), **slot)
    shown = answers(Workbook(made, Clock()), monkeypatch)
    assert [Shown(one).tags for one in shown] == [{"p"}] * 9
    assert "No one has rated a paper yet." in shown[1]


def test_it_runs_for_a_group_that_has_just_begun(group: Workbook, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After one session there are answers, rates and a chart with its words; it is too early to tell who drifts away."""
    plan_session(group, "2026-11-20", by="ada-lovelace", steps=[1])
    clock.now = datetime(2026, 11, 20, 23, 5, tzinfo=UTC)
    attend(group, "2026-11-20", "bo", "present", by="ada-lovelace")
    group.enter("rating", by="bo", member="bo", item="few-shot", rating=4)
    clock.now = datetime(2026, 11, 22, tzinfo=UTC)
    drifting, best, oldest, said, progress, sections, came, finished, held = answers(group, monkeypatch)
    assert "too early to tell" in drifting and "No question is open." in oldest
    assert "Few-Shot Learners" in best and ">4.0<" in best
    assert "33%" in said and "0%" in progress
    assert "20\xa0Nov\xa02026" in held and 'aria-label="1 finished' in sections
    assert "Members at 1 session" in came and "Papers finished after 1 session" in finished


@pytest.mark.slow
def test_nothing_of_a_season_with_hostile_texts_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is a table with a caption or a picture with words; what people typed is text in it."""
    season = Season(tmp_path / "book")
    season.play(agendas=False)
    shown = answers(season.book, monkeypatch)
    for one in shown:
        found = Shown(one)
        chart = {"figure", "img", "figcaption", "div", "p", "span", "small", "ul", "li", "svg", "rect", "path"}
        assert found.tags <= {"style", "table", "caption", "thead", "tbody", "tr", "th", "td", *chart}
        assert {"caption"} <= found.tags or ({"figcaption"} <= found.tags and found.tags & {"img", "svg"})
        assert not {name for name, _ in found.attributes} & {"href", "onerror", "onclick", "onload", "action"}
        assert "mathjax_ignore" in one or "<figure" in one


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_shows_hostile_texts_as_text(text: str) -> None:
    """In a cell, as a name of a row or a column, and in a caption; also in pandas' own table."""
    frame = pd.DataFrame({text: [text]}, index=pd.Index([text], name=text))
    for page in (sg.show(frame, text).to_html(), frame._repr_html_()):  # type: ignore[union-attr,operator]
        assert Shown(page).tags <= {"style", "table", "caption", "thead", "tbody", "tr", "th", "td", "div"}
        assert "mathjax_ignore" in page


def test_a_table_is_shown_as_people_read_it() -> None:
    """Shares as percentages with a bar, days as days, what is missing as a dash; an empty one is a sentence."""
    frame = pd.DataFrame(
        {"share": [0.5, None], "day": [pd.Timestamp("2026-11-27"), pd.NaT], "mean": [2.25, 3.0], "asked_by": ["Ada", "Bo"]}
    )
    page = sg.show(frame, "All", shares=["share"]).to_html()  # type: ignore[union-attr]
    assert all(f">{text}<" in page for text in ("50%", "27\xa0Nov\xa02026", "2.2", "–", "asked by", "Ada"))
    assert sg.show(frame.head(0), "All", "None & no one").html == "<p>None &amp; no one</p>"  # type: ignore[union-attr]
