"""What reaches a terminal: signs that would steer it are text; to a pipe or a file everything goes as it is."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from studygroup.journal.types.lines import encode, new_record
from studygroup.text.terminal import as_typed_here, command_line
from studygroup.workbook.workbook import Workbook
from tests.conftest import NOW
from tests.support.command_line import started

SESSION = "2026-11-20"
HOSTILE = "red \x1b[31m bell \x07 back\b c1 \x9b2J del \x7f over \u202egnp.exe\u2066 line\r=HYPERLINK(1)"


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "studygroup", "--workbook", str(folder), *words]


def on_a_terminal(folder: Path, *words: str) -> str:
    """Return what a terminal gets from a command."""
    ours, theirs = pty.openpty()
    with started(command(folder, *words), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        found = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:
                break
            if not piece:
                break
            found += piece
        process.wait(120)
    os.close(ours)
    # The terminal itself makes CR LF of line ends.
    return found.decode().replace("\r\n", "\n")


@pytest.fixture
def hostile(group: Workbook) -> Workbook:
    """A workbook whose records and file names came from someone who means no good."""
    folder = group.folder / "sessions" / SESSION / "records"
    folder.mkdir(parents=True, exist_ok=True)
    line = encode(new_record("note", now=NOW, by="bo", session=SESSION, text=HOSTILE))
    (folder / "bo.jsonl").write_bytes(line + b"\n")
    (folder / "e\x1b]0;owned\x07vil\u202e\x9b.jsonl").write_bytes(b"\x1b[2J no record\n")
    (folder / "link\x1b[31m.jsonl").symlink_to("/dev/null")
    return group


@pytest.mark.parametrize(
    "words",
    [("show", "notes"), ("show", "notes", "--csv"), ("show", "notes", "--json"), ("check",), ("check", "--json"), ("history",)],
)
def test_a_terminal_shows_control_characters_as_text(hostile: Workbook, words: tuple[str, ...]) -> None:
    """Results and messages alike, from texts and from file names."""
    shown = on_a_terminal(hostile.folder, *words)
    assert shown
    steering = {sign for sign in shown if (not sign.isprintable() and sign not in "\n\t") or sign in "\u202e\u2066\u2028"}
    assert steering == set()
    if words == ("show", "notes", "--csv"):
        assert r"\x1b[31m" in shown
        assert r"\u202egnp.exe" in shown
    if words == ("check",):
        assert r"e\x1b]0;owned\x07vil\u202e\x9b.jsonl" in shown


def test_errors_on_a_terminal_are_text_too(hostile: Workbook) -> None:
    """What was asked for is repeated without what would steer."""
    shown = on_a_terminal(hostile.folder, "show", "no\x1b[31mtable")
    assert "\x1b" not in shown


def test_a_pipe_gets_exact_data(hostile: Workbook) -> None:
    """Names and texts go to programs as they are."""
    done = subprocess.run(command(hostile.folder, "show", "notes", "--csv"), capture_output=True, check=True)
    assert "\x1b[31m bell \x07" in done.stdout.decode()
    assert b"\r'=HYPERLINK" in done.stdout


def test_no_line_of_csv_is_a_formula(group: Workbook) -> None:
    """Not after a carriage return, a line feed or another line end, nor behind blanks, and not in full-width forms."""
    starts = ["=", "+", "-", "@", "\t=", "  =", "\uff1d", "\uff0b", "\u3000="]
    texts = [f"a{end}{start}HYPERLINK(1)" for end in ("\r", "\n", "\r\n", "\x0b", "\u2028", "\x85") for start in starts]
    texts += [f"{start}HYPERLINK(1)" for start in starts]
    path = group.folder / "sessions" / SESSION / "records" / "bo.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [encode(new_record("note", now=NOW, by="bo", session=SESSION, text=text)) for text in texts]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    for words in (("show", "notes", "--csv"), ("history", "--csv")):
        done = subprocess.run(command(group.folder, *words), capture_output=True, check=True)
        shown = done.stdout.decode()
        assert not [line for line in shown.splitlines() if line.strip(' "\t\u3000')[:1] in {*"=+@\uff1d\uff0b"}]
        rows = [*csv.reader(io.StringIO(shown, newline=""), strict=True)]
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > (len(texts) if words[0] == "show" else 40)


@pytest.mark.parametrize("on_the_path", [True, False])
def test_a_command_in_a_message_is_named_as_it_can_be_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, on_the_path: bool
) -> None:
    """By its name where the PATH leads to this program, else by its file, below the folder from there; never by another program."""
    own = Path(sys.executable).parent
    other = tmp_path / "studygroup"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(own if on_the_path else tmp_path))
    program = "studygroup" if on_the_path else str(own / "studygroup")
    told = "Wrong; `studygroup check` says where. Then: studygroup undo ID. The studygroup project"
    expected = f"Wrong; `{program} check` says where. Then: {program} undo ID. The studygroup project"
    monkeypatch.chdir(tmp_path)
    assert as_typed_here(told) == expected
    relative = command_line("check", folder=own.parents[1])
    assert relative == ("studygroup check" if on_the_path else ".venv/bin/studygroup check".replace(".venv", own.parent.name))


def test_without_a_file_of_its_own_the_program_is_a_module_of_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where it runs from its sources."""
    python = tmp_path / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sys, "argv", ["/somewhere/studygroup/__main__.py"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert command_line("agenda", folder=Path("/")) == f"{str(python)[1:]} -m studygroup agenda"
