"""The catalogue and the lists that are committed: what a newcomer's first agenda is made from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue

ROOT = Path(__file__).parents[2]
SYLLABUS = "modern-llm-study-group"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(ROOT)


def test_nothing_in_them_is_wrong() -> None:
    """Every check passes, without a warning."""
    assert Catalogue.check(ROOT) == []


def test_the_syllabus_has_its_31_steps(catalogue: Catalogue) -> None:
    """Steps 4 and 26 are one item, 24 is two, 13 and 30 have no link; every item says what it is and why to read it."""
    steps = dict(zip(catalogue.steps(SYLLABUS)["number"], catalogue.steps(SYLLABUS)["items"], strict=True))
    assert list(steps) == [str(number) for number in range(1, 32)]
    assert steps["4"] == steps["26"]
    assert [len(items) for items in steps.values()].count(2) == 1
    assert len(steps["24"]) == 2
    held = {number: [catalogue.item(item) for item in items] for number, items in steps.items()}
    assert [number for number, items in held.items() if not all(item.url for item in items)] == ["13", "30"]
    assert [item.id for items in held.values() for item in items if not (item.about and item.importance)] == []
    assert held["1"][0].title == "Language Models are Few-Shot Learners"
    assert held["2"][0].title == "Finetuned Language Models Are Zero-Shot Learners"


def test_every_entry_stands_in_its_list_and_every_item_in_one(catalogue: Catalogue) -> None:
    """Facts only, no garbled letter, no title that says nothing."""
    assert {name: len(table) for name, table in catalogue.lists.items()} == {
        "anti-hype-llm-reading-list": 73,
        "llm-powerhouse": 97,
        "llm-reading-list": 15,
        "llm-reading-materials": 40,
        SYLLABUS: 31,
    }
    assert [item for item in catalogue.items["id"] if not catalogue.entries_of(item)] == []
    titles = [*catalogue.items["title"], *(title for table in catalogue.lists.values() for title in table["title"])]
    assert [title for title in titles if re.search(r"[‚üÄ�]|^\W*(?:link|pdf|paper)?\W*$", title, re.I)] == []
    arxiv = [identifier for identifier in catalogue.items["arxiv"] if identifier]
    assert len(arxiv) == len(set(arxiv))
