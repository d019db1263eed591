"""From an executed notebook to a page: one self-contained HTML file, and Markdown for a chat or a repository."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from threading import Lock, get_ident
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from studygroup.publish.templates import FOLDER
from studygroup.text.text import clean_page, to_html

# rfc3987-syntax, which jupyter-events brings along, builds a grammar at import and makes `import nbformat` 0.9 s slower.
# jsonschema takes a missing one for "do not check that format"; `make bench` measures that this still helps.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

if TYPE_CHECKING:
    from nbformat import NotebookNode


_PICTURES = ["image/svg+xml", "image/png", "image/jpeg"]
# What is taken of an output that comes in several forms, the best first: for Markdown, for HTML.
_SHOWN = (
    ["text/markdown", *_PICTURES, "text/latex", "text/plain"],
    ["text/html", "text/markdown", *_PICTURES, "text/latex", "text/plain"],
)


_loading = Lock()


def load() -> None:
    """Import what the export needs, one thread at a time.

    Two threads that enter nbconvert's circle of modules at different places would get half of it: rather than wait for each
    other for ever, Python hands out modules that are not complete.
    """
    with _loading:
        import_module("nbconvert.exporters.templateexporter")


def to_page(notebook: NotebookNode, title: str, page: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str]:
    """Return the page of an executed notebook as (HTML, Markdown).

    The HTML holds its own style and pictures, asks for nothing from outside and carries a Content-Security-Policy that allows
    no script. The cells' code is left out of both. ``page`` is what it tells of itself to who shows a link to it.
    """
    html, markdown = (_export(notebook, name, title, page) for name in ("page.html.j2", "page.md.j2"))
    return html, _squeezed(markdown)


def _export(notebook: NotebookNode, template: str, title: str, page: Mapping[str, str]) -> str:
    resources: dict[str, Any] = {"title": title, "page": dict(page), "style": (FOLDER / "page.css").read_text(encoding="utf-8")}
    body, _ = _exporter(template, get_ident()).from_notebook_node(notebook, resources)
    return str(body)


@lru_cache(maxsize=16)
def _exporter(template: str, thread: int) -> Any:
    """Return the exporter of a template, made once a thread: compiling it takes longer than using it."""
    load()
    from jinja2 import DictLoader
    from nbconvert.exporters.templateexporter import TemplateExporter
    from traitlets.config import Config

    return TemplateExporter(  # type: ignore[no-untyped-call]
        template_file=template,
        extra_loaders=[DictLoader({template: (FOLDER / template).read_text(encoding="utf-8")})],
        filters={"clean_page": clean_page, "to_html": to_html, "embedded": _embedded},
        exclude_input=True,
        config=Config({"NbConvertBase": {"display_data_priority": _SHOWN[".html" in template]}}),
    )


def _embedded(data: str, kind: str) -> str:
    """Return a notebook's picture as an address that holds it; notebooks have SVG as text and other kinds in base64."""
    held = base64.b64encode(data.encode()).decode() if kind == "image/svg+xml" else "".join(data.split())
    return f"data:{kind};base64,{held}"


def _squeezed(markdown: str) -> str:
    """Return Markdown with no more than one empty line at a time."""
    lines: list[str] = []
    for line in (line.rstrip() for line in markdown.strip().split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
