"""Texts as they are typed, kept until they are saved: they come back after a restart, a closed tab or a failed save."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from studygroup.errors import NotSavedError, RecordError
from studygroup.storage.shared_files import open_folder, read_file, remove_file
from studygroup.text.text import check_id

LARGEST = 256 * 1024
"""Bytes of UTF-8; four times what a record may take."""


class Draft(msgspec.Struct, frozen=True):
    """A text that was not saved: under which name, and the id of the record that its writer had before them, or empty."""

    name: str
    text: str
    seen: str = ""


class Drafts:
    """One member's drafts in a workbook: ``.studygroup/drafts/<member>/``, a file each, which no one else may read.

    Parameters
    ----------
    folder
        The workbook's folder.
    member
        Whose they are; an id, or empty while no one is on the roster.
    """

    def __init__(self, folder: Path, member: str) -> None:
        self._root = folder
        # No id has an underscore.
        self.folder = folder / ".studygroup" / "drafts" / (check_id(member, "member id") if member else "_")

    def keep(self, name: str, text: str, seen: str = "") -> None:
        """Keep a text under a name; an empty one is forgotten.

        Raises
        ------
        RecordError
            It is larger than ``LARGEST``.
        NotSavedError
            The disk refused.
        """
        if not text:
            self.drop(name)
            return
        data = msgspec.json.encode(Draft(name, text.encode("utf-8", "replace").decode(), seen))
        if len(data) > LARGEST:
            raise RecordError(f"This text takes {len(data):,} bytes, too many to be kept as a draft. Please shorten it.")
        try:
            # Unlike records, drafts need not survive a power cut.
            with open_folder(self.folder, self._root, create=True, mode=0o700) as folder:
                folder.write(self._path(name).name, data, 0o600)
        except OSError as error:
            raise NotSavedError(
                f"What you type is not kept as a draft: {error.strerror or error}. Save it, or copy it elsewhere."
            ) from error

    def get(self, name: str) -> Draft | None:
        """Return the draft of a name; None where there is none, or none that can be read."""
        try:
            draft = msgspec.json.decode(read_file(self._path(name), self._root, LARGEST), type=Draft)
        except (OSError, msgspec.DecodeError):
            return None
        return draft if draft.name == name else None

    def moved(self, name: str, earlier: Sequence[str]) -> Draft | None:
        """Return the draft of a name; where there is none, the one of an earlier name, which has this name from now on."""
        for old in earlier:
            if self.get(name) is None and (draft := self.get(old)):
                self.keep(name, draft.text, draft.seen)
                self.drop(old)
        return self.get(name)

    def drop(self, name: str) -> None:
        """Forget a draft."""
        with suppress(OSError):
            remove_file(self._path(name), self._root)

    def _path(self, name: str) -> Path:
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
