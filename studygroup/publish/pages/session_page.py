"""The pages of a session: which template, its title, and what to say when the workbook rather than the template is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studygroup.errors import StudygroupError, TemplateError
from studygroup.group.schedule import Session
from studygroup.publish.pages.kernels import Kernel, OnCell
from studygroup.publish.pages.run import Generated, make_page
from studygroup.storage.shared_files import remove_file
from studygroup.text.text import to_day
from studygroup.workbook.workbook import Workbook


def title_of(workbook: Workbook, session: Session, what: str = "") -> str:
    """Return the title of a session's page."""
    return f"{workbook.settings.name}: {what}{to_day(session.start)}"


def make_session_page(
    workbook: Workbook,
    name: str,
    session: Session,
    title: str,
    compute: Callable[[], object],
    progress: bool = False,
    on_cell: OnCell | None = None,
    *,
    kernel: Kernel | None = None,
    mark: Callable[[Any], Mapping[str, str]] | None = None,
) -> Generated:
    """Write a session's pages and return what was written; parameters and errors as in ``make_page``.

    ``compute`` computes what the cells show; what is wrong in the workbook raises there too, and is then what to say.
    """
    try:
        return make_page(
            workbook.folder, name, session.id, title, progress, on_cell, kernel=kernel, now=workbook.clock(), mark=mark
        )
    except TemplateError:
        try:
            compute()
        except StudygroupError:
            remove_file(workbook.folder / "sessions" / session.id / f"{name}.failed.ipynb", workbook.folder)
            raise
        raise
