"""Entries of one work become one item; what is likely but not certain becomes a suggestion."""

from __future__ import annotations

import msgspec
import pytest

from studygroup.catalogue.merging.same_work import Candidate, Suggestion, group_works

PAPER = "https://arxiv.org/abs/1706.03762"


def entry(title: str, url: str = "", arxiv: str = "", **more: object) -> Candidate:
    """Return an entry of some list."""
    return Candidate(title, url, arxiv=arxiv, **more)  # type: ignore[arg-type]


def item(name: str, title: str, url: str = "", **more: object) -> Candidate:
    """Return an item that the catalogue has."""
    return Candidate(title, url, item=name, entry=False, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("Trees", arxiv="1706.03762"), entry("Attention to Trees", arxiv="1706.03762")),
        (entry("Trees", doi="10.1/x"), entry("Attention to Trees", doi="10.1/x")),
        (entry("Few-Shot Tree Learners (GPT 3.0)", "https://a.org"), entry("few shot tree learners", "https://b.org")),
        (entry("What Is Oak Doing … and Why?", "https://a.org"), entry("What is oak doing and why", "https://b.org")),
        (entry("Multi-Task Trees at Work"), entry("Multitask trees at work")),
        (entry("GPT-NeoX", "https://github.com/ada/neox"), entry("gpt-neox", "http://www.github.com/Ada/neox/tree/main")),
        (entry("Oak Bootcamp", "https://a.org/camp/"), entry('Full Forest\'s "Oak BootCamp"', "https://a.org/camp")),
        (
            entry("Number every reader should know", "https://a.org/n"),
            entry("Numbers every reader should know", "https://a.org/n?utm_source=x"),
        ),
        (entry("The annotated tree", "https://a.org"), entry("Annotated Tree", "https://b.org")),
    ],
)
def test_one_work(one: Candidate, other: Candidate) -> None:
    """The same arXiv id or DOI, an equal title, or one address under titles that agree make one item."""
    grouping = group_works([one, other])
    assert (len(set(grouping.ids)), grouping.suggestions) == (1, ())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("The Tree Family", "https://a.org/1"), entry("The Tree Family Version 2.0", "https://a.org/2")),
        (entry("Trees Are All You Need", "https://a.org/1"), entry("Trees Are All You Need II", "https://a.org/2")),
        (entry("Growing Trees (Part 1)"), entry("Growing Trees (Part 2)")),
        (entry("Oak", PAPER, "1706.03762", kind="model"), entry("Oak: An Open Tree", PAPER, "1706.03762", kind="paper")),
        (entry("Oak", "https://a.org/oak"), entry("Pine", "https://a.org/oak", borrowed=True)),
        (entry("Large Trees", "https://a.org", maker="Oakford"), entry("Large Trees", "https://b.org", maker="Pinebridge")),
        (entry("TRL: Tree Reinforcement Learning"), entry("TRLX: Tree Reinforcement Learning X")),
    ],
)
def test_two_works(one: Candidate, other: Candidate) -> None:
    """Versions, parts, a model and its paper, or a row with another row's link are neither joined nor suggested."""
    grouping = group_works([one, other])
    assert (len(set(grouping.ids)), grouping.suggestions) == (2, ())


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (entry("Oak", "https://a.org/1"), entry("Oak", "https://a.org/2"), "equal one-word titles, different links"),
        (entry("Vicuna", "https://a.org/x.git"), entry("Fast Chat", "https://www.a.org/x.git#y"), "same address: a.org/x.git"),
        (entry("State of Trees", "https://a.org"), entry("Ada's The State of Trees", "https://b.org"), "very similar titles"),
        (
            entry("Tree AI: Harmlessness from AI Feedback", "https://a.org"),
            entry("Tree AI: Harmlessness from AI Alignment", "https://b.org"),
            "very similar titles",
        ),
        (
            entry("Growing trees", "https://a.org"),
            entry("Growing trees", "https://youtu.be/x", kind="video"),
            "equal titles, one of them a video",
        ),
    ],
)
def test_likely(one: Candidate, other: Candidate, why: str) -> None:
    """What is likely but not certain stays two items and is suggested, with the reason."""
    grouping = group_works([one, other])
    assert (Suggestion((grouping.ids[0], grouping.ids[1]), why),) == grouping.suggestions


def test_what_a_person_decided_stands() -> None:
    """A pair called the same is joined, a pair called different is neither joined nor suggested again."""
    oaks = [entry("Oak", "https://a.org/1"), entry("Oak", "https://a.org/2")]
    pair = {frozenset(("oak", "oak-2"))}
    assert (group_works(oaks, same=pair).ids, group_works(oaks, same=pair).suggestions) == (("oak", "oak"), ())
    assert (group_works(oaks, different=pair).ids, group_works(oaks, different=pair).suggestions) == (("oak", "oak-2"), ())
    twins = [item("growing-trees", "Growing trees", PAPER, arxiv="1706.03762"), entry("Trees that grow", PAPER, "1706.03762")]
    apart = group_works(twins, different={frozenset(("growing-trees", "trees-that-grow"))})
    assert (apart.ids, apart.suggestions) == (("growing-trees", "trees-that-grow"), ())


def test_items_called_different_keep_their_own_entries_when_imported_again() -> None:
    """Two items of one title, kept apart by a person: each earlier entry stays with the item it was given."""
    known = [item("oak", "Oak", "https://a.org/1"), item("oak-2", "Oak", "https://a.org/2")]
    again = [
        msgspec.structs.replace(entry("Oak", f"https://a.org/{number}"), item=name)
        for number, name in ((1, "oak"), (2, "oak-2"))
    ]
    grouping = group_works([*known, *again], different={frozenset(("oak", "oak-2"))})
    assert (grouping.ids, grouping.suggestions) == (("oak", "oak-2", "oak", "oak-2"), ())


def test_catalogue_comes_first_and_stays() -> None:
    """An entry joins the item that the catalogue has, whatever that is called; two items are never joined."""
    known = [item("a", "Trees that grow", arxiv="1706.03762"), item("b", "Growing Trees Slowly")]
    grouping = group_works([*known, entry("Growing Trees Slowly", PAPER, "1706.03762")])
    assert (("a", "b", "a"), (Suggestion(("a", "b"), "an entry resembles both"),)) == (grouping.ids, grouping.suggestions)


def test_title_is_the_fullest_and_plainest() -> None:
    """A nickname yields to the title that it begins, a note in parentheses to the plain title."""
    grouping = group_works(
        [
            entry("LoTA", PAPER, "1706.03762"),
            entry("LoTA: Low-Rank Tree Adaptation (LT)", PAPER, "1706.03762"),
            entry("LoTA: Low-Rank Tree Adaptation"),
        ]
    )
    assert grouping.titles == {"lota-low-rank-tree-adaptation": "LoTA: Low-Rank Tree Adaptation"}
