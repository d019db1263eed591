"""Where messages go: addresses from the environment or a file that git does not see, never from what is committed."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from studygroup.errors import MessageError
from studygroup.publish.messages.announce import Channel
from studygroup.storage.shared_files import read_file

FILE = Path(".studygroup") / "addresses.toml"
VARIABLE = "STUDYGROUP_ANNOUNCE"
WHOLE_FILE = "STUDYGROUP_ADDRESSES"
"""What the file would hold, for a place that has none, as a CI; it goes before the file."""


class Target(msgspec.Struct, frozen=True):
    """One place that messages go to; its ``url`` holds passwords and is never shown.

    ``label`` is what is shown and recorded instead: the service, and a few digits that tell two of one service apart.
    """

    url: str
    label: str

    @property
    def channel(self) -> Channel:
        """How it shows times."""
        return "discord" if self.label.startswith("discord-") else "plain"

    def __repr__(self) -> str:
        """Return the label alone, so that no traceback or log holds the address."""
        return f"Address({self.label})"


def to_address(url: str) -> Target:
    """Return an address that apprise knows.

    Raises
    ------
    MessageError
        It is none; the text does not repeat it.
    """
    import apprise

    url = url.strip()
    if apprise.Apprise.instantiate(url, suppress_exceptions=True) is None:
        raise MessageError(
            f"An address of {len(url)} characters that starts with {_scheme(url) or 'no service'!r} is not one that apprise knows; "
            "addresses look like discord://ID/TOKEN or mailto://USER:PASSWORD@HOST. See docs/messages.md of the "
            "studygroup project."
        )
    return Target(url, f"{_scheme(url)}-{hashlib.sha256(url.encode()).hexdigest()[:8]}")


def group_addresses(folder: Path, given: Iterable[str] = (), environment: Mapping[str, str] = os.environ) -> list[Target]:
    """Return where a group's messages go: those given, else ``STUDYGROUP_ANNOUNCE``, else those of the file; each once."""
    urls = [*given] or environment.get(VARIABLE, "").split() or _read(folder, environment).get("group", [])
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise MessageError(f'{folder / FILE}: group holds addresses in quotes: group = ["discord://…"].')
    return [to_address(url) for url in dict.fromkeys(urls)]


def member_addresses(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, Target]:
    """Return members' own addresses by their ids, from the file's ``[members]``."""
    held = _read(folder, environment).get("members", {})
    if not isinstance(held, dict) or not all(isinstance(url, str) for url in held.values()):
        raise MessageError(f'{folder / FILE}: [members] holds an address for each id: ada = "mailto://…".')
    return {member: to_address(url) for member, url in held.items()}


def _read(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    if text := environment.get(WHOLE_FILE, "").strip():
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            # It says where, and quotes nothing but a letter.
            raise MessageError(f"{WHOLE_FILE} cannot be read: {error}.") from None
    path = folder / FILE
    try:
        return tomllib.loads(read_file(path, folder).decode())
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MessageError(f"{path} cannot be read: {error}.") from None


def _scheme(url: str) -> str:
    """Return the service that an address names."""
    found = re.match(r"([a-z][a-z0-9+.-]{0,20})://", url, re.IGNORECASE)
    return found[1].lower() if found else ""
