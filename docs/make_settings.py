"""Write the table of docs/settings.md from what the program says of each setting; `make docs` runs it, and a test compares."""

from __future__ import annotations

import re
from pathlib import Path

from studygroup.group.setting_meanings import MEANINGS, default_in_words

PAGE = Path(__file__).parent / "settings.md"


def page() -> str:
    """Return docs/settings.md with its first table written anew."""
    rows = "".join(f"| `{key}` | {meaning} | {default_in_words(key)} |\n" for key, meaning in MEANINGS.items())
    text = PAGE.read_text(encoding="utf-8")
    return re.sub(r"(?<=\| key \| meaning \| default \|\n\|---\|---\|---\|\n)(?:\|.*\n)+", lambda _: rows, text, count=1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
