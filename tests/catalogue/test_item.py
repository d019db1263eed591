"""An item's columns, links and ids."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.catalogue.items.columns import COLUMNS, Item
from studygroup.catalogue.items.item import (
    Link,
    arxiv_id,
    doi,
    format_ids,
    format_links,
    is_arxiv_id,
    is_doi,
    make_item_id,
    parse_ids,
    parse_links,
)
from studygroup.errors import CatalogueError
from studygroup.text import text

ARXIV = {
    "https://arxiv.org/abs/2005.14165": "2005.14165",
    "http://www.arxiv.org/abs/2005.14165v4": "2005.14165",
    "https://export.arxiv.org/pdf/2005.14165v4.pdf": "2005.14165",
    "https://browse.arxiv.org/html/2312.00752v2?x=1#S3": "2312.00752",
    "https://arxiv.org/format/0704.0001/": "0704.0001",
    "https://ARXIV.org/abs/hep-th/9901001v3": "hep-th/9901001",
    "https://arxiv.org/pdf/hep-th/9901001.pdf": "hep-th/9901001",
    "https://arxiv.org/abs/math.GT/0309136": "math/0309136",
    "https://doi.org/10.48550/arXiv.2005.14165": "2005.14165",
    "doi:10.48550/ARXIV.hep-th/9901001": "hep-th/9901001",
    "https://arxiv.org/abs/2013.14165": "",
    "https://arxiv.org/abs/2000.14165": "",
    "https://arxiv.org/abs/2005.141651": "",
    "https://arxiv.org/list/cs.CL/recent": "",
    "https://example.org/abs/2005.14165": "",
    "https://arxiv.org.example.org/abs/2005.14165": "",
    "https://[broken/abs/2005.14165": "",
    "": "",
}

DOIS = {
    "https://doi.org/10.1145/3442188.3445922": "10.1145/3442188.3445922",
    "http://dx.doi.org/10.1038/NATURE14539?x=1": "10.1038/nature14539",
    "https://dl.acm.org/doi/abs/10.1145/3442188.3445922": "10.1145/3442188.3445922",
    "https://link.springer.com/article/10.1007/s11263-015-0816-y": "10.1007/s11263-015-0816-y",
    "https://doi.org/10.1016%2FS0021-9258(18)12345-6": "10.1016/s0021-9258(18)12345-6",
    "doi: 10.1038/nature14539).": "10.1038/nature14539",
    "10.1038/nature14539": "10.1038/nature14539",
    "https://example.org/10.1038/nature14539": "",
    "https://doi.org/": "",
    "": "",
}


def test_columns_are_the_items_fields() -> None:
    """The columns of catalogue.csv and the fields of an Item are the same, in the same order."""
    assert Item.__struct_fields__ == COLUMNS


def test_importing_needs_no_pandas() -> None:
    """Importing items imports neither pandas nor numpy."""
    code = "import sys, studygroup.catalogue.items.item; print([n for n in ('pandas', 'numpy', 'sqlite3') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("url", ARXIV)
def test_arxiv_id(url: str) -> None:
    """An arXiv id is found in every form of address, without its version, and nowhere else."""
    assert arxiv_id(url) == ARXIV[url]


@pytest.mark.parametrize("url", DOIS)
def test_doi(url: str) -> None:
    """A DOI is found behind resolvers and publishers' addresses, in lower case."""
    assert doi(url) == DOIS[url]


def test_valid_ids() -> None:
    """Ids as the catalogue keeps them are told from ill-formed ones."""
    written = ["2005.14165", "0704.0001", "hep-th/9901001", "2005.14165v1", "2013.14165", "arXiv:2005.14165", "", "２005.14165"]
    assert [is_arxiv_id(value) for value in written] == [True, True, True, False, False, False, False, False]
    assert [is_doi(value) for value in ("10.1/x", "10.1038/nature14539", "https://doi.org/10.1038/x")] == [False, True, False]


@given(st.text(max_size=300))
def test_finding_ids_never_fails(url: str) -> None:
    """Any text is taken as an address, and what is found is valid."""
    assert not arxiv_id(url) or is_arxiv_id(arxiv_id(url))
    assert not doi(url) or is_doi(doi(url))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("LoRA: Low-Rank Adaptation of Large Language Models", "lora-low-rank-adaptation"),
        ("Attention Is All You Need", "attention-is-all-you-need"),
        ("The", "the"),
        ("Of the", "of"),
        ("Con of the", "con-2"),
        ("¿?", "item"),
    ],
)
def test_make_item_id(title: str, expected: str) -> None:
    """An item's id is short, readable, does not end in a small word and is never a reserved name."""
    assert make_item_id(title) == expected


@given(st.lists(st.sampled_from(["GPT", "GPT 2", "GPT-2", "The", "of", "A" * 50, "A" * 32, "", "é"]), max_size=12))
def test_item_ids_are_unique(titles: list[str]) -> None:
    """However alike titles are, ids differ and keep to the rules."""
    taken: set[str] = set()
    for title in titles:
        item_id = make_item_id(title, taken)
        assert item_id not in taken and len(item_id) <= 32 and text.check_id(item_id)
        taken.add(item_id)


@given(st.lists(st.builds(Link, st.text(), st.text() | st.text(alphabet="[]()<>\\ a\n"))))
def test_links_come_back_exactly(links: list[Link]) -> None:
    """Whatever labels and addresses hold, formatting and parsing gives them back."""
    assert parse_links(format_links(links)) == tuple(links)


def test_links_as_people_write_them() -> None:
    """Nested brackets, several blanks and addresses in angle brackets are read as Markdown reads them."""
    cell = r" [a [b] c](https://e.org/x_(y))   [d\*](<https://e.org/p q>)" + "\n[e](https://e.org)"
    expected = (Link("a [b] c", "https://e.org/x_(y)"), Link("d*", "https://e.org/p q"), Link("e", "https://e.org"))
    assert parse_links(cell) == expected


@pytest.mark.parametrize(
    "cell", ["https://e.org", "[a]", "[a](b", "[a](b) and", "[a](b c)", "[a](<b>", "[a](<b> c)", "a [b](c)", "[a"]
)
def test_what_is_no_link(cell: str) -> None:
    """Anything but links is refused with its place."""
    with pytest.raises(CatalogueError, match=r"^character \d+, at .* is not a link: write \[label\]"):
        parse_links(cell)


def test_ids_of_an_entry() -> None:
    """An entry's ids are separated by semicolons; blanks and empty pieces do not matter."""
    assert parse_ids(" gpt-2 ;gpt-3;; ") == ("gpt-2", "gpt-3") == parse_ids(format_ids(["gpt-2", "gpt-3"]))
    assert parse_ids(format_ids([])) == ()
