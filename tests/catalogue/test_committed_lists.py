"""The catalogue and the lists that are committed: what a newcomer's first agenda is made from."""

from __future__ import annotations

import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from studygroup.catalogue.items.models import models
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


NAMELESS = {"attention-mechanisms"}
"""Papers of which no one says for certain who wrote them, or when."""


def test_every_item_says_in_one_sentence_what_it_is(catalogue: Catalogue) -> None:
    """``about`` is one sentence that a card has room for, and ``importance`` is one too where there is one."""
    said = [(row.id, text) for row in catalogue.items.itertuples() for text in (row.about, row.importance) if text]
    assert [row.id for row in catalogue.items.itertuples() if not row.about] == []
    assert [(item, text) for item, text in said if not re.fullmatch(r"[A-Z\d][^\n]*[^.!?]\.", text)] == []
    assert [(item, text) for item, text in said if re.search(r"[.!?]\s+[A-Z]", text)] == []
    assert [(item, len(text)) for item, text in said if not 30 <= len(text) <= 180] == []
    assert [item for item, count in Counter(text for _, text in said).items() if count > 1] == []


def test_no_sentence_is_copied_from_a_list(catalogue: Catalogue) -> None:
    """No seven words in a row are those of one of the five lists, whose words ``five_lists_words.txt`` has as digests.

    What a list links keeps its name, and so do licences: these are facts.
    """
    theirs = set((ROOT / "tests/cases/five_lists_words.txt").read_text().split())
    assert len(theirs) > 1500
    said = [(row.id, text) for row in catalogue.items.itertuples() for text in (row.about, row.importance)]
    for table in catalogue.lists.values():
        cells = [
            (row.entry, cell)
            for row in table.itertuples()
            for head, cell in json.loads(row.columns or "{}").items()
            if head != "Licence"
        ]
        said += [(entry, re.sub(r"\[[^\[\]]*\]\([^()]*\)", " ", cell)) for entry, cell in cells]
    ours = [(place, run) for place, text in said for run in _sevens(text)]
    assert [(item, run) for item, run in ours if sha256(run.encode()).hexdigest()[:8] in theirs] == []


def _sevens(text: str) -> list[str]:
    words = re.findall(r"[^\W_]+", text.lower())
    return [" ".join(words[start : start + 7]) for start in range(len(words) - 6)]


def test_every_paper_has_its_authors_and_year(catalogue: Catalogue) -> None:
    """Unless no one knows them for certain; no name is written as a list writes it, with *and* or *et al.*."""
    papers = catalogue.items[catalogue.items["kind"] == "paper"]
    unknown = papers[(papers["authors"] == "") | papers["year"].isna()]
    assert set(unknown["id"]) == NAMELESS
    authors = [(row.id, name) for row in catalogue.items.itertuples() for name in row.authors.split("; ") if row.authors]
    assert [(item, name) for item, name in authors if re.search(r"\band\b|\bet al\b|\d|,|^\W|\s$", name)] == []


def test_every_model_can_be_compared(catalogue: Catalogue) -> None:
    """Each has a date, sizes as numbers and a licence of a known family; four say nothing of their context, one nothing of its licence."""
    table = models(catalogue.items)
    assert set(table["id"]) == set(catalogue.items[catalogue.items["kind"] == "model"]["id"])
    assert [row.id for row in table.itertuples() if not re.fullmatch(r"20\d\d/(?:0[1-9]|1[0-2])", row.released)] == []
    assert [*table[table["parameters_from"].isna()]["id"]] == []
    assert [*table[table["context_from"].isna()]["id"]] == ["baize", "koala", "colossalchat", "gpt4all"]
    assert [*table[table["licence_family"] == ""]["id"]] == ["gpt4all"]
    assert [*models(catalogue.items, licence="apache", max_parameters="3B", min_context="8k")["id"]] == ["rwkv"]
