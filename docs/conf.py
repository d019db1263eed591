"""How Sphinx builds docs/ as a site: `make docs` writes it to docs/_build. The pages read well without it too, where Markdown is rendered."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from studygroup import __version__

sys.path.insert(0, str(Path(__file__).parent))
from table_pages import sections

project = "studygroup"
author = "the studygroup contributors"
project_copyright = "the studygroup contributors, under the MIT licence"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
nitpicky = True
# What signatures of the interface name and these pages do not describe.
nitpick_ignore_regex = [("py:.*", r"(?!studygroup\.(Group|open|week|member|library|show|agenda_page|report_page)$).*")]

# Quotes become typographic; `--list` in a sentence does not become a dash.
smartquotes_action = "qe"

myst_enable_extensions = ["dollarmath"]
# The anchors that a hosting site gives to headings, so that links from elsewhere lead to the same places.
myst_heading_anchors = 4

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = f"studygroup {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_sidebars = {"index": [], "python": []}
html_theme_options = {
    "logo": {"text": "studygroup"},
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "show_prev_next": True,
}

# Which pages are below which, in order, under the names that the site's navigation gives them.
PAGES_BELOW = {
    "index": (
        "First session <first>",
        "Facilitators <facilitator>",
        "Members <member>",
        "Hosts <deploy>",
        "Python <python>",
        "Reference <reference>",
        "Development <architecture>",
    ),
    "facilitator": ("howto", "catalogue", "messages", "routine", "reports", "site"),
    "member": ("accessibility",),
    "python": ("compose",),
    "deploy": ("postgresql", "security", "reliability"),
    "reference": ("commands", "settings", "tables", "interface"),
    "architecture": ("extending",),
}
PICTURE = re.compile(
    r'<picture>\n  <source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>\S+)">\n'
    r'  <img src="(?P<light>\S+)" alt="(?P<alt>[^"\n]+)">\n</picture>'
)


def prepare_page(app: Sphinx, name: str, source: list[str]) -> None:
    """Give a page its part of the navigation, and its pictures in the light or the dark of the site's own switch."""
    source[0] = PICTURE.sub(lambda found: _image(found, "light") + _image(found, "dark"), source[0])
    if "<picture>" in source[0]:
        raise ExtensionError(f"docs/{name}.md has a <picture> of another form than the others")
    if name == "tables":
        source[0] += "\n" + sections()
    if name in PAGES_BELOW:
        source[0] += "\n\n```{toctree}\n:hidden:\n\n" + "\n".join(PAGES_BELOW[name]) + "\n```\n"


def _image(found: re.Match[str], theme: str) -> str:
    return f"```{{image}} {found[theme]}\n:alt: {found['alt']}\n:class: only-{theme}\n:loading: lazy\n```\n"


def show_math(translator: Any, node: nodes.math | nodes.math_block) -> None:
    """Write math as MathML, as the agenda and the report do: it needs neither a script nor another host."""
    display = "block" if isinstance(node, nodes.math_block) else "inline"
    translator.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the above with Sphinx."""
    app.connect("source-read", prepare_page)
    app.add_html_math_renderer("mathml", (show_math, None), (show_math, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
