"""Agenda and report of the biggest session on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.report_run import make_report_page
from tests.support.big_session import NEXT, SESSION, big_workbook
from tests.support.on_paper import PAPER, on_paper

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def biggest(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two agendas and a report of a group of forty: three papers, twelve summaries with math."""
    book = big_workbook(tmp_path_factory.mktemp("big") / "book")
    for session in (SESSION, NEXT):
        make_agenda_page(book, session)
    make_report_page(book, SESSION)
    return sorted((book.folder / "sessions").rglob("*.html"))


@pytest.mark.parametrize("paper", PAPER)
def test_the_biggest_session_prints_without_gaps(biggest: list[Path], browser: Any, paper: str) -> None:
    """Two pages of agenda and three of report; no heading and no caption is parted from what it belongs to, and only the last page has room left."""
    assert [page.name for page in biggest] == ["agenda.html", "report.html", "agenda.html"]
    for page in biggest:
        printed, parted, filled = on_paper(browser, page, paper)
        assert printed == (3 if page.name == "report.html" else 2), page
        assert parted == [], page
        assert all(part > 0.7 for part in filled[:-1]), (page, filled)
