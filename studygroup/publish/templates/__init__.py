"""The pages' Jinja templates, and the one environment that renders them: in HTML, SVG and XML, everything is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studygroup.text.text import escape_markdown, is_safe_url, markdown_link, plain_list, to_html

if TYPE_CHECKING:
    from jinja2 import Environment, Template

FOLDER = Path(__file__).parent


def environment(filters: Mapping[str, Callable[..., Any]] | None = None) -> Environment:
    """Return the environment for our templates, with the filters that they share and those given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=lambda name: bool(name and name.endswith((".html.j2", ".svg.j2", ".xml.j2"))),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "md": lambda text: escape_markdown(text, starts_line=False),
        "md_line": escape_markdown,
        "link": markdown_link,
        "plain_list": plain_list,
        "safe_url": lambda url: url if is_safe_url(url) else "",
        "sentences": _sentences,
        **(filters or {}),
    }
    return made


@lru_cache(maxsize=4096)
def _sentences(text: str) -> Any:
    """Return people's Markdown as HTML; one text is on many pages of a site."""
    from markupsafe import Markup

    return Markup(to_html(text))


@cache
def drawing(name: str) -> Template:
    """Return the template of a picture, compiled once."""
    return environment().get_template(name)
