"""What several tests need: a small real workbook on disk, a fixed clock, and a real Chromium."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from studygroup.workbook import Workbook

# A busy machine is no failure: what a law needs in time is measured by benchmarks.
settings.register_profile("studygroup", deadline=None)
settings.load_profile("studygroup")

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
    """A workbook with four items and a syllabus of five steps; nobody is on its roster."""
    root = tmp_path / "book"
    (root / "lists").mkdir(parents=True)
    (root / "sessions").mkdir()
    (root / "pyproject.toml").write_text(SETTINGS)
    (root / "catalogue.csv").write_text(CATALOGUE)
    (root / "lists" / "basics.csv").write_text(LIST)
    return root


@pytest.fixture
def workbook(folder: Path, clock: Clock) -> Workbook:
    return Workbook(folder, clock)


@pytest.fixture
def group(workbook: Workbook, clock: Clock) -> Workbook:
    """The workbook with three members; Ada is its facilitator."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    workbook.add_person("Bo", by="ada-lovelace")
    workbook.add_person("Zoë O'Brien-李", by="ada-lovelace")
    return workbook


@pytest.fixture
def reopen(folder: Path, clock: Clock) -> Callable[[], Workbook]:
    """Return a function that opens the workbook again, as after a restart."""
    return lambda: Workbook(folder, clock)


def chromium_path() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
    path = chromium_path()
    if path is None:
        message = "No Chromium is on this machine; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    # Chromium refuses to start its sandbox as root; the other switches keep it from looking for Google's hosts.
    switches = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=switches)
        yield started
        started.close()
