"""What record types share: checks of their values, and words of their help."""

from __future__ import annotations

from studygroup.errors import RecordError
from studygroup.text.text import is_safe_url

LONGEST_LINE = 500

OF = "The id of the first record of the same thing, to change it; what is not named stays."
OF_NUMBER = (
    "The number of the same thing, such as A55999, or the id of its first record, to change it; what is not named stays."
)


def check_address(url: str) -> None:
    """Refuse what is not the address of a page."""
    if not is_safe_url(url) or not url.lower().startswith("http"):
        meant = f"https://{url.strip()}"[:100]
        guess = (
            f" Did you mean {meant}?"
            if "." in url and ":" not in url and is_safe_url(meant)
            else f" {url[:100]!r} doesn’t." * bool(url.strip())
        )
        raise RecordError(f"Links start with https:// or http://.{guess}")


def check_line(value: str, what: str) -> None:
    """Refuse what is longer than a line."""
    if len(value) > LONGEST_LINE or len(value.splitlines()) > 1:
        raise RecordError(f"The {what} is too long; write one line of up to {LONGEST_LINE} characters.")


def check_one_of(item: str, entry: str) -> None:
    """Refuse a record that names neither an item nor an entry, or both."""
    if bool(item) == bool(entry):
        raise RecordError("Name the paper: either its item, or an entry that names none.")


def check_text(value: str, what: str) -> None:
    """Refuse an empty text."""
    if not value.strip():
        raise RecordError(f"The {what} is empty; please write it.")
