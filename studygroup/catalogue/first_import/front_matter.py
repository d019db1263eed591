"""The fields that generators of sites keep at the top of a page (YAML between two lines of hyphens)."""

from __future__ import annotations

import re

from studygroup.catalogue.first_import.wording import clean_title

_FRONT_MATTER = re.compile(r"---\n(?:[ \t]*(?:[\w-]+[ \t]*:|-|#).*\n|[ \t].*\n|\n)+?(?:---|\.\.\.)[ \t]*\n")
# Hugo's fields in TOML.
_TOML_MATTER = re.compile(r"\+\+\+\n(?:[ \t]*(?:[\w.-]+[ \t]*=|\[|\]|#|\").*\n|[ \t].*\n|\n)+?\+\+\+[ \t]*\n")
_FRONT_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.*\S)", re.MULTILINE)


def without_front_matter(source: str) -> tuple[str, str | None]:
    """Return a page with blank lines instead of the fields that generators of sites keep at its top, and the title there."""
    form = _FRONT_MATTER if source.startswith("---\n") else _TOML_MATTER if source.startswith("+++\n") else None
    if form is None or not (found := form.match(source[:20_000])):
        return source, None
    title = _FRONT_TITLE.search(found[0])
    return "\n" * found[0].count("\n") + source[found.end() :], clean_title(title[1]).text if title else None
