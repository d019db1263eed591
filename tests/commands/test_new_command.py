"""`studygroup new`: from nothing to a group with its first agenda, by answers on a terminal or by flags."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.workbook.identity import noted_me
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import PRESS_AGAIN_S, command, started
from tests.support.needs import PATIENCE_S

ROOT = Path(__file__).parents[2]
OWN = Path(sys.executable).parent
LIST = "# Oaks\n\n- [How Oaks Grow](https://example.org/a) by Ann Lee\n- [Acorns](https://example.org/b)\n"
QUICK = ("--no-environment", "--no-lab")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of someone with a fresh account, whom git does not know."""
    home.mkdir(exist_ok=True)
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return {**os.environ, **git, "HOME": str(home), "TZ": "Europe/Berlin", "COLUMNS": "80", **more}


def new(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, without a terminal."""
    typed = [sys.executable, "-m", "studygroup", "new", *words]
    given = environment(folder / "home", **more)
    return subprocess.run(typed, cwd=folder, env=given, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def on_a_terminal(folder: Path, words: Iterable[str], answers: Iterable[tuple[str, str | int]], **more: str) -> tuple[int, str]:
    """Run the command and answer each prompt, once it shows, with a line or a signal; return its exit code and all that showed."""
    ours, theirs = pty.openpty()
    typed = [sys.executable, "-m", "studygroup", "new", *words]
    shown, waiting = "", [*answers]
    with started(
        typed,
        cwd=folder,
        env=environment(folder / "home", **more),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        seen, presses = 0, 0
        while True:
            if not select.select([ours], [], [], PRESS_AGAIN_S if presses else PATIENCE_S)[0]:
                if not presses:
                    break
                presses -= 1
                process.send_signal(signal.SIGINT)
                continue
            try:
                shown += os.read(ours, 65_536).decode().replace("\r\n", "\n")
            except OSError:
                break
            while waiting and waiting[0][0] in shown[seen:]:
                prompt, answer = waiting.pop(0)
                seen = shown.index(prompt, seen) + len(prompt)
                if isinstance(answer, int):
                    process.send_signal(answer)
                    presses = 3
                else:
                    os.write(ours, answer.encode())
        process.wait(PATIENCE_S)
    os.close(ours)
    assert waiting == [], shown
    return process.returncode, shown


@pytest.mark.slow
def test_a_newcomer_answers_and_each_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    """With the nearest right one in brackets; in the end there are a group, a list, a facilitator, a commit and an agenda."""
    (tmp_path / "oaks.md").write_text(LIST)
    answers: list[tuple[str, str | int]] = [
        ("The group's name [Paper club]: ", "Oak readers\n"),
        ("Its folder [oak-readers]: ", "oaks.md\n"),
        ("oaks.md is a file; name a folder that does not exist yet.\nIts folder [oak-readers]: ", "\n"),
        ("It meets every [friday]: ", "fridya and tues\n"),
        ("It meets every [friday and tuesday]: ", "\n"),
        ("At [19:00]: ", "half seven\n"),
        ("At [19:00]: ", "7.30pm\n"),
        ("At [19:30]: ", "\n"),
        ("Time zone [Europe/Berlin]: ", "Europe/Lodnon\n"),
        ("Time zone [Europe/London]: ", "\n"),
        ("Your name [", "Zoë O'Brien\n"),
        ("  5  LLM powerhouse", ""),
        ("Number, file or address [nothing yet]: ", "9\n"),
        ("There is no list 9", ""),
        ("Number, file or address [nothing yet]: ", "http://127.0.0.1:9/list.md\n"),
        ("Number, file or address [https://127.0.0.1:9/list.md]: ", "\n"),
        ("Number, file or address [", "oask.md\n"),
        ("Number, file or address [oaks.md]: ", "\n"),
        ("  oaks: 2 readings.\n", ""),
        ("Open the agenda and JupyterLab in your browser now? [Y/n]: ", "n\n"),
    ]
    code, shown = on_a_terminal(tmp_path, ["--no-environment"], answers)
    assert code == 0, shown
    book = Workbook(tmp_path / "oak-readers")
    assert (book.settings.name, book.settings.syllabus) == ("Oak readers", "oaks")
    [slot] = book.slots
    assert (slot.weekdays, slot.time, slot.zone) == (("friday", "tuesday"), "19:30", "Europe/London")
    assert (book.facilitators, noted_me(book)) == (["zoe-obrien"], "zoe-obrien")
    assert len(book.catalogue.steps("oaks")) == 2
    [agenda] = book.folder.glob("sessions/*/agenda.html")
    assert "How Oaks Grow" in agenda.read_text()
    assert [line for line in shown.splitlines() if len(line) > 80 and str(tmp_path) not in line] == []
    assert shown.rstrip().splitlines()[-3:] == ["Next:", "  cd oak-readers", "  studygroup lab"]


@pytest.mark.browser
def test_whoever_says_yes_is_in_jupyterlab(tmp_path: Path) -> None:
    """The agenda and the facilitator's notebook are given to the browser; Ctrl-C ends it all."""
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "Browser: $1"\n')
    browser.chmod(0o755)
    answers: list[tuple[str, str | int]] = [
        ("Open the agenda and JupyterLab in your browser now? [Y/n]: ", "\n"),
        ("Browser: ", ""),
        ("/agenda.html\n", ""),
        ("JupyterLab opens notebooks/week.ipynb. To end it, press Ctrl-C here.", ""),
        ("Browser: file://", ""),
        ("-open.html\n", signal.SIGINT),
    ]
    words = [
        "club",
        "--name",
        "Club",
        "--weekday",
        "friday",
        "--time",
        "18:30",
        "--zone",
        "UTC",
        "--you",
        "Ada",
        "--read",
        "nothing",
    ]
    code, shown = on_a_terminal(tmp_path, [*words, "--no-environment"], answers, BROWSER=str(browser))
    assert code == 0, shown


@pytest.mark.parametrize("stop", [signal.SIGINT, "\x04"])
def test_whoever_stops_half_way_leaves_nothing_behind(tmp_path: Path, stop: str | int) -> None:
    """By Ctrl-C and by the end of the input."""
    answers: list[tuple[str, str | int]] = [("The group's name [club]: ", "\n"), ("It meets every [friday]: ", stop)]
    code, shown = on_a_terminal(tmp_path, ["club"], answers)
    assert code == 1
    assert "Stopped; nothing was made." in shown
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.slow
def test_flags_alone_make_a_group_and_the_printed_commands_work(tmp_path: Path) -> None:
    """Without a terminal nothing is asked; the next commands can be pasted into a shell; git and its commit are there."""
    words = ["--name", "Club", "--weekday", "second tuesday", "--time", "18:30", "--zone", "Asia/Kolkata", "--you", "Ada"]
    done = new(tmp_path, "my club", *words, "--read", "Anti-hype LLM reading list", *QUICK, PATH="/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "my club"
    assert done.stdout == f"{folder}\n"
    *_, enter, lab = done.stderr.splitlines()
    assert enter == "  cd 'my club'"
    program = shlex.split(lab)[0]
    assert shlex.split(lab) == [str(OWN / "studygroup"), "lab"]
    shell = f"{enter}\n{shlex.quote(program)} check && {shlex.quote(program)} me"
    checked = subprocess.run(
        ["/bin/sh", "-ec", shell], cwd=tmp_path, env=environment(tmp_path / "home", PATH="/usr/bin:/bin"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stdout) == (0, "ada\n"), checked.stderr
    catalogue = Catalogue.read(folder)
    assert [*catalogue.lists] == ["anti-hype-llm-reading-list"]
    assert len(catalogue.lists["anti-hype-llm-reading-list"]) == 73
    git = ["git", "-C", str(folder)]
    log = subprocess.run([*git, "log", "--format=%an <%ae> %s"], capture_output=True, text=True, check=True).stdout
    assert log == "Ada <nobody@studygroup.invalid> Begin the workbook of Club\n"
    assert "tell git who you are" in done.stderr
    assert subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout == ""
    assert len(list(folder.glob("sessions/*/agenda.html"))) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--weekday", "fridya"), "--weekday: 'fridya' is not one of monday"),
        (("--weekday", "fridya"), "did you mean 'friday'?"),
        (("--time", "7pm"), "did you mean '19:00'?"),
        (("--zone", "Europe/Berln"), "did you mean 'Europe/Berlin'?"),
        (("--zone", "kolkata"), "did you mean 'Asia/Kolkata'?"),
        (("--read", "modern-llm-studygroup"), "did you mean 'modern-llm-study-group'?"),
        (("--read", "nosuch"), "Lists that come with the program: modern-llm-study-group,"),
        (("--read", "htps://example.org/list.md"), "did you mean 'https://example.org/list.md'?"),
        (("--read", "https://127.0.0.1:9/list.md"), "is this machine online"),
        (("--you", " "), "--you"),
    ],
)
def test_a_wrong_flag_is_an_error_with_the_nearest_right_one(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    """And nothing is made."""
    done = command("new", "club", *words, *QUICK, cwd=tmp_path)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())
    assert not (tmp_path / "club").exists()


def test_without_a_terminal_a_folder_is_needed(tmp_path: Path) -> None:
    """All else has a default."""
    done = new(tmp_path)
    assert done.returncode == 2
    assert "name a folder that does not exist yet, such as: studygroup new papers" in done.stderr


@pytest.mark.slow
def test_without_git_there_is_a_group_all_the_same(tmp_path: Path) -> None:
    """It is said, with what to do later; an empty folder that is there already is filled, and stays the same folder."""
    (tmp_path / "club").mkdir()
    before = (tmp_path / "club").stat().st_ino
    done = new(tmp_path, "club", "--you", "Ada", *QUICK, PATH="/nowhere")
    assert done.returncode == 0, done.stderr
    assert "no repository: git is not installed" in done.stderr
    assert "git init && git add . && git commit -m Begin" in done.stderr
    assert (tmp_path / "club").stat().st_ino == before
    assert Workbook(tmp_path / "club").facilitators == ["ada"]
    assert [path.name for path in (tmp_path / "club").glob(".*.tmp")] == []


@pytest.mark.slow
def test_without_a_network_the_environment_is_left_for_later(tmp_path: Path) -> None:
    """What failed and what to run later is said; the group is there, works with this program, and has no half environment."""
    index = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL": "", "PIP_CONFIG_FILE": os.devnull}
    done = new(tmp_path, "club", "--you", "Ada", "--no-lab", **index, PIP_FIND_LINKS="")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "club"
    assert "No environment of its own yet: installing into it failed: the package index cannot be reached.\n" in done.stderr
    assert f"    cd {folder}\n" in done.stderr
    assert f"    {shlex.join([sys.executable, '-m', 'venv', '.venv'])}\n" in done.stderr
    assert "    .venv/bin/python -m pip install " in done.stderr
    assert not (folder / ".venv").exists()
    assert done.stderr.splitlines()[-1] == "  studygroup lab"
    assert Workbook(folder).facilitators == ["ada"]
