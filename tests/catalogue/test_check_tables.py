"""Checking the catalogue's tables."""

from __future__ import annotations

from pathlib import Path

from studygroup.catalogue.items.check_tables import check_items, check_list, check_pairs
from studygroup.catalogue.items.csv_table import write_list
from tests.support.table_files import HEADER, csv_file, found, line, list_of


def test_checks_items(tmp_path: Path) -> None:
    """Every cell that cannot be right is reported with line and column, all at once."""
    content = HEADER + "\n"
    content += line(about="good\nin two lines", url="https://e.org", arxiv="2005.14165", doi="10.1/x".replace("1/", "1038/"))
    content += line() + line(id="") + line(id="No Id") + line(id="con")
    content += line(id="b", title="  ") + line(id="c", kind="papr") + line(id="d", url="javascript:alert(1)")
    content += line(id="e", url="mailto:a@e.org") + line(id="f", links="[a](ftp://e.org)") + line(id="g", links="see [a](b")
    content += line(id="h", arxiv="2013.14165") + line(id="i", doi="https://doi.org/10.1038/x") + line(id="j", year="1066")
    content += line(id="k", year="2028") + line(id="l", year="2027", links="[C](https://e.org)")
    problems = check_items(csv_file(tmp_path, content), this_year=2026)
    assert found(problems) == [
        (4, "id", "error"),
        (5, "id", "error"),
        (6, "id", "error"),
        (7, "id", "error"),
        (8, "title", "error"),
        (9, "kind", "error"),
        (10, "url", "error"),
        (11, "url", "error"),
        (12, "links", "error"),
        (13, "links", "error"),
        (14, "arxiv", "error"),
        (15, "doi", "error"),
        (16, "year", "warning"),
        (17, "year", "warning"),
    ]
    assert problems[0].message == "'a' stands in line 2 already; ids are given once"
    assert "did you mean 'paper'?" in problems[5].message


def test_checks_what_could_be_read_too(tmp_path: Path) -> None:
    """A row that cannot be read does not hide what is wrong in the others."""
    path = csv_file(tmp_path, HEADER + "\na,b\n" + line(kind="papr") + line(id="b", year="x") + line(id="b"))
    assert found(check_items(path)) == [(2, "", "error"), (3, "kind", "error"), (4, "year", "error"), (5, "id", "error")]


def test_checks_lists(tmp_path: Path) -> None:
    """Entries with bad ids, places, cells or items are reported; an entry without item is only a warning."""
    rows: list[dict[str, object]] = [
        {"items": "lora;few-shot"},
        {"entry": "e1", "items": "lora"},
        {"entry": "", "items": "lora"},
        {"position": 7, "items": "lorra"},
        {"position": None, "items": "lora", "columns": "[1]"},
        {"columns": "{"},
        {"columns": '{"Year": "2020"}', "items": "lora"},
    ]
    path = tmp_path / "lists" / "papers.csv"
    path.parent.mkdir()
    write_list(list_of(*rows), path)
    problems = check_list(path, {"lora", "few-shot"})
    assert found(problems) == [
        (3, "entry", "error"),
        (4, "entry", "error"),
        (5, "position", "error"),
        (5, "items", "error"),
        (6, "columns", "error"),
        (6, "position", "error"),
        (7, "columns", "error"),
        (7, "items", "warning"),
    ]
    assert str(problems[3]).endswith("not in the catalogue: 'lorra' (did you mean 'lora'?)")
    assert problems[0].file == "lists/papers.csv"


def test_checks_pairs(tmp_path: Path) -> None:
    """Pairs name two different items of the catalogue, once, and are not both the same and different."""
    path = csv_file(tmp_path, "one,other\na,b\nb,a\na,a\na,x\nb,c\n", "different.csv")
    problems = check_pairs(path, {"a", "b", "c"}, {frozenset("bc")})
    assert found(problems) == [(3, "", "warning"), (4, "other", "error"), (5, "other", "error"), (6, "", "error")]
