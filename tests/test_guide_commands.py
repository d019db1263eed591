"""Every command that a guide shows is run, page by page and in order, in a fresh copy of one group; what a guide says it prints, it prints."""

from __future__ import annotations

import re
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
import typer

from studygroup.commands.cli import load
from studygroup.workbook.identity import MEMBER
from studygroup.workbook.workbook import Workbook
from tests.support.clones import IDENTITY
from tests.support.clones import own_git as own_git
from tests.support.command_line import Run
from tests.support.command_line import run as run
from tests.support.guide_commands import NOW, ROOT, Shown, commands_of, make_guide_group

PAGES = {
    name: commands_of(name, (ROOT / name).read_text(encoding="utf-8"))
    for name in ("README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
    # Each of its examples stands alone, in a group of its own.
    if name != "docs/commands.md"
}


@pytest.fixture(scope="module")
def guide_group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the group of the guides and its repository; tests work with copies."""
    folder = tmp_path_factory.mktemp("guides")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        make_guide_group(folder / "papers")
    return folder


@pytest.fixture
def here(guide_group: Path, own_git: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the group, at the time of the guides."""
    shutil.copytree(guide_group, tmp_path / "guides")
    monkeypatch.delenv(MEMBER, raising=False)
    monkeypatch.setattr(Workbook.__init__, "__defaults__", (lambda: NOW,))
    return tmp_path / "guides" / "papers"


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts outside this machine that were asked for; none is reached."""
    asked: list[str] = []
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def is_here(host: object) -> bool:
        return host in {"127.0.0.1", "::1", "localhost"}

    def look_up_here(host: object, *given: Any, **named: Any) -> Any:
        if is_here(host):
            return look_up(host, *given, **named)
        asked.append(str(host))
        raise socket.gaierror(socket.EAI_NONAME, "no network in this test")

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX or is_here(address[0]):
            return connect(self, address)
        asked.append(str(address[0]))
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    monkeypatch.setattr(socket.socket, "connect", connect_here)
    return asked


# What is not run, with the reason.
INSTALLS = "it installs something"
NETWORK = "it needs a network"
SERVES = "it goes on until someone stops it"
ELSEWHERE = "it is about a database server, and PostgreSQL's own programs"
EXCEPTIONS: dict[str, dict[str, str]] = {
    "README.md": {
        "pipx run --spec studygroup-0.1.0-py3-none-any.whl studygroup new": INSTALLS,
        "make demo": INSTALLS,
        "make agenda": INSTALLS,
        "make test": INSTALLS,
        "studygroup fill": NETWORK,
        "studygroup links --dead": NETWORK,
    },
    "CONTRIBUTING.md": {
        "make check": INSTALLS,
        "make test ONE=tests/text/test_text.py": INSTALLS,
        "make test ONE=tests/text/test_text.py::test_NAME": INSTALLS,
        "make test": INSTALLS,
        "make fix": INSTALLS,
        "make docs": INSTALLS,
    },
    "docs/deploy.md": {
        "make serve": INSTALLS,
        "studygroup invite --all --send": NETWORK,
        "studygroup serve --port 8321": SERVES,
        "studygroup serve --port 8322": SERVES,
        "pip install studygroup[web,hub]": INSTALLS,
    },
    "docs/first.md": {
        "pipx run --spec studygroup-0.1.0-py3-none-any.whl studygroup new": INSTALLS,
    },
    "docs/howto.md": {
        "pipx run --spec studygroup-0.1.0-py3-none-any.whl studygroup new": INSTALLS,
    },
    "docs/index.md": {
        "pipx run --spec studygroup-0.1.0-py3-none-any.whl studygroup new": INSTALLS,
    },
    "docs/messages.md": {
        "studygroup announce agenda": NETWORK,
        "studygroup announce reminder": NETWORK,
        "studygroup announce report": NETWORK,
    },
    "docs/postgresql.md": {
        "pip install studygroup[sql]": INSTALLS,
        "createuser papers --pwprompt": ELSEWHERE,
        "createdb papers --owner papers": ELSEWHERE,
        "export STUDYGROUP_STORE=postgresql+psycopg://papers:PASSWORD@db.example.org/papers": ELSEWHERE,
        "studygroup copy --from sessions --to $STUDYGROUP_STORE": ELSEWHERE,
    },
}


def told(one: Shown) -> str:
    """Return a command as ``EXCEPTIONS`` names it: without settings of the environment before it."""
    return " ".join(word for place, word in enumerate(one.words) if place or not word.startswith("STUDYGROUP_"))


def is_true(reason: str, words: list[str]) -> bool:
    """Return whether a reason, other than the network, holds for a command."""
    if reason == INSTALLS:
        # Every target of make that a guide names sets up an environment first.
        return words[0] in {"make", "pip", "pipx"}
    if reason == SERVES:
        return words[:2] == ["studygroup", "serve"]
    return words[0] in {"createuser", "createdb", "export"} or "$STUDYGROUP_STORE" in words


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page, shown in PAGES.items() if shown])
def test_the_commands_of_a_page_do_what_it_says(page: str, here: Path, run: Run, refused: list[str]) -> None:
    """In the page's order; one that needs a network asks for another host and says that it failed."""
    excepted = EXCEPTIONS.get(page, {})
    for one in PAGES[page]:
        place, reason = f"{page}:{one.line}: {one.command}", excepted.get(told(one))
        refused.clear()
        if reason == NETWORK:
            done = run(*one.words[1:], cwd=here, code=1)
            assert refused, f"{place} needs no network: {done.stderr}"
        elif reason is None:
            assert one.words[0] == "studygroup", place
            # Where a group is made, the installation is left out.
            more = ("--no-environment", "--no-lab") if one.words[1] == "new" else ()
            done = run(*one.words[1:], *more, cwd=here)
            assert refused == [], place
            if one.printed is not None:
                assert lines(one.printed) in (lines(done.stdout), lines(done.stdout + done.stderr)), place


def lines(text: str) -> list[str]:
    """Return the lines of what was printed, without blanks at their ends."""
    return [line.rstrip() for line in text.strip().splitlines()]


def test_every_exception_is_needed_and_true() -> None:
    """Each names a command that its guide has, for a reason that holds; targets of make are there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page, excepted in EXCEPTIONS.items():
        shown = {told(one): one.words for one in PAGES[page]}
        assert excepted.keys() - shown.keys() == set()
        for command, reason in excepted.items():
            words = command.split()
            assert reason == NETWORK or is_true(reason, words), command
            assert words[0] != "make" or words[1] in targets, command


def test_every_command_that_a_page_names_is_there() -> None:
    """Also in a sentence, and in the examples of the reference: the command, its options, and the target of make."""
    app: Any = typer.main.get_command(load())
    named: list[tuple[str, list[str]]] = []
    for page in (*PAGES, "docs/commands.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        named += [(page, words.split()) for words in re.findall(r"(?<!`)`((?:studygroup|make) [^`\n]+)`(?!`)", text)]
        named += [(page, one.words) for one in commands_of(page, text) if one.words[0] in {"studygroup", "make"}]
    assert len(named) > 200
    # What docs/extending.md adds is not there yet; its own test adds and uses it.
    assert [(page, words) for page, words in named if unknown(app, words) and page != "docs/extending.md"] == []


def unknown(app: Any, words: list[str]) -> str:
    """Return the first word of a command, or of its options, that the program does not know."""
    if words[0] == "make":
        return "" if re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE) else words[1]
    command, rest = app, words[1:]
    while rest and hasattr(command, "commands") and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return rest[0]
        command, rest = command.commands[rest[0]], rest[1:]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "--version"}
    return next((word for word in rest if word.startswith("--") and word.strip(".,;") not in known), "")


@pytest.mark.parametrize("page", PAGES)
def test_commands_are_in_blocks_that_are_run(page: str) -> None:
    """Neither in a block that is only indented, nor in one of another language or of none."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    other = "".join(block for language, block in blocks if language not in {"bash", "console"})
    outside = re.sub(r"^ *```\w*\n.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    command = r"(?:studygroup|make|pipx?) [a-z-]"
    assert re.findall(rf"^{command}.*", other, re.MULTILINE) + re.findall(rf"^ {{4,}}{command}.*", outside, re.MULTILINE) == []
