"""The members' page follows the system's theme, also when it changes while the page is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.at_rest import at_rest, open_tab
from tests.support.groups import served_group
from tests.support.needs import until
from tests.support.web_server import Server

LEAST = 4.5
"""The contrast that text needs, by WCAG 2.2, 1.4.3."""

# What each element that says something looks like: which it is, its text's colour, the colour behind it, and their contrast.
LOOK = """
() => {
  const rgba = (text) => { const all = text.match(/[\\d.]+/g).map(Number); return all.length < 4 ? [...all, 1] : all; };
  const over = (top, under) => [0, 1, 2].map((part) => top[part] * top[3] + under[part] * (1 - top[3]));
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((colour, layer) => over(layer, colour), canvas);
  };
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = (colour) => { const [r, g, b] = colour.map((value) => part(value / 255)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (one, other) => { const [low, high] = [light(one), light(other)].sort((a, b) => a - b); return (high + 0.05) / (low + 0.05); };
  const fields = ["INPUT", "SELECT", "TEXTAREA", "OPTION"];
  const says = (element) => fields.includes(element.tagName) || [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
  const isSeen = (element) => element.tagName === "OPTION" || (element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length);
  return [...document.querySelectorAll("body, body *")].filter((one) => says(one) && isSeen(one)).map((one) => {
    const style = getComputedStyle(one), under = behind(one), text = over(rgba(style.color), under);
    const name = `${one.tagName}.${one.className} ${(one.textContent || one.value || "").trim().slice(0, 30)}`;
    return [name, text.map(Math.round).join(), under.map(Math.round).join(), style.borderTopColor, contrast(text, under)];
  });
}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served_group(tmp_path_factory.mktemp("theme") / "book") as started:
        yield started


def are_alike(one: list[Any], other: list[Any]) -> bool:
    """Return whether colours are the same; a countdown may have gone on."""
    return [look[1:] for look in one] == [look[1:] for look in other]


def looks_of(page: Any) -> list[Any]:
    """Return what the page looks like once it stands still."""
    at_rest(page)
    return page.evaluate(LOOK)  # type: ignore[no-any-return]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("network", ["with its style sheets", "without"])
@pytest.mark.parametrize("first", ["light", "dark"])
def test_the_page_follows_the_theme_while_it_is_open(
    browser: Any, server: Server, first: str, network: str, width: int
) -> None:
    """There and back: everything can be read, and looks as on a page that was opened in that theme; what is made later does too."""
    other = {"light": "dark", "dark": "light"}[first]
    cookie = {"name": "studygroup", "value": server.cookie("bo"), "url": server.url}
    looks: dict[str, list[Any]] = {}
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([cookie])
    page = context.new_page()
    for theme in (other, first):
        page.emulate_media(color_scheme=theme)
        page.goto(server.url)
        page.get_by_text("Will you come?").first.wait_for()
        page.wait_for_function("document.getElementById('jupyter-theme-css').textContent !== ''")
        looks[theme] = looks_of(page)
        assert [one for one in looks[theme] if one[-1] < LEAST] == []
    if network == "without":
        page.route("**/theme-*.css?v=*", lambda route: route.abort())
    for theme in (other, first, other):
        if network == "without":
            with page.expect_event("requestfailed", lambda request, theme=theme: f"theme-{theme}.css" in request.url):
                page.emulate_media(color_scheme=theme)
        else:
            page.emulate_media(color_scheme=theme)
            until(lambda theme=theme: are_alike(page.evaluate(LOOK), looks[theme]))  # type: ignore[misc]
        assert [one for one in looks_of(page) if one[-1] < LEAST] == []
    open_tab(page, "My reading")
    page.get_by_role("button", name="Save summary").click()
    page.get_by_text("Nothing is written").or_(page.get_by_text("Write something")).first.wait_for()
    assert [one for one in looks_of(page) if one[-1] < LEAST] == []
    open_tab(page, "Syllabus")
    assert [one for one in looks_of(page) if one[-1] < LEAST] == []
    context.close()
