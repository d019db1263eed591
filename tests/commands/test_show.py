"""Tables as CSV: whatever people type, a spreadsheet shows it as text."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from contextlib import suppress

import pytest

from studygroup.catalogue.export.export import to_csv as items_to_csv
from studygroup.commands.show import TABLES, read_table, to_csv
from studygroup.errors import RecordError
from studygroup.text.text import unguard_cell
from studygroup.workbook.workbook import Workbook
from tests.support.hostile_texts import HOSTILE

ADA, SESSION = "ada-lovelace", "2026-11-20"
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")
STARTS = ("=1+1", " =1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "'=1", "-2+3+cmd|' /C calc'!A0")


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """A group that typed all hostile texts, and beginnings of formulas, wherever text is taken."""
    from tests.conftest import CATALOGUE, LIST, SETTINGS, Clock

    root = tmp_path_factory.mktemp("book")
    (root / "lists").mkdir()
    (root / "pyproject.toml").write_text(SETTINGS)
    (root / "catalogue.csv").write_text(
        CATALOGUE.replace("Several Papers", "'=HYPERLINK(1)").replace("It began prompting.", "'@x")
    )
    (root / "lists" / "basics.csv").write_text(LIST.replace("Several Papers", "'=HYPERLINK(1)"))
    book = Workbook(root, Clock())
    book.add_person("=Ada+1", role="facilitator")
    [by] = book.people
    for text in (*HOSTILE, *STARTS):
        book.enter("note", by=by, session=SESSION, text=text)
        book.enter("action", by=by, session=SESSION, text=text)
        asked = book.enter("question", by=by, session=SESSION, member=by, item="talk", text=text)
        book.enter("answer", by=by, session=SESSION, member=by, question=asked.id, text=text)
        book.enter("summary", by=by, session=SESSION, member=by, item="talk", big_idea=text, relevance=text, text=text)
        book.enter("rsvp", by=by, session=SESSION, member=by, answer="no", why=text[:200])
        with suppress(RecordError):  # one line of letters that show
            book.enter("material", by=by, item="talk", label=text, url="https://a.example", role="slides")
    return book


@pytest.mark.parametrize("table", TABLES)
def test_a_table_as_csv_is_text(typed: Workbook, table: str) -> None:
    """No cell begins as a formula does, every row has every column."""
    rows = [*csv.reader(io.StringIO(to_csv(read_table(typed, table)), newline=""))]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if FORMULA.match(cell) and not re.fullmatch(r"-\d+(\.\d+)?", cell)] == []


def test_what_was_typed_comes_back(typed: Workbook) -> None:
    """Without the guard, each text is letter by letter what it was."""
    for table, typed_texts in (("notes", (*HOSTILE, *STARTS)), ("questions", (*HOSTILE, *STARTS))):
        rows = csv.DictReader(io.StringIO(to_csv(read_table(typed, table)), newline=""))
        assert {unguard_cell(row["text"]).strip() for row in rows} == {text.strip() for text in typed_texts}


def test_the_catalogue_as_csv_is_text(typed: Workbook) -> None:
    """Titles and sentences that begin as a formula does keep their guard."""
    cells = [cell for row in csv.reader(io.StringIO(items_to_csv(typed.catalogue), newline="")) for cell in row]
    assert "'=HYPERLINK(1)" in cells and "'@x" in cells
    assert [cell for cell in cells if FORMULA.match(cell)] == []


def test_the_command_prints_it(typed: Workbook) -> None:
    """As it is in the file that a person opens."""
    command = [sys.executable, "-m", "studygroup", "show", "notes", "--csv"]
    done = subprocess.run(command, cwd=typed.folder, capture_output=True, check=True)
    assert b"'=HYPERLINK" in done.stdout
