"""A short version of what `make load` measures: nothing that was shown as saved is lost, and what compares it would tell."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studygroup.journal.types.lines import encode, new_record
from studygroup.journal.types.records import Rsvp

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from clicker import cookies_of, make_group  # noqa: E402
from load_kill import Sitting, compare, kill_while_saving  # noqa: E402

from tests.support.web_server import Server  # noqa: E402

NOW, SESSION = datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "2026-11-20"


@pytest.mark.server
def test_a_kill_while_everyone_saves_loses_nothing_that_was_shown_as_saved() -> None:
    """kill -9 of the server, then each journal is what its page showed, and what was typed is on a page opened after it."""
    command = [sys.executable, str(ROOT / "benchmarks" / "load.py"), "kill", "--members", "10", "--kills", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kills with 10 members saving" in done.stdout and "wrong 0" in done.stdout


@pytest.mark.server
def test_a_server_that_keeps_less_than_it_shows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real page whose journal forgets every "maybe", and whose drafts are kept nowhere."""
    forgetful = """
from studygroup.forms.kit.drafts import Drafts
from studygroup.journal.files.files import FilesStore
keep = FilesStore.append
FilesStore.append = lambda self, record, again=False: (
    record if getattr(record, "answer", "") == "maybe" else keep(self, record, again)
)
Drafts.keep = lambda *words: None
"""
    cookies = cookies_of(tmp_path / "book", make_group(tmp_path / "book", 3))
    with Server(tmp_path / "book", before=forgetful) as server:
        assert not asyncio.run(kill_while_saving(server, cookies, 1))
    told = capsys.readouterr().out
    for member in cookies:
        assert f"{member}: shown as saved: yes, maybe" in told
        assert f"{member}: the page shows '' where 'What {member} typed before kill 1: $x^2$' was typed" in told


def answers(member: str, *chosen: str) -> list[Rsvp]:
    """Return a member's answers, each in place of the one before it."""
    made: list[Rsvp] = []
    for answer in chosen:
        one = new_record(
            "rsvp", now=NOW, by=member, session=SESSION, replaces=made[-1] if made else None, member=member, answer=answer
        )
        assert isinstance(one, Rsvp)
        made.append(one)
    return made


BO = answers("bo", "yes", "maybe", "no")
ZOE = answers("zoe", "yes", "maybe")
LINES, ZOES = [encode(one) for one in BO], [encode(one) for one in ZOE]
SHOWN = Sitting("bo", ("yes", "maybe"), "no")


def told(lines: list[bytes], sitting: Sitting = SHOWN, before: list[bytes] | None = None) -> str:
    return "\n".join(compare({"bo": before or []}, {"bo": lines}, [sitting]))


@pytest.mark.parametrize("kept", [LINES, LINES[:2], [*LINES[:2], LINES[2][:40]]], ids=["kept", "not kept", "torn"])
def test_the_save_that_a_kill_meets_may_be_kept_or_not(kept: list[bytes]) -> None:
    """It was not shown as saved; half of it is as good as none."""
    assert told(kept) == ""


def test_what_was_kept_before_goes_on() -> None:
    """The second kill compares what came since the first; a torn line between is passed over."""
    assert told(LINES, Sitting("bo", ("no",)), LINES[:2]) == ""
    torn = [*LINES[:2], b'{"v":1,"id"']
    assert told([*torn, LINES[2]], Sitting("bo", ("no",)), torn) == ""


@pytest.mark.parametrize(
    ("lines", "sitting", "sentence"),
    [
        (LINES[:1], SHOWN, "shown as saved: yes, maybe; under way: no; kept: yes"),
        (LINES[1:], SHOWN, "kept: maybe, no"),
        ([], SHOWN, "kept: none"),
        ([LINES[0], *LINES], SHOWN, "kept: yes, yes, maybe, no"),
        ([*LINES[:2], LINES[1]], Sitting("bo", ("yes", "maybe"), "maybe"), f"2 lines have the id {BO[1].id}"),
        ([LINES[1], LINES[0]], SHOWN, "kept: maybe, yes"),
        (LINES, Sitting("bo", ("yes", "maybe")), "under way: none; kept: yes, maybe, no"),
        (LINES, Sitting("bo", ("yes",), "maybe"), "kept: yes, maybe, no"),
        (ZOES, SHOWN, f"{ZOE[0].id} is by zoe, about zoe"),
        ([LINES[0], encode(answers("bo", "maybe")[0])], SHOWN, f"does not replace the answer before it, {BO[0].id}"),
        ([LINES[0][:40], LINES[1]], SHOWN, "this is no whole answer"),
        ([LINES[0].replace(b'"answer"', b'"said"'), LINES[1]], SHOWN, "this is no whole answer"),
        (LINES[:2], Sitting("bo", ("yes", "maybe"), refused=("no",)), "the page did not show as saved: no"),
    ],
    ids=[
        *("lost last", "lost first", "lost all", "doubled", "doubled as if under way", "another order", "more than shown"),
        *("two under way", "foreign", "replaces nothing", "torn before the last", "a field is missing", "refused"),
    ],
)
def test_every_difference_is_told(lines: list[bytes], sitting: Sitting, sentence: str) -> None:
    """A lost, a doubled, a foreign, a torn record, another order, an answer that the page refused."""
    assert sentence in told(lines, sitting)


def test_a_file_of_someone_who_clicked_nothing_stays_as_it_was() -> None:
    """A record more under another name, and lines that went away or changed."""
    said = compare({"ada": ZOES}, {"ada": ZOES, "zoe": ZOES, "bo": LINES}, [SHOWN])
    assert [line.partition(";")[0] for line in said if "2 lines" not in line] == ["zoe: shown as saved: none"]
    for now in (ZOES[:1], ZOES[::-1], []):
        assert compare({"zoe": ZOES}, {"zoe": now}, []) == ["zoe: lines that were there before have changed"]
