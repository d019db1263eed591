"""What generated pages share: blocks that are both HTML and Markdown, made by the macros of two templates."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from studygroup.publish.charts import progress_in_words
from studygroup.publish.templates import environment
from studygroup.text.quoting import markdown_line, quote_markdown
from studygroup.text.text import plain_list, session_day, to_date, to_day, to_notebook_html, to_short_day, to_short_title


class Block:
    """A piece of a page in both forms; a notebook shows the HTML, a Markdown export the Markdown.

    ``page`` is what the page made of the notebook says of itself: ``title``, ``description``, ``site_name``, ``url``.
    """

    def __init__(self, html: str, markdown: str, page: Mapping[str, str] = MappingProxyType({})) -> None:
        self.html, self.markdown, self.page = html, markdown, page

    def __repr__(self) -> str:
        # Without the address that Python would put here, the same page has the same notebook.
        return f"<Block of {len(self.html)} characters>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str] | tuple[dict[str, str], dict[str, Any]]:
        data = {"text/html": to_notebook_html(self.html), "text/markdown": self.markdown}
        return (data, {"page": dict(self.page)}) if self.page else data


def to_authors(authors: tuple[str, ...], most: int = 4) -> str:
    """Return authors as a page names them.

    >>> to_authors(("A", "B", "C", "D", "E", "F"))
    'A, B, C and 3 others'
    """
    if len(authors) <= most:
        return plain_list(authors)
    return f"{', '.join(authors[: most - 1])} and {len(authors) - most + 1} others"


def to_on(day: str, beside: str = "") -> str:
    """Return the day of a session or a date, with its year where that is another than that of the one ``beside`` it.

    >>> to_on("2026-11-27"), to_on("2026-11-27-2", "2026-12-04"), to_on("2026-11-27", "2027-01-08")
    ('27 Nov', '27 Nov', '27 Nov 2026')
    """
    found = session_day(day)
    if found is None:
        return day
    other_year = beside and beside[:4] != day[:4]
    return to_date(found) if other_year else f"{found.day} {found:%b}"


def to_roles(roles: Mapping[str, str], *, open_too: bool = False) -> list[str]:
    """Return who leads a session in words, and with ``open_too`` which roles are still open.

    >>> to_roles({"presenter": "Ada", "scribe": ""}, open_too=True)
    ['presenter Ada', 'no scribe yet']
    """
    return [f"{role} {name}" if name else f"no {role} yet" for role, name in roles.items() if name or open_too]


FILTERS: dict[str, Callable[..., Any]] = {
    "authors": to_authors,
    "day": to_day,
    "line": markdown_line,
    "on": to_on,
    "quote": quote_markdown,
    "short_day": to_short_day,
    "short_title": to_short_title,
    "words": progress_in_words,
}


@cache
def item_pages_of(site: str) -> Callable[[str], str]:
    """Return what finds an item's page on a site; no page without one."""

    def to_item_page(item: str) -> str:
        return f"{site}/items/{item}.html" if site else ""

    return to_item_page


@cache
def macros(template: str, filters: tuple[Callable[..., Any], ...] = ()) -> Any:
    """Return the macros of a template, one a block; each of ``filters`` is known there by its name without ``to_``."""
    own = {one.__name__.removeprefix("to_"): one for one in filters}
    return environment(FILTERS | own).get_template(template).module


def picture(svg: str, words: str) -> dict[str, str]:
    """Return an SVG as a template shows it: an address that holds it, and its text alternative."""
    # In an img element an SVG cannot run anything, whatever it holds.
    return {"url": f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}", "words": words}
