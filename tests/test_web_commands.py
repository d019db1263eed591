"""Links from the command line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from studygroup.workbook import Workbook

Run = Callable[..., tuple[str, str]]


@pytest.fixture
def run(group: Workbook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs studygroup in the workbook and returns what it prints on both streams."""
    from studygroup.cli import main

    def run(*words: str, code: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["studygroup", "--workbook", str(group.folder), *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        assert left.value.code == code, printed.err
        return printed.out, printed.err

    return run


def test_one_link_is_printed_alone(run: Run) -> None:
    """So that it can be piped; how long it holds goes to the other stream."""
    out, err = run("invite", "Zoë O'Brien-李")
    assert re.fullmatch(r"http://127\.0\.0\.1:8321/join#[\w.-]+\n", out)
    assert err == "For 14 days, once. Send its member in private: whoever has a link is that member.\n"


def test_everybody_who_has_not_left_gets_a_link(run: Run, group: Workbook, folder: Path) -> None:
    """A line a member; with the address, days and devices of the settings."""
    group.change_person("bo", by="ada-lovelace", joined=date(2019, 1, 1), left=date(2020, 1, 1))
    settings = folder / "pyproject.toml"
    extra = 'page_address = "https://papers.example.org"\nlink_days = 3\nlink_devices = 2\n'
    settings.write_text(settings.read_text().replace('syllabus = "basics"\n', 'syllabus = "basics"\n' + extra))
    out, err = run("invite", "--all")
    assert [line.split("\t")[0] for line in out.splitlines()] == ["Ada Lovelace", "Zoë O'Brien-李"]
    assert all("\thttps://papers.example.org/join#" in line for line in out.splitlines())
    assert err.startswith("For 3 days, on 2 devices. Send each to its member")


def test_links_for_machines(run: Run) -> None:
    """--json gives member, name and link."""
    [link] = json.loads(run("invite", "bo", "--json")[0])
    assert (link["member"], link["name"]) == ("bo", "Bo")


def test_revoking_ends_what_was_sent(run: Run, group: Workbook) -> None:
    """And says so; revoke and invite together send a new link."""
    from studygroup.web.invites import Invites

    old = run("invite", "bo")[0].strip().split("#")[1]
    out, err = run("invite", "bo", "--revoke", "bo")
    assert err.startswith("Ended: all links, devices and open pages of Bo.\n")
    invites = Invites.of(group)
    assert invites.look(old) is None
    assert invites.look(out.strip().split("#")[1])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("invite",), "name members, or everybody with --all"),
        (("invite", "nobody"), "'nobody' is not on the roster"),
        (("invite", "--revoke", "nobody"), "'nobody' is not on the roster"),
    ],
)
def test_mistakes_are_told(run: Run, words: tuple[str, ...], expected: str) -> None:
    """In one sentence, and no link is made."""
    out, err = run(*words, code=1 if "nobody" in words else 2)
    assert expected in err
    assert out == ""


def test_who_left_is_not_invited(run: Run, group: Workbook) -> None:
    """The message says how to welcome them back."""
    group.change_person("bo", by="ada-lovelace", joined=date(2019, 1, 1), left=date(2020, 1, 1))
    assert "Bo has left" in run("invite", "bo", code=1)[1]


def test_keys_are_outside_git() -> None:
    """Here, and in a workbook that `studygroup new` makes."""
    from studygroup.starter import _IGNORED

    assert "/.studygroup/" in (Path(__file__).parents[1] / ".gitignore").read_text().splitlines()
    assert "/.studygroup/" in _IGNORED.splitlines()
