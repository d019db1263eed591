"""A real JupyterLab on loopback, and what a person does in it with a real Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

import pytest

from studygroup.forms.catalogue_page.catalogue_screen import CATALOGUE_TABS
from studygroup.forms.layout.week_screen import FOLDED, PARTS
from studygroup.forms.member_page.member_screen import MEMBER_TABS
from studygroup.workbook.workbook import Workbook
from tests.support.chromium import failures_of
from tests.support.needs import PATIENCE_S, only_marked, until

ROOT = Path(__file__).parents[2]
PLACES = {
    "week": {name: tab for tab, columns in PARTS.items() for parts in columns.values() for name, _ in parts},
    "member": {name: tab for tab, forms in MEMBER_TABS.items() for name, _ in forms},
    "catalogue": {name: tab for tab, columns in CATALOGUE_TABS.items() for parts in columns.values() for name, _ in parts},
}
"""The tab of each form of the facilitator's, of a member's and of the catalogue's screen."""
IDLE = "Python 3 (ipykernel) | Idle"
POLLING_MS = 50
"""How often a page is looked at while it loads: to look at each frame has Chromium draw frames for nothing else."""
MOST_LEFT_OPEN = 2
"""How many windows are kept for the next seats: one that is open costs a little, and JupyterLab's page takes its time to load."""


class Lab(NamedTuple):
    """A running JupyterLab: its address, the folder that it serves, and what it wants to know of who asks."""

    address: str
    folder: Path
    token: str

    def page(self, path: Path) -> str:
        """Return the address of a file, in a workspace of its own: it shows nothing that others opened."""
        inside = quote(path.relative_to(self.folder).as_posix())
        return f"{self.address}/lab/workspaces/{uuid4().hex}/tree/{inside}?token={self.token}"

    def notebook(self, book: Path, name: str) -> str:
        """Return the address of one of a workbook's notebooks."""
        return self.page(book / "notebooks" / f"{name}.ipynb")


@pytest.fixture(scope="session")
def jupyterlab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests of a worker; it serves every test's folder."""
    with running_lab(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("jupyterlab")) as lab:
        yield lab


@contextmanager
def running_lab(folder: Path, home: Path, **environment: str) -> Iterator[Lab]:
    """Serve a folder; settings and state are Lab's own, below ``home``."""
    only_marked("browser")
    named = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    settings = home / "JUPYTER_CONFIG_DIR" / "lab" / "user-settings" / "@jupyterlab"
    _write(settings / "apputils-extension" / "themes", {"theme": "JupyterLab Light"})
    _write(settings / "apputils-extension" / "notification", {"fetchNews": "false", "checkForUpdates": False})
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += ["--ServerApp.port=0", "--ServerApp.ip=127.0.0.1"]
    log = home / "lab.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **named, **environment}, stdout=output, stderr=output
        )
    try:
        found: list[tuple[str, str]] = []

        def is_up() -> bool:
            assert process.poll() is None, log.read_text()
            found[:] = re.findall(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", log.read_text())
            return bool(found)

        until(is_up, told=log.read_text)
        yield Lab(found[0][0], folder, found[0][1])
    finally:
        end_server(process)


def end_server(process: subprocess.Popen[bytes]) -> None:
    """End a Jupyter server, by force where it does not end by itself: a kernel or a terminal can keep it, and the test is over."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE_S)


def _write(path: Path, settings: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".jupyterlab-settings").write_text(json.dumps(settings))


def under_way(folder: Path) -> Workbook:
    """Give a test's workbook the notebooks and a session that began ten minutes ago, and return it."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    start = datetime.now(UTC) - timedelta(minutes=10)
    settings = (folder / "pyproject.toml").read_text()
    settings = settings.replace('"friday"', f'"{start:%A}"'.lower()).replace('"23:00"', f'"{start:%H:%M}"')
    (folder / "pyproject.toml").write_text(settings)
    return Workbook(folder)


class Window(NamedTuple):
    """A browser window with nothing in common with others, and the list of what failed on its page."""

    context: Any
    page: Any
    failures: list[str]

    @classmethod
    def of(cls, browser: Any, script: str = "", **options: Any) -> Window:
        context = browser.new_context(**options)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        return cls(context, page, failures_of(page))


_left_open: dict[str, list[Window]] = {}
"""Windows in which a JupyterLab is loaded and no file is open, by the server's address."""

CLEAR = """
async () => {
  const app = window.jupyterapp;
  for (const widget of [...app.shell.widgets('main')]) {
    await widget.sessionContext?.shutdown?.();
    if (widget.context?.model) widget.context.model.dirty = false;
    widget.dispose();
  }
  if (document.body.dataset.jpThemeLight !== 'true')
    await app.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'});
  app.shell.expandLeft();
  return document.querySelector('.jp-Dialog') === null;
}
"""
"""Ends the kernels, closes all files without a question, and makes Lab look as when it was opened; false where it asks something."""

OPEN = """
async path => {
  const app = window.jupyterapp;
  const opened = await app.commands.execute('docmanager:open', {path});
  // What Lab shows where nothing is open.
  for (const widget of [...app.shell.widgets('main')]) if (widget !== opened) widget.dispose();
}
"""


class Seat:
    """One person before one notebook in a browser window of their own.

    The window is one in which someone sat before, if there is one: nothing of theirs is left in it, and Lab is loaded already. With a
    script or options it is a new one, as is fit for a test that itself listens to the page or is between it and the server.

    Parameters
    ----------
    address
        Of the notebook, as ``Lab.notebook`` returns it.
    member
        Who sits there, for the notebook's kernel; empty where the folder or the server's environment says so, or no one does.
    script
        Run before any of the page's own.
    options
        Those of Playwright's contexts.
    """

    def __init__(
        self,
        browser: Any,
        address: str,
        member: str = "",
        width: int = 1280,
        height: int = 4200,
        script: str = "",
        **options: Any,
    ) -> None:
        server, _, inside = urlsplit(address)._replace(query="").geturl().partition("/lab/workspaces/")
        self._path = unquote(inside.partition("/tree/")[2])
        self._member = member
        self._places = next((places for name, places in PLACES.items() if f"/{name}.ipynb" in address), PLACES["week"])
        self.is_left = False
        self._kept = None if script or options else _left_open.setdefault(server, [])
        size = {"width": width, "height": height}
        if self._kept:
            self._window = self._kept.pop()
            self.page.set_viewport_size(size)
            self.page.evaluate(OPEN, self._path)
            self.ready()
            # What the kernel before left unanswered when it ended is no failure of this notebook's.
            self.failures.clear()
        else:
            self._window = Window.of(browser, script, viewport=size, **options)
            self.page.goto(address)
            self.ready()

    @property
    def context(self) -> Any:
        return self._window.context

    @property
    def page(self) -> Any:
        return self._window.page

    @property
    def failures(self) -> list[str]:
        """The errors that no script of the page caught."""
        return self._window.failures

    def ready(self) -> None:
        """Wait until the notebook's kernel is there."""
        self.page.wait_for_function(
            """path => {
              const shown = window.jupyterapp?.shell?.currentWidget;
              return shown?.context?.path === path && shown.context.isReady && shown.sessionContext.session?.kernel?.status === 'idle';
            }""",
            arg=self._path,
            polling=POLLING_MS,
        )
        if self._member:
            self.ask(f"__import__('os').environ.__setitem__('STUDYGROUP_MEMBER', {self._member!r})")

    def command(self, name: str) -> None:
        """Run a command of JupyterLab and wait until it is done."""
        self.page.evaluate("name => window.jupyterapp.commands.execute(name).then(() => null)", name)

    def run_all(self) -> None:
        """Run the notebook from top to bottom, and wait until JupyterLab has the thread to which it sends what is done in forms."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => {
              const comms = [...window.jupyterapp.shell.currentWidget.sessionContext.session.kernel._comms.values()];
              return comms.length > 0 && comms.every(comm => comm.subshellId);
            }""",
            polling=POLLING_MS,
        )
        self.rest()

    def rest(self) -> None:
        """Wait until the forms no longer grow: JupyterLab draws them anew, and a button moves from under whoever presses it meanwhile."""
        still = self.page.evaluate(
            """async () => {
              const forms = window.jupyterapp.shell.currentWidget.node;
              const place = () => [...forms.querySelectorAll('.jp-OutputArea, .widget-tab-contents')].map(
                one => one.scrollHeight + (one.textContent.includes('Loading widget') ? ' ' + performance.now() : '')).join();
              const begin = performance.now();
              for (let [last, since] = ['', begin]; performance.now() - begin < 30000;) {
                if (performance.now() - since > 400) return true;
                if (place() !== last) [last, since] = [place(), performance.now()];
                await new Promise(done => setTimeout(done, 50));
              }
              return false;
            }"""
        )
        assert still, "the forms did not come to rest"

    def restart(self) -> None:
        """Restart the kernel, through the menu and its question."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.locator("[data-command='kernelmenu:restart']").click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self.ready()

    def save(self) -> None:
        """Save the notebook as Ctrl+S does."""
        self.command("docmanager:save")

    def settle(self) -> None:
        """Wait until the kernel has answered everything that was sent to it."""
        self.ask("None")

    def ask(self, expression: str) -> str:
        """Return what an expression is in the notebook's kernel, as its repr."""
        shown = self.page.evaluate(
            """async expression => {
              const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const reply = await kernel.requestExecute(
                {code: '', silent: true, store_history: false, user_expressions: {asked: expression}}).done;
              const asked = reply.content.user_expressions.asked;
              return asked.status === 'ok' ? asked.data['text/plain'] : 'ERROR ' + asked.evalue;
            }""",
            expression,
        )
        assert not str(shown).startswith("ERROR "), shown
        return str(shown)

    def send(self, model: str, state: dict[str, Any]) -> None:
        """Set traits of a widget by its id, with the message that the front end itself sends; no widget has to offer the value."""
        self.page.evaluate(
            """([comm, state]) => {
              const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const header = {msg_id: crypto.randomUUID(), msg_type: 'comm_msg', session: kernel.clientId,
                username: '', version: '5.3', date: new Date().toISOString()};
              kernel.sendShellMessage({header, parent_header: {}, metadata: {}, channel: 'shell', buffers: [],
                content: {comm_id: comm, data: {method: 'update', state, buffer_paths: []}}}, false, true);
            }""",
            [model, state],
        )

    def form(self, expression: str) -> Any:
        """Return the form that a cell shows, found by the cell's whole text."""
        cells = self.page.locator(".jp-CodeCell").filter(has=self.page.locator(".cm-content", has_text=re.compile(expression)))
        return cells.first.locator(".jp-OutputArea")

    def part(self, name: str) -> Any:
        """Return a form of the screen by its name; its tab is opened, if another one is open, and it is unfolded."""
        self.open_tab(self._places[name])
        part = self.page.locator(f".sg-part-{name}")
        part.wait_for()
        if (
            name in FOLDED
            and self._places is PLACES["week"]
            and part.locator(".sg-fold-head[aria-expanded='true']").count() == 0
        ):
            part.locator(".sg-fold-head").click()
            self.rest()
        return part

    def open_tab(self, name: str) -> None:
        """Open a tab of the screen, if another one is open."""
        tab = self.page.locator(".sg-tabs").get_by_role("tab", name=name, exact=True)
        if tab.get_attribute("aria-selected") != "true":
            tab.click()
            self.page.locator(f":is(.sg-columns, .sg-cards).sg-{name.lower().replace(' ', '-')}").wait_for()
            self.rest()

    @property
    def who(self) -> Any:
        """Who sits before the facilitator's screen, at its top."""
        return self.page.locator(".sg-screen > .sg-form:not(.sg-week)")

    def picture(self, path: Path) -> None:
        """Keep what the window shows, if no one left it."""
        if not self.is_left:
            self.page.screenshot(path=path)

    def close(self) -> None:
        """Leave, and end the kernel; nothing on the page may have failed."""
        is_clear = self.page.evaluate(CLEAR)
        self.is_left = True
        if self._kept is not None and is_clear and self.failures == [] and len(self._kept) < MOST_LEFT_OPEN:
            self._kept.append(self._window)
        else:
            self.context.close()
        assert self.failures == []
