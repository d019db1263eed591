"""What a search finds, and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studygroup.catalogue.items.search import Index

ROWS = {
    "few-shot": ("Language Models are Few-Shot Learners", "Tom Brown; Benjamin Mann", "GPT", "A big language model."),
    "lora": ("LoRA: Low-Rank Adaptation", "Edward Hu; Yelong Shen", "Fine-tuning", "Trains few weights."),
    "zoe": ("Métriques", "Zoë Ünal", "Évaluation", "How to measure."),
    "brown": ("On Clustering", "Ann Other", "Classics", "Follows Brown and others."),
    "wide": ("ＧＰＴ４ report", "OpenAI", "Models", ""),
    "gpt-2": ("Unsupervised multitask", "Radford", "Models", "The second one."),
}


@pytest.fixture(scope="module")
def index() -> Index:
    """An index over ROWS."""
    return Index(ROWS, ROWS.values())


def found(index: Index, text: str, limit: int = 20) -> list[str]:
    """Return the ids that a text finds, best first."""
    return [[*ROWS][row] for row, _ in index.find(text, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LORA", ["lora"]),
        ("low-rank", ["lora"]),
        ("low-r", ["lora"]),
        ("adaptation lora", ["lora"]),
        ("metriques", ["zoe"]),
        ("ZOE UNAL", ["zoe"]),
        ("évaluation", ["zoe"]),
        ("gpt4", ["wide"]),
        ("brown", ["brown", "few-shot"]),
        ("gpt-2", ["gpt-2"]),
        (" GPT-2 ", ["gpt-2"]),
        ("lang mod", ["few-shot", "wide", "gpt-2"]),
        ("nothing-like-it", []),
        ("", []),
        ("  \n ", []),
        ("— ! \" ' * ()", []),
    ],
)
def test_finds(index: Index, text: str, expected: list[str]) -> None:
    """Words are found in any column, whatever their case and accents; the last one also as a beginning."""
    assert sorted(found(index, text)) == sorted(expected)


def test_order(index: Index) -> None:
    """The item with that id comes first, then those with all words, then those with some; scores fall."""
    assert found(index, "brown") == ["brown", "few-shot"], "the id outranks the author"
    assert found(index, "few weights") == ["lora", "few-shot"], "all words outrank a word in the title"
    scores = [score for _, score in index.find("few weights")]
    assert 1 <= scores[0] < 2 and 0 <= scores[1] < 1


def test_columns_weigh() -> None:
    """A hit in the title outranks one in the authors, that one in the section, that one in what it is about."""
    texts = [tuple("needle" if place == column else "hay" for place in range(4)) for column in (3, 1, 0, 2)]
    assert [row for row, _ in Index("abcd", texts).find("needle")] == [2, 1, 3, 0]


def test_operators_are_words(index: Index) -> None:
    """What means something to FTS5 is a plain word in a person's text."""
    assert found(index, "lora NOT adaptation")[0] == "lora"
    assert found(index, "title:lora") == []
    assert found(index, "{title} : lora")[0] == "lora"
    assert found(index, 'lora" OR "zoe') == ["lora", "zoe"]
    assert found(index, "NEAR(lora adaptation)")[0] == "lora"


def test_limit(index: Index) -> None:
    """No more rows than asked for; none for none."""
    assert [len(found(index, "models few lora", limit)) for limit in (0, 1, 2)] == [0, 1, 2]


@given(st.text(max_size=100) | st.text(alphabet='"*():^{}-+ NOTARDE\x00\ud800', max_size=40))
def test_any_text_is_a_search(index: Index, text: str) -> None:
    """No text makes the search fail, and scores fall from row to row."""
    scores = [score for _, score in index.find(text)]
    assert scores == sorted(scores, reverse=True) and all(0 <= score < 3 for score in scores)


def test_broad_search_prefers_titles() -> None:
    """When more rows match than are scored, late ones with the word in the title are still found first."""
    texts = [("hay", "", "needles", "")] * 5000 + [("needle", "", "", "")]
    assert Index(map(str, range(5001)), texts).find("needle", 1)[0][0] == 5000
