"""`studygroup lab` opens JupyterLab on a notebook of the workbook, with this program in its terminals, and without prompts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studygroup.version import __version__
from studygroup.workbook.lab import lab_command, lab_environment
from tests.support.in_lab import end_server
from tests.support.needs import until

ROOT = Path(__file__).parents[2]


def lab(folder: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studygroup", "lab", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("weak", "has no notebook 'weak' (did you mean 'week'?); there are catalogue and week."),
        ("../week", "has no notebook '../week'"),
        ("member", "has no notebook 'member'; there are catalogue and week. To add the one that comes with the program: "),
    ],
)
def test_a_notebook_that_is_not_there_is_told_with_those_that_are(folder: Path, name: str, told: str) -> None:
    """With the nearest one, and how to add one that the program brings; nothing starts."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for gone in ("member", "explore"):
        (folder / "notebooks" / f"{gone}.ipynb").unlink(missing_ok=True)
    done = lab(folder, name)
    assert done.returncode == 1
    assert told in done.stderr


def test_lab_is_told_to_run_as_root_only_where_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everywhere else Jupyter's own refusal stays."""
    for user, expected in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert ("--allow-root" in lab_command(tmp_path, "notebooks/week.ipynb")) is expected


def test_settings_that_lab_was_started_with_stay(tmp_path: Path) -> None:
    """What was on the PATH and on Jupyter's own path is still there, behind ours."""
    found = lab_environment({"PATH": "/opt/other", "JUPYTER_CONFIG_PATH": str(tmp_path)})
    assert found["PATH"].split(os.pathsep) == [str(Path(sys.executable).parent), "/opt/other"]
    assert found["JUPYTER_CONFIG_PATH"].split(os.pathsep)[1] == str(tmp_path)


@pytest.fixture
def started(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address that `studygroup lab catalogue --no-browser` prints, in a home of its own, with a PATH that knows no studygroup."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    environment = {**os.environ, **{name: str(tmp_path / name) for name in names}, "PATH": "/usr/bin:/bin"}
    (tmp_path / "HOME").mkdir()
    log = tmp_path / "lab.log"
    command = [sys.executable, "-m", "studygroup", "lab", "catalogue", "--no-browser", "--workbook", str(folder)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=output, stderr=output)
    try:
        address = re.compile(r"http://127\.0\.0\.1:\d+/\S+\?token=\w+")
        until(lambda: address.search(log.read_text()) or process.poll() is not None, told=log.read_text)
        found = address.search(log.read_text())
        assert found, log.read_text()
        yield found[0]
    finally:
        end_server(process)


def test_lab_opens_on_the_notebook_without_prompts_and_its_terminals_know_the_program(
    started: str, browser: Any, tmp_path: Path
) -> None:
    """The notebook is all that is open; nothing asks about news, updates or a build; `studygroup` in a terminal is this one."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(started)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert [tab.inner_text() for tab in page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel").all()] == ["catalogue.ipynb"]
    assert page.locator(".jp-Launcher, .jp-Dialog, .Toastify__toast").count() == 0
    assert not [url for url in asked if re.search(r"/lab/api/(news|update|build)", url)]
    page.evaluate(
        """async typed => {
          const token = document.cookie.match(/_xsrf=([^;]+)/)[1];
          const made = await (await fetch('/api/terminals', {method: 'POST', headers: {'X-XSRFToken': token}})).json();
          const socket = new WebSocket(`ws://${location.host}/terminals/websocket/${made.name}`);
          await new Promise((done, fail) => { socket.onmessage = done; socket.onerror = fail; });
          socket.send(JSON.stringify(['stdin', typed]));
        }""",
        "studygroup --version > version.txt; pwd >> version.txt\n",
    )
    written = tmp_path / "book" / "version.txt"
    until(lambda: written.is_file() and len(written.read_text().split()) == 2)
    assert written.read_text().split() == [__version__, str(tmp_path / "book")]
    context.close()


def test_our_settings_of_lab_are_ones_that_lab_knows() -> None:
    """A plug-in or a key that is gone from a later Lab would leave its prompts on."""
    import jupyterlab

    [ours] = (Path(lab_environment({})["JUPYTER_CONFIG_PATH"]) / "labconfig").glob("default_setting_overrides.json")
    for plugin, values in json.loads(ours.read_text()).items():
        package, _, name = plugin.partition(":")
        schema = json.loads((Path(jupyterlab.__file__).parent / "schemas" / package / f"{name}.json").read_text())
        assert set(values) <= set(schema["properties"])
