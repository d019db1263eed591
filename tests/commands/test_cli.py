"""The command line as a person uses it: real files, real exit codes, and a process of its own where that matters."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from icalendar import Calendar

from studygroup.catalogue.items.item import parse_ids
from studygroup.catalogue.items.table import Catalogue
from studygroup.commands.cli import COMMANDS, command_line, load
from studygroup.journal.types.records import Plan
from studygroup.text.text import to_short_day
from studygroup.workbook.starter import shipped_lists, shipped_notebooks
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run, pressed_ctrl_c, started
from tests.support.command_line import run as run
from tests.support.needs import PATIENCE_S, until

COMMAND = [sys.executable, "-m", "studygroup"]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "STUDYGROUP_MEMBER"}


def next_fridays(count: int) -> list[str]:
    """Return the next sessions' ids at this moment: Fridays 23:00 UTC, one under way counts."""
    now = datetime.now(UTC)
    day = (now - timedelta(minutes=90 + 23 * 60)).date() + timedelta(days=1)
    day += timedelta(days=(4 - day.weekday()) % 7)
    return [(day + timedelta(weeks=week)).isoformat() for week in range(count)]


@pytest.mark.slow
def test_a_group_s_first_two_weeks(run: Run, folder: Path) -> None:
    """From an empty roster to the second agenda, by commands alone; the second session reads the second step."""
    first, second = next_fridays(2)
    assert run("member", "add", "Ada Lovelace", "--facilitator").stdout == "ada-lovelace\n"
    run("member", "add", "Zoë O'Brien-李")
    made = run("agenda").stdout.splitlines()
    assert made == [str(folder / "sessions" / first / f"agenda.{ending}") for ending in ("ipynb", "html", "md")]
    assert "Few-Shot Learners" in Path(made[2]).read_text()
    run("record", "plan", "--step", "1", "--presenter", "zoë o'brien-李")
    run("record", "reading", "--member", "zoe-obrien-li", "--item", "few-shot", "--status", "read")
    said = run("record", "attendance", "--early", "--session", first, "--member", "ada-lovelace", "--member", "zoe-obrien-li")
    assert re.match(rf"Saved \d\d:\d\d: Ada Lovelace and Zoë O'Brien-李 present on {first}", said.stderr)
    run("record", "close", "--session", first)
    answer = json.loads(run("agenda", "--session", second, "--json").stdout)
    assert [read["title"] for read in answer["agenda"]["reads"]] == ["Tuned Models"]
    assert [Path(file).name for file in answer["files"]] == ["agenda.ipynb", "agenda.html", "agenda.md"]
    steps = json.loads(run("show", "syllabus", "--json").stdout)
    assert [step["covered"] for step in steps] == [first, "", "", "", ""]


def test_a_session_is_moved_cancelled_and_taken_back(run: Run) -> None:
    """The schedule and the calendar show it."""
    first, second = next_fridays(2)
    run("member", "add", "Ada", "--facilitator")
    run("record", "plan", "--session", second, "--start", f"{second}T20:00", "--why", "Hall is closed")
    run("record", "plan", "--session", first, "--cancel", "--why", "Holiday", "--yes")
    lines = run("schedule").stdout.splitlines()
    assert f"{first}  Fri  90 min  UTC 23:00" in lines[0]
    assert lines[0].endswith("cancelled: Holiday")
    assert "UTC 20:00" in lines[1]
    assert lines[1].endswith("moved to another time: Hall is closed")
    calendar = Calendar.from_ical(run("schedule", "--ics").stdout)
    events = {str(event["uid"]): event for event in calendar.events}
    assert events[f"{first}@thursday-papers.studygroup"]["status"] == "CANCELLED"
    assert events[f"{second}@thursday-papers.studygroup"]["sequence"] == 1
    run("record", "plan", "--session", first, "--reinstate")
    assert "cancelled" not in run("schedule").stdout


@pytest.mark.slow
def test_a_moved_session_is_found_by_either_date(run: Run, folder: Path) -> None:
    """By every command that takes a session; what is entered is filed with the session, and the schedule shows the day it is on."""
    _, moved, other = next_fridays(3)
    day = date.fromisoformat(moved) + timedelta(days=4)
    run("member", "add", "Ada", "--facilitator")
    said = run("record", "plan", "--session", moved, "--start", f"{day}T20:00", "--why", "Hall is closed").stderr
    assert said.endswith(f": plan of {moved}: starts {to_short_day(day)}, 20:00 UTC; reason: Hall is closed\n")
    line = run("schedule").stdout.splitlines()[1]
    assert line.startswith(f"{day}  {day:%a}  90 min  UTC 20:00")
    assert line.endswith(f"  moved from {to_short_day(date.fromisoformat(moved))}: Hall is closed")
    named = ("--session", str(day))
    assert f"plan of {moved}: presenter: Ada" in run("record", "plan", *named, "--presenter", "ada").stderr
    run("record", "rsvp", *named, "--member", "ada", "--answer", "yes")
    run("record", "attendance", *named, "--member", "ada", "--early")
    assert run("history", *named, "--json").stdout == run("history", "--session", moved, "--json").stdout
    assert {one.session for one in Workbook(folder).journal.records} == {moved, next_fridays(1)[0]}
    for command in ("agenda", "report"):
        assert json.loads(run(command, *named, "--json").stdout)["session"] == moved
    assert "--- discord" in run("announce", "agenda", *named, "--dry-run").stdout
    # Where two were moved to one day, neither is guessed.
    run("record", "plan", "--session", other, "--start", f"{day}T18:00")
    assert f"name one of them: {other} and {moved}." in run("agenda", *named, code=1).stderr


def test_a_mistake_with_a_session_is_asked_about_before_it_is_saved(run: Run, folder: Path) -> None:
    """Moved into the past, cancelled or moved though it was held: without a terminal nothing is saved, and --yes goes ahead."""
    book = Workbook(folder)
    past = book.schedule.previous(book.clock()).id
    nothing = f"Nothing was saved; the session of {past} stays as it was planned. To do it anyway, add --yes."
    run("member", "add", "Ada", "--facilitator")
    plan = ("record", "plan", "--session", past)
    for change in (("--cancel", "--why", "ill"), ("--start", f"{past}T20:00")):
        refused = run(*plan, *change, code=1).stderr
        assert f"The session of {to_short_day(date.fromisoformat(past))} began " in refused
        assert nothing in refused
    run("record", "attendance", "--session", past, "--member", "ada")
    assert "has attendance of 1 person. Cancel it?" in run(*plan, "--cancel", "--why", "ill", code=1).stderr
    run("record", "close", "--session", past)
    assert "is closed. Cancel it?" in run(*plan, "--cancel", "--why", "ill", code=1).stderr
    assert "cancelled (ill)" in run(*plan, "--cancel", "--why", "ill", "--yes").stderr
    ahead = next_fridays(2)[1]
    told = run("record", "plan", "--session", ahead, "--start", f"{past}T20:00", code=1).stderr
    assert "ago. Move the session there?" in told
    run("record", "plan", "--session", ahead, "--start", f"{past}T20:00", "--dry-run")


def test_an_undo_says_what_it_did_and_can_be_undone(run: Run, folder: Path) -> None:
    """What is current again is named, and how to get back what was undone; once."""
    ahead = next_fridays(2)[1]
    plan = ("record", "plan", "--session", ahead)
    run("member", "add", "Ada", "--facilitator")
    run(*plan, "--presenter", "ada", "--step", "1", "--length", "60")
    run(*plan, "--scribe", "ada")
    newest = json.loads(run("history", "--session", ahead, "--json").stdout)[0]["id"]
    first, current, back = run("undo", newest).stderr.splitlines()
    assert first.partition(": ")[2].startswith(f"undid plan of {ahead} (scribe: Ada)")
    assert current.startswith(f"Current again: plan of {ahead} (reads ")
    assert current.endswith("; presenter: Ada; 60 minutes)")
    assert back.startswith("To get it back: studygroup undo ")
    undo = back.split()[-1]
    again = run("undo", undo).stderr
    assert "entered again: plan of" in again
    assert "scribe: Ada" in again
    assert Workbook(folder).latest(Plan, ahead).roles == {"presenter": "ada", "scribe": "ada"}
    assert "This was entered again before" in run("undo", undo, code=1).stderr
    question = run("record", "question", "--item", "few-shot", "--text", "Why?").stdout.strip()
    told = run("undo", question).stderr.splitlines()
    assert told[0].endswith(": undid “Ada asked: “Why?””")
    run("undo", told[-1].split()[-1])
    [asked] = json.loads(run("show", "questions", "--json").stdout)
    assert asked["text"] == "Why?"
    run("set", "slot", "tuesday", "18:00", "UTC", "--from", ahead, "--yes")
    slot = json.loads(run("history", "--json").stdout)[0]["id"]
    assert "The group meets again as before: Fridays at 23:00 UTC, 90 minutes" in run("undo", slot).stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ("agenda", "--session", "2026-11-26"),
            1,
            "studygroup: 2026-11-26 has no session; the nearest are 2026-11-20 and 2026-11-27.",
        ),
        (("agenda", "--session", "x"), 1, "studygroup: 'x' is not a session; write its date"),
        (("show", "peple"), 2, "there is no table 'peple' (did you mean 'people'?)"),
        (("schedule", "--ics", "--json"), 2, "choose one of --ics and --json"),
        (("schedule", "--from", "2026-12-01", "--to", "2026-11-01"), 2, "--from 2026-12-01 is after --to 2026-11-01"),
        (("show", "people", "--csv", "--json"), 2, "choose one of --csv and --json"),
        (("record", "attendance", "--member", "eve"), 1, "studygroup: 'eve' is not on the roster"),
        (("record", "plan", "--step", "1"), 2, "add yourself first: studygroup member add"),
        (("member", "add", " "), 1, "studygroup: The name is empty; please give one."),
        (("--workbook", "/nowhere", "show", "people"), 1, "studygroup: /nowhere is not a workbook: it has no pyproject.toml."),
        (("import", "absent.md"), 1, "absent.md"),
        (("horoscope",), 2, "No such command 'horoscope'"),
        (("agenda", "--sesion", "2026-11-27"), 2, "No such option"),
        (("record", "plan", "--role", "presenter"), 2, "write ROLE=MEMBER"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(run: Run, words: tuple[str, ...], code: int, message: str) -> None:
    """Exit code 1 for what could not be done, 2 for wrong usage; nothing on stdout."""
    done = run(*words, code=code)
    assert message in done.stderr
    assert done.stdout == ""


def test_a_workbook_is_named_before_or_after_the_command(run: Run, folder: Path, tmp_path: Path) -> None:
    """From any folder."""
    for words in (("--workbook", str(folder), "show", "people"), ("show", "people", "--workbook", str(folder))):
        assert run(*words, cwd=tmp_path).stdout.startswith("No rows; the columns are member, name")
    assert "No workbook in" in run("show", "people", cwd=tmp_path, code=1).stderr


def test_every_table_prints_as_text_csv_and_json(run: Run) -> None:
    """The same rows in each form."""
    run("member", "add", "=HYPERLINK(1)", "--facilitator")
    run("record", "plan", "--step", "1")
    run("record", "attendance", "--early", "--member", "hyperlink-1")
    run("record", "reading", "--member", "hyperlink-1", "--item", "talk")
    run("record", "close")
    for table in ("items", "syllabus", "sessions", "people", "plans", "closes", "attendance", "reading"):
        rows = json.loads(run("show", table, "--json").stdout)
        lines = list(csv.reader(io.StringIO(run("show", table, "--csv").stdout)))
        assert len(rows) == len(lines) - 1 == len(run("show", table).stdout.splitlines()) - 1 > 0, table
        assert not [cell for line in lines for cell in line if re.match(r"\s*[=+\-@]", cell)]


def test_a_member_types_into_a_file_of_their_own(run: Run, folder: Path) -> None:
    """In a clone with one facilitator, a member's reading status is the member's own record."""
    run("member", "add", "Ada", "--facilitator")
    run("member", "add", "Bo")
    run("record", "reading", "--member", "Bo", "--item", "few-shot")
    [line] = [line for path in folder.rglob("bo.jsonl") for line in path.read_text().splitlines()]
    assert json.loads(line)["by"] == "bo"


def test_dates_in_json_are_iso_8601(run: Run) -> None:
    """Days as days, instants with their zone."""
    run("member", "add", "Ada", "--facilitator")
    run("record", "plan", "--step", "1", "--start", f"{next_fridays(1)[0]}T22:00", "--yes")
    [person] = json.loads(run("show", "people", "--json").stdout)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", person["joined"])
    assert person["left"] is None
    [plan] = json.loads(run("show", "plans", "--json").stdout)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", plan["at"])
    assert plan["start"].startswith(f"{next_fridays(1)[0]}T22:00:00")


def test_a_terminal_without_letters_gets_escapes(folder: Path) -> None:
    """Not an error; the version prints, too."""
    env = {**environment(), "PYTHONIOENCODING": "ascii"}
    for words, shown in ((("member", "add", "Zoë"), "zoe"), (("show", "people"), "Zo\\xeb"), (("--version",), "0.1.0")):
        done = subprocess.run([*COMMAND, *words], cwd=folder, env=env, capture_output=True, text=True, check=True)
        assert shown in done.stdout


def test_a_full_output_is_told(folder: Path) -> None:
    """Writing to a device that takes nothing ends in a sentence."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "show", "items"], cwd=folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode != 0
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_records_that_cannot_be_used_are_mentioned(run: Run, folder: Path) -> None:
    """Whoever reads a table learns that something is missing in it."""
    run("member", "add", "Ada", "--facilitator")
    [records] = folder.rglob("ada.jsonl")
    records.write_bytes(b"<<<<<<< HEAD\n" + records.read_bytes())
    assert "1 part of the records could not be used; `studygroup check` says where" in run("show", "people").stderr


def test_whoever_adds_themselves_is_not_asked_who_they_are(folder: Path) -> None:
    """STUDYGROUP_MEMBER may be set before one is on the roster."""
    env = {**environment(), "STUDYGROUP_MEMBER": "zoe"}
    done = subprocess.run([*COMMAND, "member", "add", "Zoe"], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "zoe\n")


def test_search_finds_the_best_first(run: Run) -> None:
    """And says when there is nothing."""
    assert run("search", "few", "shot").stdout.splitlines()[:2] == ["few-shot", "    Few-Shot Learners (2020)"]
    assert json.loads(run("search", "talk", "--json").stdout)[0]["id"] == "talk"
    assert run("search", "talk").stdout.splitlines()[1] == "    A Talk on *Stars* & <Pipes>"
    assert "Nothing was found" in run("search", "zebra").stderr


def test_check_finds_what_is_wrong_everywhere(run: Run, folder: Path) -> None:
    """Settings, catalogue, lists and records in one go, each with file and line; exit code 1 when there is an error."""
    assert run("check").stderr == "All is well.\n"
    run("member", "add", "Ada", "--facilitator")
    run("record", "reading", "--member", "ada", "--item", "talk")
    [records] = folder.glob("sessions/*/records/ada.jsonl")
    records.write_bytes(records.read_bytes() + b"<<<<<<< HEAD\n")
    catalogue = folder / "catalogue.csv"
    catalogue.write_text(catalogue.read_text().replace("talk,A Talk", "talk2,A Talk").replace(",video,", ",vidoe,"))
    settings = folder / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace('syllabus = "basics"', 'syllabus = "basics"\nfacilitators = ["eve"]\nfirst_step = 9')
    )
    done = run("check", code=1)
    place = records.relative_to(folder)
    for line in [
        "catalogue.csv:4, column kind: error: 'vidoe'",
        "lists/basics.csv:4, column items: error: ",
        "pyproject.toml: warning: tool.studygroup.facilitators: 'eve' is not on the roster",
        "pyproject.toml: error: tool.studygroup.first_step: found 9; basics has steps 1 to 5",
        f"{place}:3: error: a merge left its conflict marker here",
        "reading: 'talk' is not in the catalogue",
    ]:
        assert line in done.stdout
    assert re.search(r"\d errors?, \d to look at", done.stderr)
    assert {problem["severity"] for problem in json.loads(run("check", "--json", code=1).stdout)} == {"error", "warning"}
    settings.write_text(settings.read_text().replace("zones", "zoness"))
    assert "tool.studygroup.zoness: unknown key (did you mean 'zones'?)" in run("check", code=1).stdout


def test_an_import_is_previewed_then_written_then_changes_nothing(run: Run, folder: Path) -> None:
    """A dry run writes nothing; the list may then be the syllabus; importing again adds nothing."""
    (folder / "new.md").write_text(
        "# New\n\n## First part\n\n1. [A Fresh Paper](https://example.org/fresh)\n2. [Few-Shot Learners](https://arxiv.org/pdf/2005.14165v2)\n"
    )
    before = (folder / "catalogue.csv").read_bytes()
    preview = json.loads(run("import", "new.md", "--dry-run", "--json").stdout)
    assert set(preview) == {"lists", "items", "suggestions", "touched_sessions", "counts", "corrections"}
    assert [entry["title"] for entry in preview["lists"][0]["entries"]] == ["A Fresh Paper", "Few-Shot Learners"]
    assert (folder / "catalogue.csv").read_bytes() == before
    run("import", "new.md", "--list", "fresh")
    after = (folder / "catalogue.csv").read_bytes()
    assert after.startswith(before)
    assert b"A Fresh Paper" in after
    assert after.count(b"2005.14165,,") == 1
    listed = (folder / "lists" / "fresh.csv").read_bytes()
    run("import", "new.md", "--list", "fresh")
    assert ((folder / "catalogue.csv").read_bytes(), (folder / "lists" / "fresh.csv").read_bytes()) == (after, listed)


def test_a_list_that_comes_with_the_program_is_imported_by_its_name(run: Run, folder: Path) -> None:
    """All of its papers, with authors and the year, as a group that starts with it has them; a second time it is there already."""
    assert "15 papers would be added" in run("import", "llm-reading-list", "--dry-run").stdout
    assert run("import", "LLM reading list: recent papers", "--syllabus").stderr.endswith(
        "The syllabus is now llm-reading-list.\n"
    )
    ships = Catalogue.read(shipped_lists())
    named = {item for cell in ships.lists["llm-reading-list"]["items"] for item in parse_ids(cell)}
    book = Workbook(folder)
    for item in named:
        assert book.catalogue.item(item) == ships.item(item)
    again = run("import", "llm-reading-list", code=1).stderr
    assert (
        "The workbook has the list llm-reading-list already. To follow it: studygroup set syllabus llm-reading-list." in again
    )
    run("import", "llm-reading-list", "--list", "second")
    assert len(Workbook(folder).catalogue.items) == len(book.catalogue.items)
    assert "(did you mean 'llm-powerhouse'?)" in run("import", "llm-powerhuose", code=1).stderr
    assert "Lists that come with the program: modern-llm-study-group," in run("import", "nothing-like-it", code=1).stderr


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path) -> None:
    """As with `studygroup show items | head -1`."""
    done = subprocess.run(
        f"{sys.executable} -m studygroup show items | head -1",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def kernels_of(pid: int) -> list[int]:
    """Return the processes of kernels that a process has started."""
    children = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in _read(path).split()]
    return [child for child in children if b"ipykernel" in _read(Path(f"/proc/{child}/cmdline"))]


def _read(path: Path) -> bytes:
    """Return what is told of a process or a thread; nothing where it has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return path.read_bytes()
    return b""


def test_ctrl_c_while_the_notebook_runs_changes_nothing(folder: Path) -> None:
    """One sentence, exit code 1, no half-written page, and no kernel left behind."""
    template = nbformat.read(shipped_notebooks() / "templates" / "agenda.ipynb", 4)
    template.cells.append(nbformat.v4.new_code_cell(f"import time; time.sleep({PATIENCE_S})"))
    (folder / "notebooks" / "templates").mkdir(parents=True)
    nbformat.write(template, folder / "notebooks" / "templates" / "agenda.ipynb")
    with started([*COMMAND, "agenda"], cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        until(lambda: kernels_of(process.pid))
        kernels = kernels_of(process.pid)
        said = pressed_ctrl_c(process)
    assert process.returncode == 1
    assert said.endswith("studygroup: Interrupted. What was there before is as it was.\n")
    until(lambda: not any(Path(f"/proc/{kernel}").exists() for kernel in kernels))
    assert list((folder / "sessions").rglob("agenda*")) == []


def test_each_command_is_found_in_its_module() -> None:
    """Typed, it is there; without one all are, for help."""
    app = load()
    found = {info.name or str(info.callback.__name__): str(info.callback.__module__) for info in app.registered_commands}
    found |= {
        group.name: str(group.typer_instance.registered_commands[0].callback.__module__) for group in app.registered_groups
    }
    assert found == {command: f"studygroup.commands.{module}" for module, commands in COMMANDS.items() for command in commands}


def test_a_command_starts_without_the_others() -> None:
    """Only its module is imported, and no table is made for what reads none."""
    code = "import sys; from studygroup.commands.cli import load; load('lab'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = {name for name in done.stdout.split() if name.startswith("studygroup.commands.") and "_command" in name}
    assert found == {"studygroup.commands.lab_command"}


def test_the_version_needs_no_command() -> None:
    """Nothing of the workbook is imported for what reads nothing."""
    code = "import sys; sys.argv[1:] = ['--version']; from studygroup.commands.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("0.")
    assert not [
        name for name in done.stdout.split() if name.startswith(("studygroup.workbook", "studygroup.journal", "msgspec"))
    ]


def test_every_command_explains_itself_with_an_example(run: Run) -> None:
    """Help names an example for each command, and no command is without."""
    for words in (
        *((name,) for name in ("agenda", "import", "search", "show", "schedule", "check", "new")),
        *(("member", name) for name in ("list", "add", "leave", "rename")),
        *(("record", name) for name in ("plan", "close", "attendance", "reading")),
    ):
        assert f"Example: studygroup {' '.join(words)}" in run(*words, "--help").stdout


@pytest.mark.parametrize("words", [(), ("member",), ("record",)])
def test_help_lists_each_command_with_a_whole_sentence(run: Run, words: tuple[str, ...]) -> None:
    """On a terminal of 80 columns; more about a command is in the sentences after the first."""
    listed = run(*words, "--help").stdout.split("Commands:\n")[1].splitlines()
    assert len(listed) > 5
    assert [line for line in listed if line.endswith("...")] == []


def test_help_has_no_types_of_python() -> None:
    """Each option and argument of every command says in a word what it takes."""
    typed = []

    def look(command: Any, words: str) -> None:
        context = command.context_class(command, info_name=words)
        for name, inner in getattr(command, "commands", {}).items():
            look(inner, f"{words} {name}")
        for one in command.params:
            name, _ = one.get_help_record(context) or ("", "")
            typed.extend([f"{words} {name}"] if "<" in name else [])

    look(command_line(), "studygroup")
    assert typed == []
