"""An environment with one wheel and nothing but what the wheel says it needs; no network is asked.

What the wheel needs is linked from the environment that runs the tests, file by file: a requirement that the wheel does not
name is not there, and neither is this checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, distribution
from importlib.util import cache_from_source, find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def make(folder: Path, wheel: Path, extra: str) -> Path:
    """Install a wheel with one of its extras, and return the environment's folder of programs."""
    venv.create(folder)
    python = folder / "bin" / "python"
    _install(python, wheel)
    fill(folder, extra)
    return python.parent


def fill(folder: Path, extra: str) -> None:
    """Give an environment what the program that is installed there needs."""
    site = next(folder.glob("lib/python*/site-packages"))
    own = next(one for one in Distribution.discover(path=[str(site)]) if one.name == "studygroup")
    for needed in _closure(own, extra):
        _link(needed, folder, site)


def _install(python: Path, wheel: Path) -> None:
    """Install the wheel alone, by pip or uv."""
    quietly = ["--quiet", "--no-deps", str(wheel)]
    if find_spec("pip"):
        command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", *quietly]
    else:
        command = ["uv", "pip", "install", "--offline", "--python", str(python), *quietly]
    subprocess.run(command, check=True)


def _closure(top: Distribution, extra: str) -> list[Distribution]:
    """Return all that a distribution needs with an extra, and what that needs in turn."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(top, ""), (top, extra)]
    while waiting:
        one, wanted = waiting.pop()
        for text in one.requires or ():
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({"extra": wanted}):
                continue
            name = canonicalize_name(requirement.name)
            needed = found.setdefault(name, distribution(name))
            for option in ("", *requirement.extras):
                if (name, option) not in seen:
                    seen.add((name, option))
                    waiting.append((needed, option))
    return list(found.values())


def _link(needed: Distribution, folder: Path, site: Path) -> None:
    """Link a distribution's files, also what is beside the packages, such as share/jupyter; its programs are left out."""
    here, prefix = Path(sysconfig.get_path("purelib")), Path(sys.prefix)
    for file in needed.files or ():
        source = Path(os.path.normpath(str(needed.locate_file(file))))
        compiled = [Path(cache_from_source(str(source)))] if source.suffix == ".py" else []
        for one in (source, *compiled):
            if one.is_relative_to(here):
                target = site / one.relative_to(here)
            elif one.is_relative_to(prefix) and not one.is_relative_to(prefix / "bin"):
                target = folder / one.relative_to(prefix)
            else:
                continue
            if one.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    os.link(one, target)
                except OSError:
                    shutil.copy2(one, target)
