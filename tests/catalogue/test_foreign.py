"""BibTeX, CSV and YAML become entries, as Markdown does; any bytes give entries or problems."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from studygroup.catalogue.items.item import Link
from studygroup.catalogue.reading.form import Source
from studygroup.catalogue.recognise.entry import Entry, ReadingList
from studygroup.catalogue.recognise.formats import parse_bibtex, parse_csv, parse_source, parse_yaml
from tests.support.laws import examples

NOW = datetime(2026, 11, 20, tzinfo=UTC)
Parser = Callable[[bytes, str], ReadingList]


def shown(one: ReadingList) -> list[str]:
    """Return a list's entries and problems, a line each."""
    lines = []
    for entry in one.entries:
        said = [f"{entry.line}: [{entry.kind}] {entry.title} <{entry.url}>"]
        said += [f"in {' > '.join(entry.section)}"] if entry.section else []
        said += [f"by {', '.join(entry.authors)}"] if entry.authors else []
        said += [str(entry.year)] if entry.year else []
        said += [entry.status] if entry.status else []
        said += [f"{key}={value}" for key, value in entry.details.items()]
        said += [f"[{link.label}]({link.url})" for link in entry.links]
        lines.append(" | ".join(said))
    return lines + [f"! {problem.line} {problem.severity}: {problem.message}" for problem in one.problems]


# --- BibTeX -----------------------------------------------------------------------------------------------------------

BIBTEX = rb"""% Our references
@preamble{"\newcommand{\x}{y}"}
@comment{jabref-meta: databaseType:bibtex;}
@string{fjo = "Forest Journal"}

@article{ann2020,
  title     = {On the {O}ak's R{\"o}ots \& {LaTeX} at 50%},
  author    = {Erd{\H{o}}s, P{\'a}l and de la Cruz, Ana and {The Oak Institute} and Bo Chen and others},
  journal   = fjo # ", vol. 2",
  year      = 2020,
  doi       = {10.1000/OAK.1},
  groups    = {Roots > Deep},
  abstract  = {Roots
               are deep.},
}
@misc{bo2021, title={Growing Trees}, author={Bo Chen}, eprint={2106.09685v2}, archivePrefix={arXiv}, date={2021-06-17},
  keywords={growth, trees}, code={https://github.com/bo/trees}}
@book(cy, title="Elms", editor={Cy Dahl}, howpublished={\url{https://example.org/a\_b%20c}}, year=1999)
"""


def test_bibtex() -> None:
    """LaTeX is letters, strings are joined, names spoken, identifiers known."""
    assert shown(parse_bibtex(BIBTEX, "refs")) == [
        "6: [paper] On the Oak's Röots & LaTeX at 50% <https://doi.org/10.1000/oak.1> | in Roots > Deep"
        " | by Pál Erdős, Ana de la Cruz, Bo Chen | 2020 | venue=Forest Journal, vol. 2"
        " | about=Roots are deep. | organisation=The Oak Institute",
        "16: [paper] Growing Trees <https://arxiv.org/abs/2106.09685> | in growth | by Bo Chen | 2021"
        " | [Code](https://github.com/bo/trees)",
        "18: [book] Elms <https://example.org/a_b%20c> | by Cy Dahl | 1999",
    ]


def test_bibtex_keeps_every_field() -> None:
    """``columns`` has them all but the title, with key and type."""
    [entry] = parse_bibtex(b"@misc{k, title={Growing Trees}, author={Chen, Bo}, eprint={2106.09685}, isbn={1}}", "refs").entries
    expected = {"key": "k", "type": "misc", "author": "Bo Chen", "eprint": "2106.09685", "isbn": "1"}
    assert (entry.columns, entry.arxiv, entry.position) == (expected, "2106.09685", 1)


def test_broken_bibtex_is_read_around() -> None:
    """A broken block, a lost one, repeated keys and fields, an entry without a title: each with its line."""
    data = b"""@article{a, title={Growing Oaks}}

@article{b,
  title={Never Closed

@article{a, title={Growing Elms}, title={x}}
@misc{c, year=2020}
@inproceedings d, title={No Bracket}
@misc{d, title={Growing Ash}}
"""
    assert [line for line in shown(parse_bibtex(data, "refs")) if not line.startswith("!")] == [
        "1: [paper] Growing Oaks <>",
        "6: [paper] Growing Elms <>",
        "9: [other] Growing Ash <>",
    ]
    found = [(problem.line, problem.severity) for problem in parse_bibtex(data, "refs").problems]
    assert found == [(3, "error"), (6, "note"), (6, "note"), (7, "warning"), (8, "error")]


def test_bibtex_inherits_from_its_volume() -> None:
    """``crossref`` gives the volume's title and year."""
    data = b"@inproceedings{a, title={Growing Oaks}, crossref={V}}\n@proceedings{v, title={Tree Days}, year={2001}}"
    entry = parse_bibtex(data, "refs").entries[0]
    assert (entry.year, entry.details) == (2001, {"venue": "Tree Days"})


# --- CSV --------------------------------------------------------------------------------------------------------------


def test_our_own_catalogue_is_carried_over() -> None:
    """Every column as it is, the id among the details, guards against spreadsheets undone."""
    data = (
        b"id,title,kind,url,authors,year,arxiv,doi,section,importance,about,released,parameters,context_length,licence,links\n"
        b"oaks,'=Oaks (2017),model,https://example.org/a,OpenAI; Ann Lee,2020,2106.09685,10.1/x,Trees > Oaks,Why.,What.,2021,"
        b"7 - 70,2048,MIT,[Try it](https://example.org/b)\n"
    )
    [entry] = parse_csv(data, "mine").entries
    columns = entry.columns
    assert columns.pop("links") == "[Try it](https://example.org/b)"
    assert (columns["id"], columns["parameters"], len(columns)) == ("oaks", "7 - 70", 14)
    assert entry == Entry(
        position=1,
        title="=Oaks (2017)",
        url="https://example.org/a",
        section=("Trees", "Oaks"),
        kind="model",
        authors=("OpenAI", "Ann Lee"),
        year=2020,
        arxiv="2106.09685",
        doi="",
        links=(Link("Try it", "https://example.org/b"),),
        details={
            "id": "oaks",
            "importance": "Why.",
            "about": "What.",
            "released": "2021",
            "parameters": "7 - 70",
            "context_length": "2048",
            "licence": "MIT",
        },
        line=2,
        columns=columns,
    )


def test_our_own_list_is_carried_over() -> None:
    """A list of lists/ gives its entries with number, section, items and the cells that were in it."""
    data = (
        b"entry,position,number,line,section,title,url,items,columns\n"
        b'oaks,1,4,17,Trees > Oaks,Growing Oaks,oaks.md,oaks;elms,"{""Read or Not"":""Read""}"\n'
    )
    [entry] = parse_csv(data, "mine", "https://example.org/x/").entries
    said = (entry.title, entry.url, entry.section, entry.number, entry.details, entry.columns, entry.status)
    details = {"id": "oaks", "items": "oaks;elms"}
    assert said == (
        "Growing Oaks",
        "https://example.org/x/oaks.md",
        ("Trees", "Oaks"),
        "4",
        details,
        {"Read or Not": "Read"},
        "read",
    )


def test_zotero() -> None:
    """Its columns have names of their own; an access date is no year."""
    data = """"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date","Access Date","Manual Tags"
"AB12","journalArticle","2020","Lee, Ann; van den Berg, Bo","Growing Oaks","Forest Journal","10.1000/oak","https://example.org/oak","Oaks, grown.","2020-01","2024-01-01","trees; oaks"
"CD34","videoRecording","","","Growing Elms","","","https://youtu.be/kMb4TmhTlbk","","","2024-01-01",""
"""
    assert shown(parse_csv(data.encode("utf-8-sig"), "zotero")) == [
        "2: [paper] Growing Oaks <https://example.org/oak> | in trees | by Ann Lee, Bo van den Berg | 2020"
        " | venue=Forest Journal | about=Oaks, grown. | date=2020-01",
        "3: [video] Growing Elms <https://youtu.be/kMb4TmhTlbk>",
    ]


def test_goodreads() -> None:
    """Shelves are statuses; numbers of pages and ratings are nothing."""
    data = b"""Book Id,Title,Author,Author l-f,Additional Authors,ISBN,My Rating,Publisher,Year Published,Date Added,Bookshelves,Exclusive Shelf
1,Growing Oaks,Ann Lee,"Lee, Ann",Bo Chen,"=""123""x",5,Tree Press,2001,2024/01/01,"trees, to-read",to-read
2,"Elms, and Ash",Cy Dahl,"Dahl, Cy",,,0,,1999,2024/01/02,,currently-reading
"""
    assert shown(parse_csv(data, "books")) == [
        "2: [book] Growing Oaks <> | in trees | by Ann Lee, Bo Chen | 2001 | unread | organisation=Tree Press",
        "3: [book] Elms, and Ash <> | by Cy Dahl | 1999 | reading",
    ]


def test_google_forms() -> None:
    """Questions are columns; the person who answered is no author, and a column of e-mail addresses is left out."""
    data = """Timestamp,Email Address,Your name,Which paper should we read?,Link to the paper,Why should we read it?
11/20/2026 10:00:00,ann@example.org,Ann Lee,How Oaks Grow,https://example.org/oaks.pdf,"Old trees,
and new ones."
11/20/2026 10:05:00,bo@example.org,Bo Chen,How Elms Grow,,
"""
    assert not any("@" in cell for entry in parse_csv(data.encode(), "form").entries for cell in entry.columns.values())
    assert shown(parse_csv(data.encode(), "form")) == [
        "2: [paper] How Oaks Grow <https://example.org/oaks.pdf> | importance=Old trees, and new ones.",
        "4: [other] How Elms Grow <>",
        "! 1 warning: the column holds e-mail addresses; it was left out",
    ]


def test_notion_and_other_languages() -> None:
    """Semicolons, UTF-16, Latin-1 and German names are understood."""
    notion = '\ufeffName,Tags,URL,Status\nHow Oaks Grow,"trees, oaks",https://example.org/a,Done\n'.encode()
    assert shown(parse_csv(notion, "n")) == ["2: [article] How Oaks Grow <https://example.org/a> | in trees | read"]
    german = "Titel;Autor;Jahr;Adresse\nEichen und Bäume;Jürgen Groß;2001;https://example.org/a\n"
    expected = "2: [article] Eichen und Bäume <https://example.org/a> | by Jürgen Groß | 2001"
    assert shown(parse_csv(german.encode("utf-16"), "g")) == [expected]
    assert shown(parse_csv(german.encode("utf-16-le"), "g")) == [expected]
    assert shown(parse_csv(german.encode("latin-1"), "g"))[0] == expected
    assert parse_csv(german.encode("latin-1"), "g").problems[0].severity == "note"


@pytest.mark.parametrize(
    "data",
    [
        "https://example.org/a,How Oaks Grow,12\nhttps://example.org/b,How Elms Grow,13\n",
        "what\twhere\tn\nHow Oaks Grow\thttps://example.org/a\t12\nHow Elms Grow\thttps://example.org/b\t13\n",
        "sep=|\nfoo|bar|baz\n12|How Oaks Grow|https://example.org/a\n13|How Elms Grow|https://example.org/b\n",
    ],
)
def test_columns_are_known_by_their_cells(data: str) -> None:
    """With or without a header: addresses are links, the most distinct words titles, the rest is kept."""
    found = [(entry.title, entry.url, "12" in entry.columns.values()) for entry in parse_csv(data.encode(), "x").entries]
    assert found == [("How Oaks Grow", "https://example.org/a", True), ("How Elms Grow", "https://example.org/b", False)]


def test_broken_rows_are_read_around() -> None:
    """Too many cells, an open quote, no title: each with its line; a cell of two lines moves the next one's."""
    data = b"""title,url,note
"How Oaks
Grow",https://example.org/a,x
How Elms Grow,https://example.org/b,x,y
"Ash" and more,https://example.org/c,
"Never closed,https://example.org/d,
,,only a note
How Yews Grow,https://example.org/e
"""
    assert shown(parse_csv(data, "x")) == [
        "2: [article] How Oaks Grow <https://example.org/a> | note=x",
        "4: [article] How Elms Grow <https://example.org/b> | note=x",
        "5: [article] Ash and more <https://example.org/c>",
        "6: [article] Never closed <https://example.org/d>",
        "8: [article] How Yews Grow <https://example.org/e>",
        "! 4 warning: the row has more cells than the table has columns (3): y; is text with a comma quoted?",
        "! 5 warning: the quotes of this row do not pair up (',' expected after '\"'); it was read as it stands",
        "! 6 warning: the quotes of this row do not pair up (unexpected end of data); it was read as it stands",
    ]


def test_several_links_in_a_cell() -> None:
    """The first is the link, the others are beside it; Markdown works; a DOI is an address."""
    data = b"""title,link,doi
How Oaks Grow,https://example.org/a https://example.org/b,
[How Elms Grow](https://example.org/c),,
How Ash Grows,,10.1000/ASH
"""
    assert shown(parse_csv(data, "x")) == [
        "2: [article] How Oaks Grow <https://example.org/a> | [Link](https://example.org/b)",
        "3: [article] How Elms Grow <https://example.org/c>",
        "4: [paper] How Ash Grows <https://doi.org/10.1000/ash>",
    ]


# --- YAML -------------------------------------------------------------------------------------------------------------


def test_yaml_list_of_mappings() -> None:
    """Keys mean what columns of that name mean; the rest is kept."""
    data = b"""# trees
- title: How Oaks Grow
  authors: [Ann Lee, {family: Chen, given: Bo}]
  url: https://example.org/a
  year: 2020
  links: {Code: https://github.com/ann/oaks, Slides: https://example.org/s}
  shelf mark: [a, b]
- titre: Comment poussent les ormes
  lien: oaks.md
"""
    one = parse_yaml(data, "x", "https://example.org/t/")
    assert shown(one) == [
        "2: [article] How Oaks Grow <https://example.org/a> | by Ann Lee, Bo Chen | 2020"
        " | [Code](https://github.com/ann/oaks) | [Slides](https://example.org/s)",
        "8: [article] Comment poussent les ormes <https://example.org/t/oaks.md>",
    ]
    assert one.entries[0].columns["shelf mark"] == "a; b"


def test_yaml_sections() -> None:
    """Keys are sections of any depth; texts are Markdown, addresses or titles; what is about the list is no entry."""
    data = b"""title: Our trees
description: A list.
tags: [a, b]
Trees:
  Oaks:
    - "[How Oaks Grow](https://example.org/a) by Ann Lee"
    - https://example.org/how-elms-grow-well
    - How Ash Grows
    - word
  Videos:
    Growing Yews: https://youtu.be/kMb4TmhTlbk
    Growing Firs: {url: https://example.org/f, year: 2001}
more:
  - name: Shrubs
    items:
      - {title: How Box Grows, doi: 10.1000/box}
"""
    one = parse_yaml(data, "x")
    assert one.title == "Our trees"
    assert shown(one) == [
        "6: [article] How Oaks Grow <https://example.org/a> | in Trees > Oaks | by Ann Lee",
        "7: [article] How elms grow well <https://example.org/how-elms-grow-well> | in Trees > Oaks",
        "8: [other] How Ash Grows <> | in Trees > Oaks",
        "11: [video] Growing Yews <https://youtu.be/kMb4TmhTlbk> | in Trees > Videos",
        "12: [article] Growing Firs <https://example.org/f> | in Trees > Videos | 2001",
        "16: [paper] How Box Grows <https://doi.org/10.1000/box> | in more > Shrubs",
        "! 9 note: “word” is neither an address nor a title; it was left out",
    ]


def test_yaml_defaults_and_tags() -> None:
    """Aliases and ``<<`` are followed; a tag makes nothing."""
    data = b"""x: &base {year: 2020, url: https://example.org/a}
papers:
  - {<<: *base, title: How Oaks Grow}
  - !!python/object/apply:os.system {title: How Elms Grow}
"""
    assert [line for line in shown(parse_yaml(data, "x")) if "Grow" in line] == [
        "3: [paper] How Oaks Grow <https://example.org/a> | in papers | 2020",
        "4: [paper] How Elms Grow <> | in papers",
    ]


def test_broken_yaml_keeps_what_came_before() -> None:
    """A mistake has its line; entries before it stay."""
    data = b"- {title: How Oaks Grow}\n- {title: How Elms Grow}\n- ]\n"
    one = parse_yaml(data, "x")
    assert ([entry.title for entry in one.entries], [(p.line, p.severity) for p in one.problems]) == (
        ["How Oaks Grow", "How Elms Grow"],
        [(3, "error")],
    )


def test_yaml_bombs_are_bounded() -> None:
    """Aliases that double themselves, lists that hold themselves, and depth without end."""
    bomb = "a0: &a0 [{title: How Oaks Grow}]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
    )
    one = parse_yaml(bomb.encode(), "x")
    assert len(one.entries) < 5000
    assert "aliases make the file many times larger" in one.problems[0].message
    assert parse_yaml(b"&a [*a, {title: How Oaks Grow}]", "x").problems[0].severity == "error"
    assert "levels deep" in parse_yaml(b"[" * 100_000, "x").problems[0].message


# --- all of them ------------------------------------------------------------------------------------------------------


def test_a_source_is_read_by_its_form() -> None:
    """Relative links lead to where the source was found."""
    markdown = Source("x", "x.md", b"- [How Oaks Grow](a.md)\n", "markdown", "https://example.org/x.md")
    for source in (
        markdown,
        Source("x", "x.csv", b"title,url\nHow Oaks Grow,a.md\n", "csv", "https://example.org/x.csv"),
        Source("x", "x.yml", b"- {title: How Oaks Grow, url: a.md}\n", "yaml", "https://example.org/x.yml"),
        Source("x", "x.bib", b"@misc{a, title={How Oaks Grow}, url={a.md}}\n", "bibtex", "https://example.org/x.bib"),
    ):
        assert [(entry.title, entry.url) for entry in parse_source(source).entries] == [
            ("How Oaks Grow", "https://example.org/a.md")
        ]
    assert parse_source(markdown, "https://example.com/", "y").entries[0].url == "https://example.com/a.md"


@pytest.mark.parametrize("parse", [parse_bibtex, parse_csv, parse_yaml])
def test_relative_and_misspelt_addresses(parse: Parser) -> None:
    """One warning for all relative links, a note for what was repaired, a warning for an expired signature."""
    rows = [
        ("How Oaks Grow", "a.md"),
        ("How Elms Grow", "hhttps://example.org/b"),
        ("How Ash Grows", "https://example.org/?oh=1&oe=64BE66FF"),
    ]
    data = {
        parse_bibtex: "".join(f"@misc{{{title[4:7]}, title={{{title}}}, url={{{url}}}}}\n" for title, url in rows),
        parse_csv: "title,url\n" + "".join(f"{title},{url}\n" for title, url in rows),
        parse_yaml: "".join(f"- {{title: {title}, url: '{url}'}}\n" for title, url in rows),
    }[parse]
    found = [problem.message.split(";")[0][:40] for problem in parse(data.encode(), "x").problems]
    assert found == ["1 link is relative, the first one here", "the address hhttps://example.org/b was r", "a signed link"]


PIECES = {
    parse_bibtex: ["@article", "@string", "@comment", "{", "}", "(", ")", '"', ",", "=", "#", "\n", "a", "title", "author", " and ", "\\'e", "\\", "$", "%", "crossref"],
    parse_csv: ["title", "url", "author", "year", ",", ";", "\t", '"', "\n", "\r\n", "https://example.org/a", "x y z", "'=1", "2020", "[a](b)", "sep=;\n", "id", "columns"],
    parse_yaml: ["- ", "title", "url", ": ", "\n", "  ", "{", "}", "[", "]", ", ", "&a ", "*a", "<<: ", "'", '"', "|\n", "https://example.org/a", "a b c", "[a](b)", "---\n", "!!x ", "links", "authors", "? "],
}  # fmt: skip


@pytest.mark.parametrize("parse", [parse_bibtex, parse_csv, parse_yaml])
def test_any_bytes_are_read(parse: Parser) -> None:
    """Entries or problems, never an error; positions count up, lines are the file's."""

    @settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.one_of(
            st.binary(max_size=300),
            st.lists(st.sampled_from(PIECES[parse]), max_size=60).map(lambda all: "".join(all).encode()),
        )
    )
    @example(b"")
    @example(b"\xff\xfe")
    @example(b"\0\0")
    def law(data: bytes) -> None:
        one = parse(data, "x")
        assert [entry.position for entry in one.entries] == list(range(1, len(one.entries) + 1))
        assert all(1 <= entry.line <= one.lines for entry in one.entries)
        assert all(0 <= problem.line <= one.lines for problem in one.problems)
        assert all(entry.title for entry in one.entries)

    law()


@pytest.mark.slow
@pytest.mark.parametrize("parse", [parse_bibtex, parse_csv, parse_yaml])
def test_long_repetitions_stay_quick(parse: Parser) -> None:
    """Sixty kilobytes of any one mark, or line, take seconds at most."""
    for piece in [*PIECES[parse], "@a{b,c={", "@a{b,c=d}\n", '"\n', ',"""\n', "a,b\n", "- {title: a b}\n", "a: [", "{a: ["]:
        start = time.monotonic()
        parse((piece * (60_000 // len(piece))).encode(), "x")
        assert time.monotonic() - start < 20, piece
