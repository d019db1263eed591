"""The static site of a workbook: computed, made private, and written to a folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from studygroup.errors import PageError
from studygroup.publish.site.site_folder import SiteChanges, changes_to, digest_of, unchanged_since, write_folder
from studygroup.publish.site.site_note import SiteNote, made_from, read_note, until, write_note
from studygroup.storage.atomic import locked
from studygroup.storage.shared_files import make_folder
from studygroup.workbook.workbook import Workbook

FOLDER = "site"
"""Where a workbook's site is written unless someone says otherwise."""


class Published(msgspec.Struct, frozen=True):
    """A site as it was written, or would be.

    Attributes
    ----------
    folder
        Where it is.
    titles
        What a person can open: titles by path.
    names
        The names of people that its pages show.
    kept_back
        How many summaries are not shown yet.
    changes
        Which files were written, left alone and removed.
    as_before
        Nothing that it is made from has changed since it was made, so no page was computed.
    """

    folder: Path
    titles: dict[str, str]
    names: tuple[str, ...]
    kept_back: int
    changes: SiteChanges
    as_before: bool = False


def make_site(workbook: Workbook, out: Path | None = None, *, dry_run: bool = False) -> Published:
    """Write a workbook's site and return what was published; the same workbook gives the same bytes.

    Parameters
    ----------
    out
        The folder to write to; else ``site`` in the workbook.
    dry_run
        Only say what would be.

    Raises
    ------
    CatalogueError
        The catalogue cannot be read, or has an item that no page can be named after.
    PageError
        The folder is one of the workbook's own, or holds someone else's file where a page belongs; nothing was written.
    NotSavedError
        A file could not be written.
    """
    folder = _checked(workbook, out if out is not None else workbook.folder / FOLDER)
    # A folder that someone named may be reached through links of their own; ours may not.
    root = folder if out is not None else workbook.folder
    # What was read before may be older than the files that the note is about.
    workbook.reread()
    digest = made_from(workbook)
    return _as_before(workbook, folder, root, digest) or _made(workbook, folder, root, digest, dry_run=dry_run)


def _as_before(workbook: Workbook, folder: Path, root: Path, digest: str) -> Published | None:
    """Return the site as it is, where making it would change nothing; else None."""
    note = read_note(workbook)
    if note is None or (note.made_from, note.folder) != (digest, str(folder.resolve())):
        return None
    if workbook.rehearsal or not note.since <= workbook.clock() < note.until:
        return None
    changes = unchanged_since(folder, note.files, root)
    if changes is None:
        return None
    return Published(folder, note.titles, note.names, note.kept_back, changes, as_before=True)


def _made(workbook: Workbook, folder: Path, root: Path, digest: str, *, dry_run: bool) -> Published:
    # Only here, as all that computes pages takes longer to import than a look at a site that is as it was.
    from studygroup.publish.site.site_content import content_of

    since = workbook.clock()
    content = content_of(workbook)
    files, state = content.files, workbook.folder / ".studygroup"
    if dry_run:
        changes = changes_to(folder, files, root)
    else:
        make_folder(state, workbook.folder)
        # Two at once would each take the other's pages for what is no longer published.
        with locked(state / "site", workbook.folder):
            changes = changes_to(folder, files, root)
            write_folder(folder, files, changes, root)
            # Records that cannot be read are to be told each time.
            if not (workbook.rehearsal or workbook.journal.problems or workbook.journal.needs_update):
                digests = {path: digest_of(one) for path, one in files.items()}
                kept = content.titles, content.names, content.kept_back
                write_note(workbook, SiteNote(digest, str(folder.resolve()), since, until(workbook, since), digests, *kept))
    return Published(folder, content.titles, content.names, content.kept_back, changes)


def _checked(workbook: Workbook, folder: Path) -> Path:
    own, there = workbook.folder.resolve(), folder.resolve()
    kept = [own / name for name in ("sessions", "lists", "notebooks", ".git", ".studygroup")]
    if there == own or there in own.parents or any(there == one or one in there.parents for one in kept):
        raise PageError(
            f"{folder} holds the workbook itself; give the site a folder of its own with --out, such as {own / FOLDER}."
        )
    if there.exists() and not there.is_dir():
        raise PageError(f"{folder} is a file; give the site a folder of its own with --out, such as {own / FOLDER}.")
    return folder
