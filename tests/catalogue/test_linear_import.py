"""The time of an import grows with its list and not faster, also for lists that repeat themselves."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studygroup.catalogue.items.table import Catalogue
from studygroup.catalogue.merging.importer import import_sources, read_unchanged
from studygroup.catalogue.merging.review import preview
from studygroup.text.text import GivenIds, make_id

pytestmark = pytest.mark.slow

SMALL, TIMES = 200, 8
# Linear is 8; quadratic is 64. The rest is for fixed costs, caches and a busy machine.
MOST = 24

U = "https://example.org/p"
WORDS = ("rain", "snow", "clay", "salt", "moss", "fern", "sand", "wind")

LISTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "equal rows": ("md", lambda n: "# L\n\n| Title | Link |\n|---|---|\n" + f"| Small Gates for Rain | [Paper]({U}) |\n" * n),
    "equal bullets": ("md", lambda n: "# L\n\n" + f"- [Small Gates for Rain]({U})\n" * n),
    "equal CSV rows": ("csv", lambda n: "title,url\n" + f"Small Gates for Rain,{U}\n" * n),
    "equal BibTeX records": (
        "bib",
        lambda n: f"@article{{a, title={{Small Gates for Rain}}, year={{2016}}, url={{{U}}}}}\n" * n,
    ),
    "equal YAML records": ("yaml", lambda n: f"- title: Small Gates for Rain\n  url: {U}\n" * n),
    "one title, many addresses": ("md", lambda n: "# L\n\n" + "".join(f"- [Small Gates for Rain]({U}{i})\n" for i in range(n))),
    "one word, many addresses": ("csv", lambda n: "title,url\n" + "".join(f"Gates,{U}{i}\n" for i in range(n))),
    "one address, many titles": (
        "md",
        lambda n: "# L\n\n" + "".join(f"- [Gates of {WORDS[i % 8]} and {WORDS[i // 8 % 8]} {i}]({U})\n" for i in range(n)),
    ),
    "one id, many titles": (
        "md",
        lambda n: "# L\n\n" + "".join(f"- [Small Gates for the Rain and Snow of {i}]({U}{i})\n" for i in range(n)),
    ),
    "one arXiv id, many titles": (
        "csv",
        lambda n: "title,url\n" + "".join(f"Gates {i} of Rain,https://arxiv.org/abs/2005.14165\n" for i in range(n)),
    ),
    "rows with too many cells": ("csv", lambda n: "title,url\n" + "a,b,c\n" * n),
    "many headings": ("md", lambda n: "# L\n\n" + "".join(f"## Part {i}\n\n- [Small Gates {i}]({U}{i})\n\n" for i in range(n))),
    "many links in a line": ("md", lambda n: "# L\n\n- All: " + ", ".join(f"[Small Gates {i}]({U}{i})" for i in range(n))),
    "many links in a paragraph": ("md", lambda n: "# L\n\n" + "".join(f"[Small Gates {i}]({U}{i})\n" for i in range(n))),
    "one HTML block": ("md", lambda n: "# L\n\n<p>\n" + f'<a href="{U}">Small Gates</a><br>\n' * n + "</p>\n"),
    "many tables": (
        "md",
        lambda n: "# L\n\n" + "".join(f"| Title | Link |\n|---|---|\n| Small Gates {i} | {U}{i} |\n\n" for i in range(n)),
    ),
    "reference links": (
        "md",
        lambda n: "".join(f"- [Gates {i}][{i}]\n" for i in range(n)) + "\n" + "".join(f"[{i}]: {U}{i}\n" for i in range(n)),
    ),
    "many authors": ("bib", lambda n: f"@book{{a, title={{Small Gates}}, author={{{' and '.join(['Ana Berg'] * n)}}}}}\n"),
}

LONG: dict[str, tuple[str, Callable[[int], str]]] = {
    "lines in a cell": ("csv", lambda n: f'title,url,notes\nSmall Gates,{U},"' + "a line of a note\n" * n + '"\n'),
    "lines in a title's cell": ("csv", lambda n: 'title,url\n"' + "a line of a note\n" * n + f'",{U}\n'),
    "links in a cell": (
        "csv",
        lambda n: f'title,url,notes\nSmall Gates,{U},"' + "see https://example.org/x and so\n" * n + '"\n',
    ),
    "paragraph": ("md", lambda n: "# L\n\n" + "words and words of a text\n" * (n // 10) + f"\n- [Small Gates]({U})\n"),
    "words in a bullet": ("md", lambda n: f"# L\n\n- [Small Gates]({U}) " + "words, and words. " * n + "\n"),
    "YAML text": ("yaml", lambda n: f"- title: Small Gates\n  url: {U}\n  notes: |\n" + "    a line of it\n" * n),
    "BibTeX note": ("bib", lambda n: f"@misc{{a, title={{Small Gates}}, url={{{U}}}, note={{" + "a line\n" * n + "}}\n"),
}


def time_of(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def times_of(folder: Path, ending: str, content: str) -> tuple[float, float, float]:
    """Return how long importing a list takes, previewing it again, and writing it again."""
    folder.mkdir()
    file = folder / f"list.{ending}"
    file.write_text(content)
    words = [str(file)]

    def look() -> None:
        result = import_sources(folder, words, write=False)
        preview(read_unchanged(folder, result), result)

    return time_of(lambda: import_sources(folder, words)), time_of(look), time_of(lambda: import_sources(folder, words))


@pytest.mark.slow
@pytest.mark.parametrize("kind", LISTS)
def test_rows_cost_the_same_however_many_there_are(tmp_path: Path, kind: str) -> None:
    """Eight times the rows take about eight times as long: to import, to preview, and to import again."""
    ending, made = LISTS[kind]
    import_sources(None, ["-"], stdin=_empty(), write=False)
    small, large = (times_of(tmp_path / str(n), ending, made(n)) for n in (SMALL, SMALL * TIMES))
    for one, other in zip(small, large, strict=True):
        assert other < MOST * one + 0.5, (small, large)


@pytest.mark.parametrize("kind", LONG)
def test_a_long_text_costs_the_same_a_line(tmp_path: Path, kind: str) -> None:
    """Also of a hundred thousand lines, which become one row and not many."""
    ending, made = LONG[kind]
    small, large = (times_of(tmp_path / str(n), ending, made(n)) for n in (12_500, 100_000))
    for one, other in zip(small, large, strict=True):
        assert other < MOST * one + 1.0, (small, large)
    assert len(Catalogue.read(tmp_path / "100000").items) == 1


def test_ten_thousand_equal_rows_are_read_in_seconds(tmp_path: Path) -> None:
    """Each is an entry with an id of its own, and all are one item; a row costs at most twice what it does among 1,250."""
    small, large = (times_of(tmp_path / folder, *_made("equal bullets", n)) for folder, n in (("few", 1250), ("book", 10_000)))
    assert max(large) < 2 * 8 * max(small), (small, large)
    catalogue = Catalogue.read(tmp_path / "book")
    assert len(catalogue.items) == 1
    entries = catalogue.lists["list"]["entry"].tolist()
    assert len(set(entries)) == 10_000
    assert entries[:2] + entries[-1:] == ["small-gates-for-rain", "small-gates-for-rain-2", "small-gates-for-rain-10000"]


def test_a_person_who_keeps_two_apart_does_not_slow_down_the_rest(tmp_path: Path) -> None:
    """Equal rows under an id that someone decided on."""

    def times(n: int) -> float:
        folder = tmp_path / f"{n}"
        (folder / "lists").mkdir(parents=True)
        rows = "".join(f"{name},{title},https://example.org/{name}\n" for name, title in (("gates", "Gates"), ("rain", "Rain")))
        (folder / "first.csv").write_text("id,title,url\n" + rows)
        import_sources(folder, [str(folder / "first.csv")])
        (folder / "lists" / "different.csv").write_text("one,other\ngates,rain\n")
        ending, content = _made("equal bullets", n)
        (folder / f"list.{ending}").write_text(content.replace("Small Gates for Rain", "Gates"))
        return time_of(lambda: import_sources(folder, [str(folder / f"list.{ending}")]))

    small, large = times(SMALL), times(SMALL * TIMES)
    assert large < MOST * small + 0.5, (small, large)


def test_ids_given_out_one_by_one_are_those_of_make_id() -> None:
    """The smallest number that is free, also where some are taken from the beginning and where the id is cut."""
    long = "word " * 40
    titles = [*["Ada"] * 5, "ada 2", "ada", "con", "con", "con 2", long, long, "", "", "ada 3", "Ada"]
    taken = {"ada-3", "con-2", "item"}
    given, expected = GivenIds(taken), []
    for title in titles:
        expected.append(made := make_id(title, taken))
        taken.add(made)
    assert [given.give(title) for title in titles] == expected


def _made(kind: str, n: int) -> tuple[str, str]:
    ending, made = LISTS[kind]
    return ending, made(n)


def _empty() -> io.BytesIO:
    return io.BytesIO(b"- [A Title](https://example.org)\n")
