"""``docs/extending.md``: what it says to change is changed on a copy of the project, and what was added is used there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studygroup.workbook.workbook import Workbook

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "extending.md"
PARTS = ["studygroup", "notebooks", "docs", "tests", "benchmarks", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"]
STEP = re.compile(
    r"(?:`(?P<file>[\w./]+)`, |and )?below\n\n```\w+\n(?P<anchor>.*?)```\n\nadd\n\n```\w+\n(?P<added>.*?)```"
    r"|Make `(?P<new>[\w./]+)`:\n\n```\w+\n(?P<whole>.*?)```",
    re.DOTALL,
)
Run = Callable[..., str]


def section(title: str) -> str:
    """Return what the page says under a heading."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def steps(title: str) -> Iterator[tuple[str, str, str]]:
    """Yield each change under a heading: the file, the line below which something is added (empty: a new file), and what is."""
    file = ""
    for found in STEP.finditer(section(title)):
        if found["new"]:
            yield found["new"], "", found["whole"]
            continue
        file = found["file"] or file
        yield file, found["anchor"], found["added"]


def make_changes(copy: Path, title: str) -> None:
    """Make the changes under a heading, each at the one place that it names."""
    for name, anchor, added in steps(title):
        path = copy / name
        if not anchor:
            path.write_text(added, encoding="utf-8")
            continue
        before = path.read_text(encoding="utf-8")
        assert before.count(anchor) == 1, f"{name} has no such place, or several: {anchor}"
        path.write_text(before.replace(anchor, anchor + added), encoding="utf-8")


def files_of(root: Path) -> dict[str, bytes]:
    """Return the files of the project, without what programs leave behind."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for part in PARTS
        for path in ([root / part] if (root / part).is_file() else sorted((root / part).rglob("*")))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project."""
    made = tmp_path / "copy"
    made.mkdir()
    # With the compiled files: each process would compile the whole copy again.
    ignored = shutil.ignore_patterns("vendor")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, made / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, made / part)
    return made


@pytest.fixture
def run(copy: Path, folder: Path) -> Run:
    """Return a function that runs Python with the copy, in the workbook, and returns what it printed."""
    env = {name: value for name, value in os.environ.items() if name != "STUDYGROUP_MEMBER"}

    def run(*words: str, within: Path = folder) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=within, env={**env, "PYTHONPATH": str(copy)}, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    assert Path(run("-c", "import studygroup; print(studygroup.__file__)").strip()).is_relative_to(copy)
    return run


@pytest.fixture
def touched(copy: Path, run: Run) -> Callable[[str], set[str]]:
    """Return a function that makes the changes under a heading, runs what ``make docs`` runs, and returns the files touched."""

    def touched(title: str) -> set[str]:
        before = files_of(copy)
        make_changes(copy, title)
        for script in ("make_commands", "make_architecture"):
            run(f"docs/{script}.py", within=copy)
        after = files_of(copy)
        return {"CHANGELOG.md", *(name for name in after if after[name] != before.get(name))}

    return touched


def limit(word: str) -> int:
    """Return how many files the page's table allows for a kind of thing."""
    return int(re.search(rf"^\| {word}.*at most (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1])


STATE = """\
from datetime import UTC, datetime
from pathlib import Path
from studygroup.forms.facilitator.attendance import AttendanceForm
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form_context import FormContext
from studygroup.meeting.after.report import report_of
from studygroup.publish.pages.report_page import ReportPage
from studygroup.workbook.workbook import Workbook

book = Workbook(Path("."), lambda: datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
form = AttendanceForm(FormContext(book, "ada-lovelace"))
choices = {row.other.tooltip: row.other for row in form.rows.in_view}
choices["Other attendance of Bo"].value = "remote"
print(form.count.value)
page = ReportPage(report_of(book, "2026-11-20")).attendance()
print(page.html)
"""


def test_an_attendance_state(
    group: Workbook, run: Run, touched: Callable[[str], set[str]], reopen: Callable[[], Workbook]
) -> None:
    """``remote`` is entered by the command and by its choice, counts as there, and is on the report; three files are touched."""
    files = touched("An attendance state")
    assert len(files) <= limit("an attendance") <= 3, files
    cli = ("-m", "studygroup")
    run(
        *cli,
        *["record", "attendance", "--member", "zoë", "--state", "remote", "--session", "2026-11-20", "--early", "--by", "ada"],
    )
    said = run("-c", STATE)
    assert "2 of 3 there" in said and "2 remote" in said
    assert '<th scope="col">No reply, 3</th>' in said and '<th scope="row">Remote</th><td>2</td>' in said
    shown = run(*cli, "show", "attendance", "--csv")
    assert re.findall(r"^2026-11-20,([\w-]+),remote,", shown, re.MULTILINE) == ["bo", "zoe-obrien-li"]
    # Programs of before, as this one is, keep such a record as one of a version that they do not know.
    assert {one.envelope.v for one in reopen().journal.unknown} == {2}


def test_a_column(folder: Path, run: Run, touched: Callable[[str], set[str]]) -> None:
    """``reading_time`` is filled by an import, written to the file, exported, and shown on the item's page; four files at most."""
    files = touched("A column of the catalogue")
    assert len(files) <= limit("a column") <= 4, files
    listed = "# More\n\n| Title | Reading time |\n|---|---|\n| [Sleep and Memory](https://example.org/sleep) | 12 minutes |\n"
    (folder.parent / "more.md").write_text(listed)
    cli = ("-m", "studygroup")
    run(*cli, "import", str(folder.parent / "more.md"))
    header, *rows = (folder / "catalogue.csv").read_text().splitlines()
    place = header.split(",").index("reading_time")
    assert [row.split(",")[place] for row in rows if row.startswith("sleep-and-memory,")] == ["12 minutes"]
    assert '"reading_time": "12 minutes"' in run(*cli, "export", "json")
    run(*cli, "site")
    page = next(path for path in (folder / "site").rglob("*.html") if "sleep-and-memory" in path.as_posix())
    assert re.search(r"Reading time</dt>\s*<dd>12 minutes", page.read_text())


THANKS = """\
from pathlib import Path
from studygroup.forms.member_page.member import MemberForms
from studygroup.workbook.workbook import Workbook

forms = MemberForms(Workbook(Path(".")), "bo")
forms.page()
cards = forms.screen.tabs.children[0].children[0].children
assert [card for card in cards if forms.thanks in getattr(card, "children", ())]
forms.thanks.to.value = "ada-lovelace"
forms.thanks.text.value = "For *reading* aloud."
forms.thanks.thank.click()
print(forms.thanks.receipt.said.value)
for row in forms.thanks.rows.in_view:
    print(row.children[0].value)
"""


def test_a_record_type(group: Workbook, run: Run, touched: Callable[[str], set[str]]) -> None:
    """``thanks`` are entered by the command and through the form, listed, undone, and no one else's to enter; nine files at most."""
    files = touched("A record type with its form")
    assert len(files) <= limit("a record type") <= 9, files
    cli = ("-m", "studygroup")
    entered = run(*cli, *["record", "thanks", "--member", "zoë", "--to", "bo", "--text", "Slides", "--by", "zoë"]).split()[0]
    said = run("-c", THANKS)
    assert "Saved" in said and "Bo thanks Ada Lovelace: For <em>reading</em> aloud." in said and "thanks Bo: Slides" in said
    rows = run(*cli, "show", "thanks", "--csv").splitlines()
    assert rows[0] == "id,session,member,to,text,at,by" and len(rows) == 3
    refused = subprocess.run(
        [sys.executable, *cli, *["record", "thanks", "--member", "ada", "--to", "bo", "--text", "x", "--by", "bo"]],
        cwd=group.folder,
    )
    assert refused.returncode != 0
    run(*cli, "undo", entered, "--by", "zoë")
    assert len(run(*cli, "show", "thanks", "--csv").splitlines()) == 2


def test_a_list_format(copy: Path, folder: Path, run: Run, touched: Callable[[str], set[str]]) -> None:
    """Org mode is read after one new module and one line: its headings are sections and its links entries, the rest is left out."""
    files = touched("A list format")
    assert len(files) <= limit("a list format") <= 5, files
    (folder / "notes.org").write_text(
        "* Papers\n** Rain\n- [[https://example.org/g][Small Gates]] by Ana Berg\nWe read on Fridays.\n"
    )
    said = json.loads(run("-m", "studygroup", "import", "notes.org", "--dry-run", "--json"))["lists"][0]
    assert [(one["title"], one["section"], one["authors"]) for one in said["entries"]] == [
        ("Small Gates", ["Rain"], ["Ana Berg"])
    ]
    assert [(one["line"], one["text"]) for one in said["left_out"]] == [(4, "We read on Fridays.")]
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/catalogue/test_lists_as_found.py", within=copy)


def test_what_is_added_is_checked_like_the_rest(copy: Path, run: Run) -> None:
    """With all three changes, the copy is formatted, typed, and passes the laws of every record type."""
    for title in ("An attendance state", "A column of the catalogue", "A record type with its form"):
        make_changes(copy, title)
    tool = Path(sys.executable).parent
    for words in (["ruff", "check", "--no-cache", "."], ["ruff", "format", "--no-cache", "--check", "."], ["lint-imports"]):
        done = subprocess.run(
            [tool / words[0], *words[1:]], cwd=copy, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(copy)}
        )
        assert done.returncode == 0, done.stdout + done.stderr
    quick = ("tests/journal/test_state.py", "tests/journal/test_records.py", "-m", "not slow", "-n", "0")
    run("-m", "pytest", "-q", "-p", "no:cacheprovider", *quick, within=copy)
