"""Accepting and rejecting what an import would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import Import, import_lists
from studygroup.catalogue.merging.review import Answer, ReviewRow, choose, preview
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from tests.support.laws import examples

TEXT = """\
# Papers

- [Few-Shot Learners](https://arxiv.org/abs/2005.14165v2)
- [Trees](https://arxiv.org/abs/1706.03762)
- [Forests of Tall Trees](https://example.org/forests)
- [Forests of Tall Tree](https://example.org/forest)
- [Winter Gardens](https://bucket.s3.amazonaws.com/winter.pdf?X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600&X-Amz-Signature=abc)
"""


def read(before: Catalogue, text: str = TEXT) -> Import:
    return import_lists(
        before.items, before.lists, [parse_reading_list(text, "papers")], same=before.same, different=before.different
    )


@pytest.fixture
def before(folder: Path) -> Catalogue:
    return Catalogue.read(folder)


def row(rows: tuple[ReviewRow, ...], group: str, title: str = "") -> ReviewRow:
    return next(one for one in rows if one.group == group and one.title.startswith(title))


def test_a_preview_tells_what_is_new_merged_suggested_and_warned(before: Catalogue) -> None:
    """Each with its entry, and with what it is about."""
    rows = preview(before, read(before))
    assert [(one.group, one.title) for one in rows] == [
        ("new", "Trees"),
        ("new", "Forests of Tall Trees"),
        ("new", "Forests of Tall Tree"),
        ("merged", "Few-Shot Learners"),
        ("suggested", "Forests of Tall Trees = Forests of Tall Tree?"),
        ("warned", "Winter Gardens"),
    ]
    assert rows[3].items == ("few-shot",) and rows[3].place == ("papers", 1)
    assert rows[5].says.startswith("papers, line 7: ") and rows[5].says.endswith("would be new: paper")


def test_the_least_sure_entry_comes_first(before: Catalogue) -> None:
    """A line that hardly names a work is looked at before those that surely do."""
    text = "# Papers\n\n- [Small Gates for Rain](https://example.org/g) by Ana Berg, Tom Lund\n- [Slow Waves](https://example.org/w)\n- Clay\n"
    assert [one.title for one in preview(before, read(before, text))] == ["Clay", "Small Gates for Rain", "Slow Waves"]


def test_without_an_answer_everything_is_as_the_import_says(before: Catalogue) -> None:
    """Suggestions stay open."""
    result = read(before)
    after, chosen = choose(before, result, {one: one.usual for one in preview(before, result)})
    assert after.items.equals(result.items)
    assert chosen.suggestions == result.suggestions
    assert (after.same, after.different) == (before.same, before.different)


def test_a_rejected_entry_stays_in_its_list_without_an_item_for_good(before: Catalogue, tmp_path: Path) -> None:
    """Also when the list is imported again, or a longer version of it."""
    result = read(before)
    after, _ = choose(before, result, {row(preview(before, result), "new", "Trees"): "reject"})
    assert "trees" not in set(after.items["id"])
    assert after.lists["papers"].set_index("entry")["items"]["trees"] == ""
    after.write(tmp_path)
    again = Catalogue.read(tmp_path)
    for text in (TEXT, TEXT + "- [Roots](https://example.org/roots)\n"):
        result = read(again, text)
        assert "trees" not in set(result.items["id"])
        assert result.frames["papers"].set_index("entry")["items"]["trees"] == ""


def test_a_rejected_merge_makes_an_item_of_its_own(before: Catalogue) -> None:
    """The two are remembered as different."""
    result = read(before)
    after, _ = choose(before, result, {row(preview(before, result), "merged"): "reject"})
    [own] = after.lists["papers"].query("entry == 'few-shot-learners'")["items"]
    assert own not in {"few-shot", ""}
    assert frozenset(("few-shot", own)) in after.different
    again = read(after)
    assert again.added == 0
    assert again.items.equals(after.items)


@pytest.mark.parametrize("answer", ["accept", "reject"])
def test_a_suggestion_is_settled(before: Catalogue, answer: Answer) -> None:
    """As by the commands same and different."""
    result = read(before)
    suggestion = row(preview(before, result), "suggested")
    after, _ = choose(before, result, {suggestion: answer})
    pair = frozenset(suggestion.items)
    assert (pair in after.same, pair in after.different) == (answer == "accept", answer == "reject")
    assert len(after.items) == len(result.items) - (answer == "accept")
    assert read(after).suggestions == ()


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@given(st.lists(st.sampled_from(["accept", "reject", ""]), min_size=6, max_size=6))
def test_importing_again_after_any_answers_changes_nothing(before: Catalogue, answers: list[Answer]) -> None:
    """A law: what a person said holds."""
    result = read(before)
    after, _ = choose(before, result, dict(zip(preview(before, result), answers, strict=True)))
    again = read(after)
    assert again.items.equals(after.items)
    assert again.frames["papers"].equals(after.lists["papers"])
    assert again.added == 0


def test_each_entry_is_counted_once(before: Catalogue) -> None:
    """Counts add up to the entries read, and each entry has at most one row, whatever is wrong with it and however often it is there."""
    twice = (
        TEXT
        + TEXT.splitlines()[-1]
        + "\n- [Trees](https://arxiv.org/abs/1706.03762)\n- [Local](notes/local.md)\n- [Next](notes/next.md)\n"
    )
    for catalogue in (before, choose(before, read(before, twice), {})[0]):
        result = read(catalogue, twice)
        rows, counts = preview(catalogue, result), result.counts
        places = [one.place for one in rows if one.place]
        assert len(set(places)) == len(places)
        assert len({one.key for one in rows}) == len(rows)
        assert counts.entries == 9 == counts.new + counts.merged + counts.known + counts.left_out + counts.warned
        groups = [one.group for one in rows]
        assert [groups.count(group) for group in ("new", "merged", "warned")] == [counts.new, counts.merged, counts.warned]
        assert str(counts) in result.summary()
