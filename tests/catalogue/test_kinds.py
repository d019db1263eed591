"""The kind of an item is told from address, section, table and title."""

from __future__ import annotations

import pytest

from studygroup.catalogue.items.item import KINDS
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of


@pytest.mark.parametrize(
    ("kind", "url", "title", "section"),
    [
        ("paper", "https://arxiv.org/abs/1706.03762", "Trees", ""),
        ("paper", "https://openreview.net/forum?id=x", "Trees", ""),
        ("paper", "https://proceedings.neurips.cc/paper/2020/file/x-Paper.pdf", "Trees", ""),
        ("paper", "https://example.org/trees.pdf", "Trees", ""),
        ("paper", "https://doi.org/10.1145/3442188.3445922", "Trees", ""),
        ("video", "https://youtu.be/abcdefghijk", "Trees", ""),
        ("video", "https://www.youtube.com/watch?v=abcdefghijk", "Trees", "Tutorials"),
        ("course", "https://www.youtube.com/playlist?list=PL1", "Trees", "Courses about trees"),
        ("course", "https://www.coursera.org/learn/trees", "Trees", ""),
        ("course", "https://example.edu/trees.pdf", "Lecture on trees", "Courses about trees"),
        ("course", "https://example.org/x", "Tree Bootcamp", ""),
        ("codebase", "https://github.com/ada/trees", "Trees", ""),
        ("framework", "https://github.com/ada/trees", "Trees", "Training Frameworks"),
        ("tool", "https://github.com/ada/trees", "Trees", "Deployment Tools"),
        ("dataset", "https://github.com/ada/trees", "TreeEval: hand-written evaluation set", ""),
        ("collection", "https://github.com/ada/awesome-trees", "Trees", "Training Frameworks"),
        ("collection", "https://github.com/ada/tree-survey", "Trees", ""),
        ("article", "https://github.com/ada/awesome-trees/tree/main/src/oak", "Oaks", "In-depth articles"),
        ("tutorial", "https://github.com/ada/tree-guide", "Trees", ""),
        ("article", "https://gist.github.com/ada/6f8885", "My notes", ""),
        ("article", "https://huggingface.co/blog/trees", "Trees", ""),
        ("model", "https://huggingface.co/ada/tree-7b", "Trees", ""),
        ("dataset", "https://huggingface.co/datasets/ada/trees", "Trees", ""),
        ("article", "https://example.org/blog/trees", "Trees", "Retrieval & Tool Use"),
        ("article", "https://example.org/trees", "Tree Blog", "Papers"),
        ("paper", "notes/trees.md", "Trees", "Paper Reading List"),
        ("other", "notes/trees.md", "Trees", ""),
        ("other", "", "Trees", ""),
    ],
)
def test_kind(kind: str, url: str, title: str, section: str) -> None:
    """Each address has its kind in its section; one that says nothing is an article, none at all is other."""
    assert kind == kind_of(url, title, [section] if section else [])


def test_nearest_heading_decides() -> None:
    """Under *Courses > Tools* stand tools."""
    assert kind_of("https://github.com/ada/trees", "Trees", ["Courses", "Tools"]) == "tool"


def test_table_of_models_holds_models() -> None:
    """In a table of models a row is a model, although its link is a paper."""
    assert kind_of("https://arxiv.org/abs/2304.07327", "Oak", ["Papers"], header="Language Model") == "model"


def test_note_beside_the_title_tells_the_kind() -> None:
    """A title with the note *(YouTube)* is a video wherever it leads."""
    assert kind_of("https://example.org/talk", "Trees", hint="video") == "video"


def test_every_kind_is_a_kind_of_the_catalogue() -> None:
    """No address gives a kind that the catalogue does not know."""
    urls = [
        "https://vimeo.com/1",
        "https://d2l.ai",
        "https://zenodo.org/1",
        "https://docs.google.com/presentation/d/1",
        "x",
        "https://[",
    ]
    assert set(KINDS) >= {kind_of(url, "Trees", [section]) for url in urls for section in ("", "Books", "Videos", "Datasets")}
