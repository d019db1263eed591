"""What generated pages share: blocks that are both HTML and Markdown, made by the macros of two templates."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import Any

from studygroup.publish.charts import progress_in_words
from studygroup.publish.templates import environment
from studygroup.text.quoting import markdown_line, quote_markdown
from studygroup.text.text import plain_list, to_day, to_notebook_html, to_short_day


class Block:
    """A piece of a page in both forms; a notebook shows the HTML, a Markdown export the Markdown."""

    def __init__(self, html: str, markdown: str) -> None:
        self.html, self.markdown = html, markdown

    def __repr__(self) -> str:
        # Without the address that Python would put here, the same page has the same notebook.
        return f"<Block of {len(self.html)} characters>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        return {"text/html": to_notebook_html(self.html), "text/markdown": self.markdown}


def to_authors(authors: tuple[str, ...], most: int = 4) -> str:
    """Return authors as a page names them.

    >>> to_authors(("A", "B", "C", "D", "E", "F"))
    'A, B, C and 3 others'
    """
    if len(authors) <= most:
        return plain_list(authors)
    return f"{', '.join(authors[: most - 1])} and {len(authors) - most + 1} others"


FILTERS: dict[str, Callable[..., Any]] = {
    "authors": to_authors,
    # Only on the site a work has a page.
    "item_page": lambda item: "",
    "day": to_day,
    "line": markdown_line,
    "quote": quote_markdown,
    "short_day": to_short_day,
    "words": progress_in_words,
}


@cache
def macros(template: str, filters: tuple[Callable[..., Any], ...] = ()) -> Any:
    """Return the macros of a template, one a block; each of ``filters`` is known there by its name without ``to_``."""
    own = {one.__name__.removeprefix("to_"): one for one in filters}
    return environment(FILTERS | own).get_template(template).module


def picture(svg: str, words: str) -> dict[str, str]:
    """Return an SVG as a template shows it: an address that holds it, and its text alternative."""
    # In an img element an SVG cannot run anything, whatever it holds.
    return {"url": f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}", "words": words}
