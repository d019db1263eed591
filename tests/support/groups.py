"""A small group, for servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from studygroup.workbook.workbook import Workbook
from tests.conftest import SETTINGS, with_members, write_workbook
from tests.support.web_server import Server


def make_workbook(root: Path) -> None:
    with_members(Workbook(write_workbook(root, SETTINGS.replace("\n[[", "pages_per_member = 4\n\n[[", 1))))


@contextmanager
def served_group(root: Path, prepare: Callable[[Path], object] = lambda root: None, before: str = "") -> Iterator[Server]:
    """Serve the small group's page, and stop the server whatever happens.

    ``prepare`` is given the new workbook's folder, for what else is to be in it; ``before`` is ``Server.before``.
    """
    make_workbook(root)
    prepare(root)
    with Server(root, before=before) as server:
        yield server
