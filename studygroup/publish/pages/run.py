"""Run a notebook template with papermill and export the pages of a session."""

from __future__ import annotations

import errno
import hashlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec

from studygroup.errors import NotSavedError, PageError, TemplateError
from studygroup.publish.pages.export import load, to_page
from studygroup.publish.pages.kernels import KERNEL, Kernel, OnCell, engine
from studygroup.storage.atomic import advice_on, locked, write_all_atomically
from studygroup.storage.shared_files import exists, make_folder, read_file, remove_file
from studygroup.text.terminal import unguarded
from studygroup.text.text import check_session_id, is_safe_url
from studygroup.workbook import trust
from studygroup.workbook.starter import template_bytes, template_path

GENERATED = ".generated.json"


class Generated(msgspec.Struct, frozen=True):
    """What was written: ``files`` in order, and ``kept``, copies of earlier files that someone had edited by hand."""

    files: tuple[Path, ...]
    kept: tuple[Path, ...] = ()

    @property
    def page(self) -> Path:
        """The page that a browser shows."""
        return next(file for file in self.files if file.suffix == ".html")


def make_page(
    folder: Path,
    name: str,
    session: str,
    title: str,
    progress: bool = False,
    on_cell: OnCell | None = None,
    *,
    kernel: Kernel | None = None,
    now: datetime | None = None,
    mark: Callable[[Any], Mapping[str, str]] | None = None,
) -> Generated:
    """Run the template ``name`` for a session and write its notebook, HTML and Markdown.

    All three are replaced together, or none is. What someone changed by hand since it was generated is kept beside it.

    Parameters
    ----------
    folder
        The workbook's folder; its own ``notebooks/templates/<name>.ipynb`` goes before the one that is shipped.
    title
        The HTML page's title, unless one of its cells gives another.
    progress
        Whether to show a bar on standard error while the notebook runs.
    on_cell
        Called while it runs, for a bar elsewhere.
    kernel
        One that runs in ``folder`` and is as it should be; without it the notebook gets one of its own.
    now
        The time for which the page is made, where the notebook gets a kernel of its own.
    mark
        Returns what to keep in the metadata of the executed notebook, under ``studygroup``.

    Raises
    ------
    TemplateError
        A cell raised; the run so far is in ``<name>.failed.ipynb``, and earlier pages stand as they were.
    UntrustedError
        The template came with git and was not accepted here; nothing was run.
    PageError
        The notebook could not be run at all.
    NotSavedError
        A file could not be written; earlier pages stand as they were.
    """
    target = folder / "sessions" / check_session_id(session)
    trust.check(folder, name)
    _make_folder(target, folder)
    failed = target / f"{name}.failed.ipynb"
    with tempfile.TemporaryDirectory(prefix="studygroup-") as scratch:
        run = Path(scratch) / f"{name}.ipynb"
        try:
            notebook = _execute(template_path(folder, name), run, {"session": session}, folder, progress, on_cell, kernel, now)
        except _CellError as error:
            write_all_atomically({failed: run.read_bytes()}, folder)
            raise TemplateError(f"{error} The run so far is in {failed}; earlier pages are unchanged.") from None
        page = _page_in(notebook)
        title = page.get("title") or title
        notebook.metadata["title"] = title
        if mark:
            notebook.metadata["studygroup"] = dict(mark(notebook))
        _forget_run(notebook)
        html, markdown = to_page(notebook, title, page)
        contents = {f"{name}.ipynb": _notebook_bytes(notebook), f"{name}.html": html.encode(), f"{name}.md": markdown.encode()}
    written = {target / file: content for file, content in contents.items()}
    # Two commands at once must not take each other's pages for someone's own.
    with _locked(target / GENERATED, folder):
        kept = _keep_edited(target, contents, folder)
        digests = _digests(target, folder) | {file: _digest(content) for file, content in contents.items()}
        write_all_atomically(
            {**written, target / GENERATED: json.dumps(digests, indent=1, sort_keys=True).encode() + b"\n"}, folder
        )
        remove_file(failed, folder)
    return Generated(tuple(written), kept)


@contextmanager
def _locked(path: Path, root: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(path, root))
        except OSError as error:
            raise NotSavedError(f"{path.parent} cannot be written: {error.strerror}. {advice_on(error)}.") from error
        yield


class _CellError(Exception):
    """A cell of the notebook raised; the text names the cell and the error."""


def _execute(
    template: Path,
    output: Path,
    parameters: Mapping[str, str],
    folder: Path,
    progress: bool,
    on_cell: OnCell | None,
    kernel: Kernel | None,
    now: datetime | None = None,
) -> Any:
    """Return the executed notebook; a run that fails is in ``output`` before this raises."""
    with ExitStack() as ending:
        if kernel is None:
            kernel = Kernel(folder, now)
            ending.callback(kernel.close)
        return _run(template, output, parameters, progress, on_cell, kernel)


def _run(
    template: Path, output: Path, parameters: Mapping[str, str], progress: bool, on_cell: OnCell | None, kernel: Kernel
) -> Any:
    """Return the notebook as it is after its run on ``kernel``, whose process may still be on its way up."""
    # papermill takes its time to import: only who makes a page pays for it, while the kernel starts.
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # While the kernel works in its own process, this one reads what the export will need.
    Thread(target=load, daemon=True).start()

    try:
        return papermill.execute_notebook(  # type: ignore[attr-defined, no-untyped-call]
            template,
            output,
            parameters=dict(parameters),
            kernel_name=KERNEL,
            language="python",
            progress_bar={"file": unguarded(sys.stderr), "desc": "Running the notebook", "leave": False} if progress else False,
            autosave_cell_every=0,
            # What is to be kept of a run is written at its end, also of one that failed.
            request_save_on_cell_execute=False,
            engine_name=engine(),
            on_cell=on_cell,
            kernel=kernel,
        )
    except PageError:
        raise
    except PapermillExecutionError as error:
        raise _CellError(_told(template, error)) from None
    except DeadKernelError:
        raise PageError(
            f"The kernel that ran {template} died: out of memory, or a cell ended it. Earlier pages are unchanged."
        ) from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}:
            raise NotSavedError(
                f"The notebook could not be written to {output.parent}: {error.strerror}. Nothing was changed."
            ) from error
        raise PageError(f"{template} could not be run: {error}") from error
    except Exception as error:
        # A template is someone's file: no notebook at all, one of another kind, or a machine without room for a kernel.
        raise PageError(f"{template} could not be run: {type(error).__name__}: {' '.join(str(error).split())[:300]}") from error


def _page_in(notebook: Any) -> dict[str, str]:
    """Return what an output of a notebook says of the page: its title, and what is shown where someone shares a link to it."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    found = next((page for output in outputs if isinstance(page := output.get("metadata", {}).get("page"), dict)), {})
    return {name: value for name, value in found.items() if isinstance(value, str) and (name != "url" or is_safe_url(value))}


def _forget_run(notebook: Any) -> None:
    """Take out what only this run was: paths of this machine, which are no one else's business, times, and the id of a cell."""
    for name in ("input_path", "output_path", "start_time", "end_time", "duration"):
        notebook.metadata.get("papermill", {}).pop(name, None)
    for cell in notebook.cells:
        for name in ("execution", "papermill"):
            cell.metadata.pop(name, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["id"] = "injected-parameters"


def _told(template: Path, error: Any) -> str:
    """Return which cell of the template raised what, with the line that did."""
    cells = json.loads(template_bytes(template))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    # papermill puts a cell of its own after the parameters, so its count is not the template's.
    number = sources.index(error.source) + 1 if error.source in sources else error.cell_index + 1
    traceback = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
    arrow = re.search(r"^-+> *\d+ (.*)$", traceback, re.MULTILINE)
    line = arrow[1].strip() if arrow else error.source.strip().partition("\n")[0]
    raised = f"{error.ename}: {error.evalue}".rstrip(" .:")
    # What a notebook of an earlier version asks for may have moved since.
    moved = error.ename in {"ImportError", "ModuleNotFoundError", "AttributeError"} and "'studygroup" in error.evalue
    hint = " The template is from another version of studygroup: run `studygroup upgrade`." if moved else ""
    return f"Cell {number} of {template} raised {raised}. The line: {line}.{hint}"


def _notebook_bytes(notebook: Any) -> bytes:
    import nbformat

    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return (text.rstrip("\n") + "\n").encode()


def _make_folder(folder: Path, root: Path) -> None:
    try:
        make_folder(folder, root)
    except OSError as error:
        raise NotSavedError(
            f"{folder} could not be made: {error.strerror}. Nothing was changed. {advice_on(error)}."
        ) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _digests(folder: Path, root: Path) -> dict[str, str]:
    """Return what was generated in a session's folder before: a digest a file."""
    try:
        found = json.loads(read_file(folder / GENERATED, root))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep_edited(folder: Path, contents: Mapping[str, bytes], root: Path) -> tuple[Path, ...]:
    """Copy files that are about to be replaced and are not as they were generated; return the copies."""
    generated = _digests(folder, root)
    copies: dict[Path, bytes] = {}
    for name, content in contents.items():
        try:
            present = read_file(folder / name, root)
        except OSError:
            continue
        if present != content and _digest(present) != generated.get(name):
            stem, ending = Path(name).stem, Path(name).suffix
            numbers = (number for number in range(1, 10_000) if not exists(folder / f"{stem}.edited-{number}{ending}", root))
            copies[folder / f"{stem}.edited-{next(numbers)}{ending}"] = present
    write_all_atomically(copies, root)
    return tuple(copies)
