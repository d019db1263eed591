"""A generated notebook opened in a real JupyterLab, as someone does who did not run it: math shows as math, and nothing runs."""

from __future__ import annotations

import re
import shutil
from typing import Any

from studygroup.publish.pages.report_run import make_report_page
from studygroup.text.text import clean_page, to_html, to_notebook_html
from studygroup.workbook.workbook import Workbook
from tests.publish.test_site import ADA, LAST, hold
from tests.support.hostile_texts import HOSTILE
from tests.support.in_lab import ROOT, Lab

MATH = "It works for $x^2$ and $$\\sum_{i=1}^{n} \\frac{a_i}{b_i}$$"
LABELS = (
    "it costs $5 or $6",
    "$\\href{javascript:document.title='hacked'}{label}$",
    "\\(\\href{javascript:document.title='hacked'}{label}\\)",
    "\\begin{equation}\\href{javascript:document.title='hacked'}{label}\\end{equation}",
)


def test_a_report_opens_as_it_was_made(group: Workbook, browser: Any, jupyterlab: Lab) -> None:
    """Formulas are formulas, without a network; hostile texts and labels are letters; nothing is asked of others."""
    shutil.copytree(ROOT / "notebooks", group.folder / "notebooks")
    hold(group, "\n\n".join([MATH, *HOSTILE]))
    for label in LABELS:
        group.enter("material", by=ADA, session=LAST, item="few-shot", label=label, url="https://a.example", role="slides")
    make_report_page(group, LAST)
    context = browser.new_context(viewport={"width": 1280, "height": 6000})
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: asked.append(dialog.message))
    tab.goto(jupyterlab.page(group.folder / "sessions" / LAST / "report.ipynb"))
    outputs = tab.locator(".jp-OutputArea-output")
    outputs.get_by_text("Big idea").first.wait_for()
    idea = outputs.locator("dd").filter(has_text="It works for").first
    idea.locator("mjx-container mjx-msup").first.wait_for()
    assert idea.locator("mjx-container mjx-mfrac").count() == 1
    shown = " ".join(outputs.all_inner_texts())
    for label in LABELS:
        assert label in shown
    links = outputs.locator("a").evaluate_all(
        "all => all.map(one => one.getAttribute('href') ?? one.getAttribute('xlink:href'))"
    )
    assert links
    assert [link for link in links if not re.match(r"https?://|mailto:", link or "")] == []
    assert "hacked" not in tab.title()
    assert [url for url in asked if not re.match(rf"(?:blob:)?{jupyterlab.address}/|data:", url)] == []
    context.close()


def test_the_page_has_mathml_again() -> None:
    """What a cell shows becomes the same page as before; a dollar sign or backslash of people's is never math's."""
    html = to_html(f"{MATH} for \\$5 and `a\\b`, $\\unicode{{x}}$ and $x^{{2}}\n$ or $5")
    shown = to_notebook_html(html)
    assert "<math" not in shown
    assert shown.count('class="tex-math') == 3
    bare = re.sub(r'<span class="tex-math.*?</span>', "", shown, flags=re.DOTALL)
    assert not re.search(r"[$\\](?!</span>)", bare)
    assert clean_page(shown).count("<math") == 3
    assert re.sub(r"<span>([$\\])</span>", r"\1", clean_page(shown)) == clean_page(html)
