"""What several tests need: a small real workbook on disk, a fixed clock, and a real Chromium."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import settings

import studygroup.publish.pages.export  # noqa: F401 - before anything else imports nbformat, as in the program: it keeps a slow grammar out
from studygroup.workbook.workbook import Workbook
from tests.support import needs
from tests.support.channel import channel as channel
from tests.support.chromium import chromium_path, started_chromium
from tests.support.in_lab import jupyterlab as jupyterlab
from tests.support.mailbox import mailbox as mailbox
from tests.support.needs import missing, only_marked
from tests.support.postgres import cluster as cluster
from tests.support.postgres import database as database
from tests.support.warm_kernel import own_kernel as own_kernel
from tests.support.warm_kernel import warm_kernel as warm_kernel

# A busy machine is no failure: what a law needs in time is measured by benchmarks.
settings.register_profile("studygroup", deadline=None)
# `make check` tries laws with a tenth of the examples; see tests/support/laws.py.
settings.register_profile("quick", deadline=None, max_examples=10)
settings.load_profile("studygroup")

# As in an environment that someone activated: hints say `studygroup`. A test that wants it otherwise sets the PATH itself.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# Typer builds every command's options anew for each command that runs in this process.
typer.main.get_command_from_info = cache(typer.main.get_command_from_info)

# Whoever starts tests in the background of a script has Ctrl-C ignored by all that they start, and waits for it in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A test that uses one of these fixtures needs no marker of its own.
MARKED_BY_FIXTURE = {
    "browser": {"browser", "jupyterlab"},
    "server": {"server", "hub", "behind", "network", "cluster", "database"},
}


TOOK = "studygroup/took_s"
"""Where pytest's cache has, for each choice by markers, how many seconds the tests of each file took when all of them ran last."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that start a browser, JupyterLab, the members' page, PostgreSQL, a proxy or a hub through a fixture.

    Files that took long here come first, so that at the end no worker is alone with a long one; before all, those of which that is
    not known.
    """
    took = config.cache.get(TOOK, {}).get(config.option.markexpr, {}) if hasattr(config, "cache") else {}
    long: dict[Path, int] = {}
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        for marker, fixtures in MARKED_BY_FIXTURE.items():
            if used & fixtures:
                item.add_marker(marker)
        marks = {marker.name for marker in item.iter_markers()}
        rank = next((rank for rank, marker in enumerate(("browser", "server", "slow")) if marker in marks), 3)
        long[item.path] = min(rank, long.get(item.path, rank))
    items.sort(key=lambda item: (-took.get(file_of(item.nodeid), inf), long[item.path]))


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


class Stopwatch:
    """Notes how long the tests of each file take; of workers, in the process that they work for."""

    def __init__(self) -> None:
        self.took: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        took = session.config.cache.get(TOOK, {})
        took[session.config.option.markexpr] = {name: round(seconds, 1) for name, seconds in self.took.items()}
        session.config.cache.set(TOOK, took)


def pytest_configure(config: pytest.Config) -> None:
    """Have the files' times noted where all of them run."""
    chosen = config.args_source.name == "ARGS" or config.option.keyword or config.option.collectonly
    if hasattr(config, "cache") and not hasattr(config, "workerinput") and not chosen:
        config.pluginmanager.register(Stopwatch())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while tests are collected: next to nothing of what is imported and made then is any."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of garbage collection: looking through it again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tell ``tests.needs`` how the test that runs is marked."""
    needs.running_markers = {marker.name for marker in item.iter_markers()}
    return (yield)


SETTINGS = """\
[tool.studygroup]
name = "Thursday papers"
description = "A paper a week."
zones = ["UTC", "America/New_York", "Asia/Kolkata"]
text_channel = "#papers"
voice_channel = "#papers-voice"
meeting_link = "https://meet.example.org/papers"
syllabus = "basics"

[[tool.studygroup.slots]]
valid_from = 2026-01-01
weekday = "friday"
time = "23:00"
zone = "UTC"
every = "week"
length_min = 90
"""

CATALOGUE = """\
id,title,kind,url,authors,year,arxiv,doi,section,importance,about,released,parameters,context_length,licence,links
few-shot,Few-Shot Learners,paper,https://arxiv.org/abs/2005.14165,Ann Lee; Bo Chen; Cy Diaz; Di Ek; Ed Fox,2020,2005.14165,,Start,It began prompting.,A large model learns from examples.,,,,,[Code](https://example.org/code)
tuned,Tuned Models,paper,https://arxiv.org/abs/2109.01652,,2021,2109.01652,,Start,,,,,,,
talk,A Talk on *Stars* & <Pipes>,video,https://example.org/talk,,,,,Later,,,,,,,
nolink,Several Papers,other,,,,,,Later,,,,,,,
"""

LIST = """\
entry,position,number,line,section,title,url,items,columns
few-shot,1,1,3,Basics > Start,Few-Shot Learners,https://arxiv.org/abs/2005.14165,few-shot,{}
tuned,2,2,4,Basics > Start,Tuned Models,https://arxiv.org/abs/2109.01652,tuned,{}
two-works,3,3,7,Basics > Later,A Talk and Few-Shot Learners,,talk;few-shot,{}
several,4,4,8,Basics > Later,Several Papers,,nolink,{}
few-shot-again,5,5,9,Basics > Later,Few-Shot Learners again,,few-shot,{}
"""

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workbook with four items and a syllabus of five steps; no one is on its roster."""
    return write_workbook(tmp_path / "book")


def write_workbook(root: Path, settings: str = SETTINGS) -> Path:
    """Write a workbook with four items and a syllabus of five steps, and return its folder, for what is made once for several tests."""
    (root / "lists").mkdir(parents=True)
    (root / "sessions").mkdir()
    (root / "pyproject.toml").write_text(settings)
    (root / "catalogue.csv").write_text(CATALOGUE)
    (root / "lists" / "basics.csv").write_text(LIST)
    return root


def with_members(workbook: Workbook) -> Workbook:
    """Add three members to a workbook, and return it; Ada is its facilitator."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    for name in ("Bo", "Zoë O'Brien-李"):
        workbook.add_person(name, by="ada-lovelace")
    return workbook


@pytest.fixture
def workbook(folder: Path, clock: Clock) -> Workbook:
    return Workbook(folder, clock)


@pytest.fixture
def group(workbook: Workbook, clock: Clock) -> Workbook:
    """The workbook with three members; Ada is its facilitator."""
    return with_members(workbook)


@pytest.fixture
def reopen(folder: Path, clock: Clock) -> Callable[[], Workbook]:
    """Return a function that opens the workbook again, as after a restart."""
    return lambda: Workbook(folder, clock)


@pytest.fixture(autouse=True)
def no_loop_of_playwright(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests without a browser run without an event loop, as a script does.

    Playwright's loop counts as running in its thread from the first browser test on, though nothing runs on it meanwhile.
    """
    if "browser" in request.fixturenames:
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright; every address outside this machine is refused."""
    only_marked("browser")
    if chromium_path() is None:
        missing("Chromium", "on Debian: apt-get install chromium")
    with started_chromium() as started:
        yield started
