"""Several members, each with their page on a phone of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.needs import PATIENCE_S
from tests.support.web_server import Server


@contextmanager
def phones_of(members: Iterable[str], browser: Any, server: Server) -> Iterator[dict[str, Any]]:
    """Open each member's page; yield the pages by member."""
    contexts = {}
    for member in members:
        context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True)
        context.add_cookies([{"name": "studygroup", "value": server.cookie(member), "url": server.url}])
        context.set_default_timeout(PATIENCE_S * 1000)
        contexts[member] = context
    pages = {member: context.new_page() for member, context in contexts.items()}
    for page in pages.values():
        page.goto(server.url)
    yield pages
    for context in contexts.values():
        context.close()
