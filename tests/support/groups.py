"""A small group, for servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studygroup.workbook.workbook import Workbook
from tests.conftest import CATALOGUE, LIST, SETTINGS
from tests.support.web_server import Server


def make_workbook(root: Path) -> None:
    (root / "lists").mkdir(parents=True)
    (root / "sessions").mkdir()
    (root / "pyproject.toml").write_text(SETTINGS.replace("\n[[", "pages_per_member = 4\n\n[[", 1))
    (root / "catalogue.csv").write_text(CATALOGUE)
    (root / "lists" / "basics.csv").write_text(LIST)
    book = Workbook(root)
    book.add_person("Ada Lovelace", role="facilitator")
    for name in ("Bo", "Zoë O'Brien-李"):
        book.add_person(name, by="ada-lovelace")


@contextmanager
def served_group(root: Path, prepare: Callable[[Path], object] = lambda root: None, before: str = "") -> Iterator[Server]:
    """Serve the small group's page, and stop the server whatever happens.

    ``prepare`` is given the new workbook's folder, for what else is to be in it; ``before`` is ``Server.before``.
    """
    make_workbook(root)
    prepare(root)
    with Server(root, before=before) as server:
        yield server
