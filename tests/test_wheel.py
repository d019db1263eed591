"""The package as it is published: what is in it, and a group's first evening with nothing else installed."""

from __future__ import annotations

import email
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hatchling.builders.wheel import WheelBuilder

from studygroup.web.page.vendor import PACKAGES, digest_of
from tests.support import empty_environment
from tests.support.needs import PATIENCE_S, until
from tests.support.web_server import ask, free_port

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def build(source: Path, target: Path, *kinds: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Build as `make wheel` does; ``path`` is where programs such as npm are looked for."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    env = {**os.environ, "PATH": path or os.environ["PATH"]}
    return subprocess.run(
        [*command, *(word for kind in kinds for word in ("-t", kind))], cwd=source, env=env, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    target = tmp_path_factory.mktemp("dist")
    done = build(ROOT, target, "sdist", "wheel")
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def wheel_in(folder: Path) -> Path:
    [found] = folder.glob("*.whl")
    return found


def contents(wheel: Path) -> dict[str, str]:
    """Return the digest of each file of a wheel, but for the list of them."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        assert len(set(names)) == len(names)
        return {name: hashlib.sha256(packed.read(name)).hexdigest() for name in names if not name.endswith("/RECORD")}


@pytest.fixture(scope="module")
def unpacked(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel has in it."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel_in(dist)) as packed:
        packed.extractall(folder)
    return folder


def test_the_wheel_has_notebooks_lists_the_demo_and_the_browser_s_part(unpacked: Path) -> None:
    """The very files that are written down, and nothing that only this checkout has."""
    package = unpacked / "studygroup"
    for place, inside in (("notebooks", "notebooks"), ("lists", "reading_lists/lists")):
        shipped = {path.relative_to(ROOT / place) for path in (ROOT / place).rglob("*") if path.suffix in {".ipynb", ".csv"}}
        assert {path.relative_to(package / inside) for path in (package / inside).rglob("*") if path.is_file()} == shipped
    for name in ("group.toml", "sessions.toml"):
        place = Path("interface", "demo", name)
        assert (package / place).read_bytes() == (ROOT / "studygroup" / place).read_bytes()
    assert (package / "reading_lists" / "catalogue.csv").read_bytes() == (ROOT / "catalogue.csv").read_bytes()
    assert {one.name: digest_of(package / "web" / "vendor" / one.folder) for one in PACKAGES} == {
        one.name: one.kept for one in PACKAGES
    }
    assert not (package / "web" / "vendor" / ".vendored").exists() and not (unpacked / "hatch_build.py").exists()
    # By it every JupyterLab of the environment saves a workbook's notebooks clean.
    [switch] = unpacked.glob("*.data/data/etc/jupyter/jupyter_server_config.d/studygroup.json")
    assert json.loads(switch.read_text()) == {
        "ServerApp": {"jpserver_extensions": {"studygroup.storage.notebook_saving": True}}
    }  # fmt: skip


def test_the_wheel_has_the_licence_of_everything_it_carries(unpacked: Path) -> None:
    """Each package of the browser's part has one, which names its version; the metadata list them."""
    [metadata] = unpacked.glob("*.dist-info/METADATA")
    told = email.message_from_string(metadata.read_text())
    listed = told.get_all("License-File") or []
    assert "LICENSE" in listed
    for package in PACKAGES:
        place = f"studygroup/web/licences/{package.licence}"
        assert place in listed
        text = (metadata.parent / "licenses" / place).read_text()
        assert f"{package.name} {package.version}" in text and "Permission is hereby granted" in text
    for name in ("MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "OFL-1.1"):
        assert name in told["License-Expression"]


def test_the_sdist_makes_the_same_wheel_without_npm_or_a_network(dist: Path, tmp_path: Path) -> None:
    """It carries the browser's part itself."""
    [sdist] = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        # Pythons before 3.11.4 have no filters, and do not need one.
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        packed.extractall(tmp_path)
    [source] = tmp_path.iterdir()
    done = build(source, tmp_path / "dist", "wheel", path=str(tmp_path / "nowhere"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(wheel_in(tmp_path / "dist")) == contents(wheel_in(dist))


def test_a_checkout_without_the_browser_s_part_can_be_installed_for_editing_alone(tmp_path: Path) -> None:
    """A wheel without it is refused, and the message says what to do; a damaged file counts as missing."""
    source = tmp_path / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "font-awesome*", ".vendored")
    for name in ("studygroup", "notebooks", "lists"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "hatch_build.py", "catalogue.csv", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source)
    nowhere = str(tmp_path / "nowhere")
    included: dict[str, Any] = {}
    WheelBuilder(str(source)).get_build_hooks(str(tmp_path))["custom"].initialize("editable", included)
    assert included == {}
    done = build(source, tmp_path / "dist", "wheel:standard", path=nowhere)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "cannot be put into the package. npm is needed once" in " ".join((done.stdout + done.stderr).split())
    shutil.copytree(ROOT / "studygroup/web/vendor" / PACKAGES[2].folder, source / "studygroup/web/vendor" / PACKAGES[2].folder)
    script = source / "studygroup/web/vendor" / PACKAGES[1].folder / "require.js"
    script.write_bytes(script.read_bytes() + b"alert(1)")
    done = build(source, tmp_path / "dist", "wheel:standard", path=nowhere)
    assert done.returncode == 1 and PACKAGES[1].folder in done.stdout + done.stderr


def test_a_build_needs_no_other_package() -> None:
    """What the hook imports are Python's own modules: an isolated build has nothing else."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import studygroup.errors, studygroup.web.page.vendor"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


class Evening:
    """A group that has nothing but the wheel, in a folder of its own."""

    def __init__(self, programs: Path, home: Path) -> None:
        self.folder = home
        self.env = {
            "PATH": f"{programs}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
            # What the program needs is linked beside it: nothing is asked of a network.
            "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1",
        }  # fmt: skip
        self.server: subprocess.Popen[bytes] | None = None
        self.said = ""

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["studygroup", *words], cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.said = done.stderr
        return done.stdout

    def answers(self) -> list[tuple[str, str]]:
        """Return who answered what, as it is in the files."""
        files = self.folder.glob("sessions/*/records/ada.jsonl")
        records = [json.loads(line) for path in files for line in path.read_text().splitlines()]
        return [(one["by"], one["answer"]) for one in records if one["type"] == "rsvp"]

    def serve(self) -> None:
        with (self.folder / "server.log").open("wb") as log:
            self.server = subprocess.Popen(["studygroup", "serve"], cwd=self.folder, env=self.env, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def evening(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    """The wheel alone with its `web` extra in an empty environment."""
    programs = empty_environment.make(tmp_path_factory.mktemp("environment") / "venv", wheel_in(dist), "web")
    found = Evening(programs, tmp_path_factory.mktemp("evening"))
    yield found
    if found.server:
        found.server.send_signal(signal.SIGTERM)
        found.server.wait(PATIENCE_S)


@pytest.mark.server
@pytest.mark.browser
def test_a_group_s_first_evening_from_the_wheel_alone(evening: Evening, browser: Any) -> None:
    """New, import, agenda, site, serve, invite, join, save: in a real browser, and the saved record is in the file.

    After ``new``, all is done with the group's own environment, as what it printed last says.
    """
    slot = ("--weekday", "tuesday", "--time", "18:30", "--zone", "Europe/Berlin")
    reads = ("--you", "Ada", "--read", "llm-reading-list")
    evening.run("new", "club", "--name", 'Zoë\'s "Club" 李', *slot, *reads, "--no-lab")
    assert evening.said.splitlines()[-2:] == ["  cd club", "  .venv/bin/studygroup lab"]
    evening.folder /= "club"
    empty_environment.fill(evening.folder / ".venv", "web")
    evening.env["PATH"] = f"{evening.folder}/.venv/bin:/usr/bin:/bin"
    assert evening.run("check") == ""
    assert evening.said == "All is well.\n"
    assert evening.run("search", "LIMA") != ""
    (evening.folder / "list.md").write_text(
        "# List\n\n- [How Oaks Grow](https://example.org/a) by Ann Lee\n- [Another](https://example.org/b)\n"
    )
    evening.run("import", "list.md", "--syllabus")
    answer = json.loads(evening.run("agenda", "--json"))
    [agenda] = [Path(name) for name in answer["files"] if name.endswith(".html")]
    assert str(ROOT) not in agenda.read_text()
    page = browser.new_page()
    page.goto(agenda.as_uri())
    page.get_by_text("How Oaks Grow").first.wait_for()
    assert 'Zoë\'s "Club" 李' in page.inner_text("body")
    assert "How Oaks Grow" in Path(evening.run("site").strip()).read_text()
    port = free_port()
    evening.run("set", "page_address", f"http://127.0.0.1:{port}")
    evening.serve()
    link = next(word for word in evening.run("invite", "ada").split() if word.startswith("http"))
    until(lambda: is_up(port, evening), told=lambda: (evening.folder / "server.log").read_text())
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(link)
    page.get_by_role("button", name="Continue as Ada").click()
    page.get_by_role("button", name="Yes, I’ll be there", exact=True).click()
    until(lambda: evening.answers() == [("ada", "yes")], told=lambda: str(evening.answers()))
    assert wrong == []
    page.close()


def is_up(port: int, evening: Evening) -> bool:
    """Return whether the members' page answers."""

    assert evening.server is not None and evening.server.poll() is None, (evening.folder / "server.log").read_text()
    try:
        return ask("GET", f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False
