"""Lines that an import once lost, cut or took for something else: what is there, and what it is."""

from __future__ import annotations

import pytest

from studygroup.catalogue.reading.form import Form, Source
from studygroup.catalogue.recognise.entry import Entry
from studygroup.catalogue.recognise.formats import parse_source

U = "https://example.org"
OLD_DOI = "https://doi.org/10.1000/1520(1987)115"


def shown(entry: Entry) -> str:
    """Return an entry in a line: title, address, authors, venue, year."""
    said = [entry.title, entry.url, ", ".join(entry.authors), entry.details.get("venue", ""), str(entry.year or "")]
    return " | ".join(filter(None, said))


CASES: dict[str, tuple[Form, str, list[str]]] = {
    "titles that begin as pointers do": (
        "markdown",
        "# L\n\n" + "".join(f"- {title}, {U}/{title[0]}\n" for title in ("On Gardens", "In Cold Rain", "To the Harbour", "Watch Me")),
        [f"On Gardens | {U}/O", f"In Cold Rain | {U}/I", f"To the Harbour | {U}/T", f"Watch Me | {U}/W"],
    ),
    "addresses with angle brackets": (
        "csv",
        f"title,url\nOn rain,{OLD_DOI}<16:AB>2.0.CO;2\nSnow maps,{OLD_DOI}<99:CD>2.0.CO;2\n",
        [f"On rain | {OLD_DOI}<16:AB>2.0.CO;2", f"Snow maps | {OLD_DOI}<99:CD>2.0.CO;2"],
    ),
    "a web page: its rows and items; what its frame links is left out": (
        "html",
        f'''<!doctype html>
<html><head><title>Wave club</title></head><body>

    <nav><ul><li><a href="{U}/home">All our pages</a></li></ul></nav>
    <h2>Schedule</h2>

    <table><tr><th>Date</th><th>Topic</th><th>Hosted by</th></tr>
        <tr><td>1 May</td><td>An introduction to
            slow waves</td><td><a href="{U}/~ada">Ada</a></td></tr>

        <tr><td>8 May</td><td>Deep rivers and shallow seas</td><td>Bo</td></tr></table>
    <h2>References</h2>
    <ol><li>Moss A, Lund B (2012). Bark and its maps. <i>Woods</i>. <a href="https://doi.org/10.1000/b1">doi</a></li></ol>
    <footer><a href="{U}/imprint">Imprint of this page</a></footer></body></html>''',
        ["An introduction to slow waves", "Deep rivers and shallow seas", "Bark and its maps | https://doi.org/10.1000/b1 | A. Moss, B. Lund | Woods | 2012"],
    ),
    "rows as lists: who, when, the title, its address": (
        "yaml",
        f"-\n  - Ada Moss\n  - 10/13 4-5pm\n  - Small gates for rain\n  - {U}/g\n  - Gates open and close.\n"
        f"-\n  - Bo Lund\n  - 10/27 4-5pm\n  - Slow waves\n  - {U}/w\n",
        [f"Small gates for rain | {U}/g", f"Slow waves | {U}/w"],
    ),
    "meetings beside papers in a schedule": (
        "yaml",
        "- {date: 2026-10-01, presenter: Ada, title: New term begins}\n"
        f"- {{date: 2026-10-08, presenter: Bo, title: Small gates, authors: 'Eva Moss, Tom Lund', link: {U}/g}}\n"
        "- {date: 2026-10-15, presenter: Cora, title: Slow waves, authors: Tom Lund}\n",
        [f"Small gates | {U}/g | Eva Moss, Tom Lund", "Slow waves | Tom Lund"],
    ),
    "two commas in a row": ("bibtex", "@article{d, title={Small Gates},, year={2005}}\n", ["Small Gates | 2005"]),
    "no comma at all": ("bibtex", "@article{c, title={Small Gates} year={2004}}\n", ["Small Gates | 2004"]),
    "names in parts": (
        "bibtex",
        "@book{a, title={Small Gates}, author={family=Linden, given=Mara, prefix=van der and Roe, Jane}}\n",
        ["Small Gates | Mara van der Linden, Jane Roe"],
    ),
    "a formula in a title": ("bibtex", "@book{a, title={Sorting in $\\mathcal{O}(n)$}}\n", ["Sorting in $\\mathcal{O}(n)$"]),
    "a title that is a link, one with a key to sort by": (
        "bibtex",
        f"@book{{a, title={{\\href{{{U}/x}}{{A linked title}}}}}}\n@book{{b, title={{\\noopsort{{1973b}}The Theta}}}}\n",
        [f"A linked title | {U}/x", "The Theta"],
    ),
    "names, title, venue and year in a row": (
        "markdown",
        f"# L\n\n- Ana Berg and Tom Lund, Trees for Parsing and Tagging, CVPR, 2015. [[Paper]]({U}/t)\n",
        [f"Trees for Parsing and Tagging | {U}/t | Ana Berg, Tom Lund | CVPR | 2015"],
    ),
    "one name in small letters before a title in quotes": (
        "markdown",
        f'# L\n\n- Ana Berg, tom lund, Eva Moss, "Small Gates for Rain", ICLR 2016. [[Paper]({U}/g)]\n',
        [f"Small Gates for Rain | {U}/g | Ana Berg, tom lund, Eva Moss | ICLR 2016 | 2016"],
    ),
    "a whole citation in a link": (
        "markdown",
        f"# L\n\n- [Berg, A., & Lund, T. (2018). Small gates. arXiv:1801.00001]({U}/g)\n",
        [f"Small gates | {U}/g | A. Berg, T. Lund | 2018"],
    ),
    "surnames first, a semicolon between them": (
        "markdown",
        f"# L\n\n- Moss, Eva; Lund, Tom (2015). Small Gates for Rain. {U}/g\n",
        [f"Small Gates for Rain | {U}/g | Eva Moss, Tom Lund | 2015"],
    ),
    "a reference with its title in quotes and in bold": (
        "markdown",
        f'# L\n\n**[5]** Lee, et al. "**Small Gates for Rain and Snow**". In Proc. of Rain, 2016. [[pdf]({U}/g)] :star:\n',
        [f"Small Gates for Rain and Snow | {U}/g | Lee et al. | Proc. of Rain | 2016"],
    ),
    "two people with a comma between them": ("csv", f'title,url,authors\nSmall Gates,{U}/g,"Wei Li, Yu Xu"\n', [f"Small Gates | {U}/g | Wei Li, Yu Xu"]),
    "an editor is no author": (
        "csv",
        f'Key,Item Type,Title,Author,Editor,Url\nA,book,Small Gates,"Berg, Ana","Lund, Tom",{U}/g\n',
        [f"Small Gates | {U}/g | Ana Berg"],
    ),
    "a session's paper in YAML": (
        "yaml",
        f"- date: 2026-10-05\n  paper-title: Small Gates\n  paper-link: {U}/g\n  paper-author: Ana Berg\n  paper-year: 2015\n",
        [f"Small Gates | {U}/g | Ana Berg | 2015"],
    ),
    "a blank in an address": ("markdown", f"# L\n\n- [My pdf](<{U}/my file.pdf>)\n", [f"My pdf | {U}/my%20file.pdf"]),
    "a thumb up": ("markdown", f"# L\n\n- [Fast nets]({U}/f) :+1:\n", [f"Fast nets | {U}/f"]),
    "two blanks between a title and what is said of it": (
        "markdown",
        f"# L\n\n| Paper | Links |\n|---|---|\n| 7) Small Gates for Rain  This work opens gates. {'It goes on and on. ' * 9}| [Paper]({U}/g) |\n",
        [f"Small Gates for Rain | {U}/g"],
    ),
    "what recurs under every work is a label": (
        "markdown",
        "# L\n\n" + "".join(f"- [Garden number {i}]({U}/g{i})\n- [GitHub](https://github.com/a/b{i}) (👨‍💻 5K · 🔀 75K · 📦 540K):\n" for i in range(9)),
        [f"Garden number {i} | {U}/g{i}" for i in range(9)],
    ),
    "a comment": ("markdown", f"# L\n\n<!--\n## Old\n\n- [Hidden]({U}/h)\n-->\n\n- [Small Gates]({U}/g)\n", [f"Small Gates | {U}/g"]),
    "presenters, forms and buttons": (
        "markdown",
        f"# L\n\n- [Small Gates]({U}/g)\n- [Submit your review](https://forms.gle/abc)\n- [Share](https://twitter.com/home?status=x)\n\n"
        f"## Presenters\n\n- [Ana Berg]({U}/~ana)\n- [Tom Lund]({U}/~tom)\n",
        [f"Small Gates | {U}/g"],
    ),
    "days without a session": (
        "markdown",
        f"# L\n\n| Date | Paper | Presenter |\n|---|---|---|\n| 2026-12-10 | [Small Gates]({U}/g) | Ana |\n"
        "| 2026-12-24 | No JC | Due to holiday |\n| 2026-04-02 | Easter | |\n",
        [f"Small Gates | {U}/g"],
    ),
    "days without a session in YAML": (
        "yaml",
        f"- date: 2026-10-05\n  title: Small Gates\n  url: {U}/g\n- date: 2026-10-12\n  title: No class\n",
        [f"Small Gates | {U}/g"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_line_is_what_it_is(name: str) -> None:
    """Every entry, with nothing beside."""
    form, source, expected = CASES[name]
    assert [shown(entry) for entry in parse_source(Source("l", "l", source.encode(), form)).entries] == expected


# Sources: the exports' own help pages: Goodreads, "How do I export my books?"; BookWyrm, "Export Book List"; StoryGraph, "Export
# StoryGraph Library"; Zotero, "Exporting", as CSV. Columns that say nothing here are left away.
EXPORTS: dict[str, tuple[str, list[tuple[str, tuple[str, ...], str, str | None, int | None]]]] = {
    "goodreads": (
        "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Publisher,Year Published,Date Read,Bookshelves,Exclusive Shelf\n"
        '1,Small Gates,Ana Berg,"Berg, Ana",Tom Lund,"=""0123456789""","=""9780123456786""",5,Wood Press,2015,2020/01/02,gardens,did-not-finish\n'
        '2,Slow Waves,Eva Moss,"Moss, Eva",,"=""""","=""""",0,,2011,,to-read,to-read\n',
        [("Small Gates", ("Ana Berg", "Tom Lund"), "book", "skipped", 2015), ("Slow Waves", ("Eva Moss",), "book", "unread", 2011)],
    ),
    "bookwyrm": (
        "title,author_text,remote_id,openlibrary_key,isbn_10,isbn_13,start_date,finish_date,rating,review_content,shelf,shelf_name,shelf_date\n"
        f"Small Gates,Ana Berg,{U}/book/1,OL1M,0123456789,9780123456786,2020-01-01,2020-02-01,5,,read,Read,2020-02-01\n"
        f'Slow Waves,"Eva Moss, Tom Lund",{U}/book/2,,,,,,,,stopped-reading,Stopped Reading,2020-02-01\n',
        [("Small Gates", ("Ana Berg",), "book", "read", None), ("Slow Waves", ("Eva Moss", "Tom Lund"), "book", "skipped", None)],
    ),
    "storygraph": (
        "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Read Count,Moods,Star Rating,Review,Tags,Owned?\n"
        'Small Gates,"Ana Berg, Tom Lund",,9780123456786,paperback,did-not-finish,2021/01/01,,0,,,,,No\n'
        "Slow Waves,Eva Moss,,9780123456786,digital,currently-reading,2021/01/01,,0,,,,,No\n",
        [("Small Gates", ("Ana Berg", "Tom Lund"), "book", "skipped", None), ("Slow Waves", ("Eva Moss",), "book", "reading", None)],
    ),
    "zotero": (
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date","Extra","Manual Tags","Editor"\n'
        f'"AB","journalArticle","2015","Berg, Ana; Lund, Tom","Small Gates","Journal of Rain","10.1000/xyz","{U}/g","It rains.","2015-03-01","","rain","Moss, Eva"\n',
        [("Small Gates", ("Ana Berg", "Tom Lund"), "paper", None, 2015)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_whole(name: str) -> None:
    """Who wrote it, what it is, how far someone is; every other cell is kept, and shelves that are a status are no section."""
    source, expected = EXPORTS[name]
    entries = parse_source(Source(name, name, source.encode(), "csv")).entries
    assert [(entry.title, entry.authors, entry.kind, entry.status, entry.year) for entry in entries] == expected
    assert not any("read" in " ".join(entry.section).casefold() for entry in entries)


def test_a_status_that_is_not_known_is_named() -> None:
    """Once, with its line; the cell stays."""
    read = parse_source(Source("l", "l", b"title,status\nSmall Gates,half way\nSlow Waves,half way\nFast Trees,read\n", "csv"))
    message = "“half way” is not a reading status that is known here; it stays a cell of the list"
    assert [(one.line, one.severity, one.message) for one in read.problems] == [(2, "note", message)]
    assert [entry.columns["status"] for entry in read.entries] == ["half way", "half way", "read"]


def test_labels_that_recur_keep_their_links() -> None:
    """Beside the work above them."""
    form, source, _ = CASES["what recurs under every work is a label"]
    [first, *_] = parse_source(Source("l", "l", source.encode(), form)).entries
    assert [(link.label, link.url) for link in first.links] == [("GitHub", "https://github.com/a/b0")]
