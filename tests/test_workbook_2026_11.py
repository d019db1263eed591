"""A workbook of November 2026 opens for ever: every command runs on a copy of it, and what was entered then stays as it was."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from studygroup.commands.cli import load, main
from studygroup.commands.show import read_table, to_csv
from studygroup.errors import RecordError
from studygroup.workbook.workbook import Workbook
from tests.support.web_server import Server

ROOT = Path(__file__).parents[1]
CASE = ROOT / "tests" / "cases" / "workbook_2026_11"
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

SUMMARY = "01a2275c-0bd6-77e2-ad25-a9b174fd2793"
BALLOT = "01a2275c-0db9-71d2-b304-5df60b8a2ae1"
PROPOSAL = "01a2275c-0da3-7264-a93c-a07b4562fd13"
LORA, TALK, TUNED = "lora-low-rank-adaptation", "a-talk-on-stars-pipes", "finetuned-language-models"

# What to type, line by line, for each command, and a part of what the last line prints. The session is named, as today is any day.
COMMANDS = {
    "announce": (
        [f"announce {what} --session 2026-11-05 --dry-run" for what in ("reminder", "agenda", "report")],
        "2 of 3 members came, plus 1 guest.",
    ),
    "ballots": (
        ["ballots", "ballots --json", f"ballots --close {BALLOT[-12:]}"],
        "Ranked (head to head): 2 of 3 members voted",
    ),
    "check": (["check"], ""),
    "copy": (["copy --to ../copy"], "52 records, 52 new in "),
    "different": ([f"different {LORA} {TUNED}"], ""),
    "due": (["due", "due --json", "due --dry-run"], ""),
    "export": (
        [f"export {form} --list papers" for form in ("csv", "json", "bibtex", "markdown --member bo", "markdown --progress")],
        "1. [x] [Language Models are Few-Shot Learners (2020)](https://arxiv.org/abs/2005.14165)",
    ),
    "fill": ([f"fill --item {TALK}"], ""),
    "forget": (["forget zoe-obrien-li --dry-run", "forget zoe-obrien-li --yes --backup .."], ""),
    "history": (["history --csv", "history --member bo --json", "history --item " + LORA], "rating"),
    "import": (["import ../list.md --dry-run", "import ../list.md --list new"], "1 paper added"),
    "invite": (["invite bo", "invite --all", "invite --revoke bo"], ""),
    "ledger": (["ledger Q20543", "ledger --all"], "Which paper comes after the talk?"),
    "links": (["links --private --json"], '"lora-low-rank-adaptation"'),
    "me": (["me Bo", "me"], "bo"),
    "member add": (["member add Dee"], "dee"),
    "member export": (["member export Zoë"], '"big_idea": "Low rank is enough"'),
    "member joined": (["member joined bo 2026-10-01"], ""),
    "member leave": (["member leave bo --on 2099-01-01"], ""),
    "member list": (["member list --all", "member list"], "Zoë"),
    "member rename": (["member rename bo 'Bo Chen'"], ""),
    "record action": (["record action --text 'Bring cake' --owner bo", "record action --of A14859 --not-done"], ""),
    "record answer": (["record answer --question Q20543 --text 'The next one'"], ""),
    "record attendance": (["record attendance --session 2026-11-26 --member bo --member Zoë"], ""),
    "record availability": (["record survey --first 2099-01-05", "record availability --by bo --can 'monday 18:00-20:00'"], ""),
    "record away": (["record away --by bo --first 2099-01-01 --last 2099-01-02"], ""),
    "record ballot": ([f"record ballot --shortlist {TALK} --shortlist {TUNED} --until 2099-01-01T10:00"], ""),
    "record close": (["record close --session 2026-11-26 --continues 3"], ""),
    "record feedback": (["record feedback --session 2026-11-26 --by bo --worth yes --pace slower --text 'More proofs'"], ""),
    "record guide": ([f"record guide --item {LORA} --part 'sections 1 to 3' --questions 'Why so low?'"], ""),
    "record material": ([f"record material --item {LORA} --label Code --url https://example.org/code"], ""),
    "record note": (["record note --session 2026-11-26 --text 'It went well'"], ""),
    "record pace": (["record pace --session 2026-11-26 --pinned 'Big idea=30'"], ""),
    "record plan": (["record plan --session 2026-11-26 --scribe Zoë", "record plan --session 2026-11-12 --reinstate"], ""),
    "record proposal": ([f"record proposal --by bo --item {TUNED} --why 'It is next'"], ""),
    "record question": ([f"record question --by bo --item {TALK} --text 'Why stars?'"], ""),
    "record rating": ([f"record rating --member bo --item {LORA} --rating 3"], ""),
    "record reading": ([f"record reading --member bo --item {TUNED} --status read"], ""),
    "record reply": ([f"record reply --by bo --to {SUMMARY} --text 'Low enough?'"], ""),
    "record response": (
        [
            f"record plan --session 2026-11-26 --item {LORA}",
            f"record guide --session 2026-11-26 --item {LORA} --questions 'Why so low?'",
            "record response --session 2026-11-26 --by bo --question 1 --text 'It is enough'",
            "ledger",
        ],
        "It is enough",
    ),
    "record rsvp": (["record rsvp --session 2026-11-26 --by zoe-obrien-li --answer yes"], ""),
    "record second": ([f"record second --by ada-lovelace --proposal {PROPOSAL}"], ""),
    "record slot": (["record slot --valid-from 2099-01-01 --weekday monday --time 10:00 --zone UTC"], ""),
    "record summary": ([f"record summary --by bo --item {LORA} --relevance 'Cheap to serve'"], ""),
    "record survey": (["record survey --first 2099-01-05 --length-min 60"], ""),
    "record swap": (["record swap --session 2026-11-26 --by bo --role presenter --to Ada"], ""),
    "record turn": (["record turn --session 2026-11-26 --by bo --role scribe --answer volunteer"], ""),
    "record vote": (
        [
            f"record ballot --shortlist {TALK} --shortlist {TUNED} --until 2099-01-01T10:00",
            f"record vote --by bo --choice {TUNED}",
        ],
        "",
    ),
    "rotation": (["rotation", "rotation --json", "rotation --sessions 3"], "presenter"),
    "same": ([f"same {TUNED} language-models-are-few-shot"], ""),
    "schedule": (
        ["schedule --ics --all", "schedule --from 2026-11-01 --to 2026-12-31"],
        "2026-11-12  Thu  90 min  Berlin 18:30, UTC 17:30  cancelled: No room\n"
        "2026-11-20  Fri  90 min  Berlin 20:00, UTC 19:00  moved from Thu 19 Nov: A concert on Thursday\n",
    ),
    "search": (["search low rank"], LORA),
    "set": (
        ["set zones --add America/New_York --dry-run", "set zones --add America/New_York", "settings zones"],
        "America/New_York",
    ),
    "settings": (["settings --json", "settings zones"], "Europe/Berlin"),
    "show": (["show people --csv", "show syllabus"], "2026-11-05"),
    "times": (
        ["record survey --first 2099-01-05", "record availability --by bo --can 'monday 18:00-20:00'", "times"],
        "1 of 1 can",
    ),
    "undo": (["undo 2919659eeee2 --by bo"], ""),
    "upgrade": (
        ["upgrade --dry-run", "upgrade --new", "upgrade"],
        "Nothing to do: every notebook is the version of studygroup ",
    ),
}
ELSEWHERE = {
    "agenda": "test_its_pages_are_made",
    "github": "test_github_writes_workflows_of_the_right_form",
    "report": "test_its_pages_are_made",
    "site": "test_its_pages_are_made",
    "lab": "starts JupyterLab",
    "new": "makes another workbook",
    "demo": "makes another workbook",
    "serve": "test_the_members_page_shows_it",
    "sync": "test_it_is_shared_through_git",
}
# Which commands are for changing what is there; all others add at most.
REWRITE_RECORDS, REWRITE_LISTS = {"forget"}, {"import", "same", "set", "different"}
RECORDS, LISTS = ("sessions/*/records/*.jsonl",), ("catalogue.csv", "lists/*.csv", "pyproject.toml")

Run = Callable[..., str]


def command_names(group: Any = None, before: str = "") -> Iterator[str]:
    """Yield every command of ``studygroup --help``, those of a group behind its name."""
    for name, command in (group or typer.main.get_command(load())).commands.items():
        if hasattr(command, "commands"):
            yield from command_names(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A copy of the workbook, and a list to import beside it."""
    (tmp_path / "list.md").write_text("- [How Oaks Grow](https://example.org/oaks) by Ann Lee\n")
    return shutil.copytree(CASE / "book", tmp_path / "book")


@pytest.fixture
def run(book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command in the workbook's folder and returns what it prints for others to read."""
    monkeypatch.chdir(book)
    for name in ("STUDYGROUP_MEMBER", "STUDYGROUP_STORE", "STUDYGROUP_ANNOUNCE"):
        monkeypatch.delenv(name, raising=False)

    def run(words: str) -> str:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["studygroup", *shlex.split(words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert left.value.code == 0, f"studygroup {words}: {printed.err}"
        assert "Traceback" not in printed.err
        return printed.out

    return run


def files_of(book: Path, *patterns: str) -> dict[str, bytes]:
    return {str(path.relative_to(book)): path.read_bytes() for pattern in patterns for path in book.glob(pattern)}


def test_every_command_is_tried() -> None:
    """A new command is tried on this workbook too, or it is said why not."""
    assert {*command_names()} == {*COMMANDS, *ELSEWHERE}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_runs_and_keeps_what_was_entered(name: str, book: Path, run: Run) -> None:
    """Lines of records stay byte for byte, new ones follow them; lists change only where a command is for it; nothing is wrong afterwards."""
    if name == "links":
        # Asks addresses that refuse at once, as tests have no network.
        for path in (book / "catalogue.csv", *book.glob("lists/*.csv")):
            path.write_text(path.read_text().replace("https://", "http://127.0.0.1:9/"))
    records, lists = files_of(book, *RECORDS), files_of(book, *LISTS)
    lines, shown = COMMANDS[name]
    printed = [run(line) for line in lines]
    assert shown in printed[-1]
    after = files_of(book, *RECORDS)
    if name not in REWRITE_RECORDS:
        assert {path: after[path][: len(content)] for path, content in records.items()} == records
    enters = name in {"undo", "ballots", "times"} or (
        name.startswith(("record ", "member ")) and name not in {"member export", "member list"}
    )
    assert (after != records) == (enters or name in REWRITE_RECORDS)
    assert (files_of(book, *LISTS) != lists) == (name in REWRITE_LISTS)
    run("check")


def test_its_tables_have_the_rows_of_then(book: Path) -> None:
    """Each row in every column that a table had then; there are more columns now, and past sessions that were cancelled."""
    workbook = Workbook(book, lambda: NOW)
    for path in sorted(CASE.glob("tables/*.csv")):
        then = list(csv.DictReader(io.StringIO(path.read_text())))
        now = list(csv.DictReader(io.StringIO(to_csv(read_table(workbook, path.stem)))))
        rows = [{column: row[column] for column in then[0]} for row in now]
        assert [row for row in rows if row in then or row.get("state") != "cancelled"] == then, path.stem


def test_claims_of_then_are_kept_and_no_more_are_entered(book: Path, run: Run) -> None:
    """A claim is read and checked, can be exported, undone and forgotten; there is no way to enter another one."""
    path = book / "sessions" / "2026-11-19" / "records" / "zoe-obrien-li.jsonl"
    workbook = Workbook(book, lambda: NOW)
    [claim] = [one for one in workbook.records if one.type == "claim"]
    assert workbook.journal.unknown == ()
    with pytest.raises(RecordError, match=r"^A claim is no longer entered; those that were are kept\.$"):
        workbook.enter("claim", by="bo", member="bo", item=LORA, claim="It is cheap")
    run("check")
    typed = {one["id"]: one for one in json.loads(run("member export Zoë"))["typed"]}
    assert typed[claim.id]["claim"] == "No added latency"
    assert "claim" in run(f"history --item {LORA}")
    run("forget zoe-obrien-li --yes --backup ..")
    left = [
        line for file in book.glob("sessions/*/records/*.jsonl") for line in file.read_text().splitlines() if claim.id in line
    ]
    assert len(left) == 1
    assert not path.exists()
    assert "No added latency" not in left[0]
    assert "zoe" not in left[0]
    run("check")


@pytest.mark.slow
def test_its_pages_are_made(book: Path, run: Run) -> None:
    """Agenda, every report and the site, with the people and texts of then; nothing that was entered changes."""
    before = files_of(book, *RECORDS, *LISTS)
    run("agenda --session 2026-11-26")
    run("report --session 2026-11-05")
    run("report --all")
    assert run("site --dry-run")
    run("site")
    for session, name in {"2026-11-26": "agenda", "2026-11-05": "report", "2026-11-19": "report"}.items():
        assert {path.suffix for path in (book / "sessions" / session).glob(f"{name}.*")} == {".ipynb", ".html", ".md"}
    assert "A Talk on Stars &amp; Pipes" in (book / "sessions" / "2026-11-26" / "agenda.html").read_text()
    assert "Zoë O'Brien-李" in (book / "sessions" / "2026-11-19" / "report.md").read_text()
    site = "".join(path.read_text() for path in (book / "site").rglob("*.html"))
    assert "Finetuned Language Models Are Zero-Shot Learners" in site
    assert "Which paper comes after the talk?" in site
    assert files_of(book, *RECORDS, *LISTS) == before


def test_it_is_shared_through_git(book: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is entered is committed and sent."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")

    def git(*words: str) -> str:
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        return subprocess.run(["git", *who, *words], cwd=book, check=True, capture_output=True, text=True).stdout

    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(tmp_path / "shared.git")], check=True)
    git("init", "-q", "-b", "main")
    git("config", "user.name", "Ada")
    git("config", "user.email", "ada@example.org")
    git("add", "-A")
    git("commit", "-q", "-m", "As it was")
    git("remote", "add", "origin", str(tmp_path / "shared.git"))
    git("push", "-q", "-u", "origin", "main")
    run("record note --session 2026-11-26 --text 'It went well'")
    run("sync")
    assert "It went well" in git("show", "origin/main:sessions/2026-11-26/records/ada-lovelace.jsonl")


@pytest.mark.server
def test_the_members_page_shows_it(book: Path) -> None:
    """A member with a link comes in, and the page has forms for them."""
    with Server(book) as server:
        assert server.page(server.cookie("zoe-obrien-li")).widgets
