"""The forms in which a title, an address and an entry can be written in Markdown, the plainest first.

Which of them an import reads back, only reading tells: ``export_markdown`` tries them in this order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from studygroup.catalogue.items.item import Link, format_links, parse_links
from studygroup.errors import CatalogueError
from studygroup.text import text

BULLET_FIELDS = frozenset({"about", "authors", "links", "note", "organisation", "status", "venue", "year"})
"""What a bullet says beside its title, under the names that an import gives it in a list's ``columns``."""

_QUOTES = ("“”", '""', "«»", "《》", "「」")
_NOTES = {
    **{kind: kind for kind in ("article", "book", "course", "dataset", "paper", "tutorial", "video")},
    "codebase": "code",
}
_PLAIN_ADDRESS = re.compile(r"[^\s<>()\\&\x00-\x20\x7f]+(?:\([^\s<>()\\&\x00-\x20\x7f]*\)[^\s<>()\\&\x00-\x20\x7f]*)*")
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
# Line feeds, marks that open blocks at a line's start, and what no character reference may name (HTML 5, section 13.5).
_NO_REFERENCE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


class ExpectedReading(NamedTuple):
    """What an entry must read as: its cells in ``lists/<name>.csv``, and what its title has to tell of its item."""

    position: int
    number: str
    line: int
    section: str
    title: str
    url: str
    columns: Mapping[str, str]
    item: str = ""
    year: int | None = None
    timeless: bool = False
    kind: str = ""
    authors: str = ""
    links: tuple[Link, ...] = ()


class BulletLayout(NamedTuple):
    """One way to write a bullet: what is on its line, and the bullets under it."""

    line: str
    children: tuple[str, ...] = ()


def text_forms(value: str) -> list[str]:
    r"""Return ways to write text so that Markdown reads it letter by letter.

    >>> text_forms("a_b"), text_forms("*a*")[:2]
    (['a_b', 'a\\_b', 'a&#95;b', '`a_b`'], ['*a*', '\\*a\\*'])
    """
    value = " ".join(value.split())
    references = "".join(
        letter
        if (letter.isascii() and letter.isalnum()) or letter == " " or _NO_REFERENCE.match(letter)
        else f"&#{ord(letter)};"
        for letter in value
    )
    forms = [value, text.escape_markdown(value, starts_line=False), references, _code(value)]
    return [form for form in dict.fromkeys(forms) if form]


def _code(value: str) -> str:
    if not value.strip():
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    pad = " " if value[0] in "` " or value[-1] in "` " else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def start_forms(value: str) -> list[str]:
    """Return ways to write text at the start of a line, where a mark could open a block."""
    first, escaped, *rest = [*text_forms(value), ""]
    plain = [first] if re.match(r"[^\W\d_]", first) else []
    return list(dict.fromkeys([*plain, text.escape_markdown(value), *filter(None, rest), escaped]))


def address_forms(url: str) -> list[str]:
    """Return ways to write an address behind a link's label.

    >>> address_forms("https://example.org/a_(b)"), address_forms("a (b")
    (['https://example.org/a_(b)', '<https://example.org/a_(b)>'], ['<a (b>'])
    """
    bracketed = re.sub(r"[\\<>]", lambda found: f"\\{found[0]}", _ENTITY.sub("&amp;", url))
    forms = [url] if _PLAIN_ADDRESS.fullmatch(url) else []
    forms.append(f"<{bracketed}>")
    if not url.isascii():
        forms.append(f"<{''.join(letter if letter.isascii() else f'&#{ord(letter)};' for letter in bracketed)}>")
    return forms


def title_notes(said: ExpectedReading) -> list[str]:
    """Return what may be behind a title so that its authors, year and kind are told; nothing comes first."""
    year = f" ({said.year})" if said.year else ""
    kind = f" ({_NOTES[said.kind]})" if said.kind in _NOTES else ""
    notes = ["", year, kind, f"{kind}{year}"]
    if said.authors:
        by = _byline([name.strip() for name in said.authors.split(";")])
        notes += [f"{by}{note}" for note in notes]
    return list(dict.fromkeys(notes))


def linked_titles(title: str, url: str, note: str = "") -> Iterator[str]:
    """Yield ways to write a title with its link: as its label, in quotes, in bold before or plain behind a link."""
    addresses = address_forms(url)
    texts = text_forms(title)
    for address, form in itertools.product(addresses, texts):
        yield f"[{form}{note}]({address})"
    for address in addresses:
        for quotes in _QUOTES:
            if not set(quotes) & set(title):
                yield from (f"[{quotes[0]}{form}{quotes[1]}{note}]({address})" for form in texts[:3])
        yield from (f"**{form}**{note} [Link]({address})" for form in texts[:3])
        yield f"{texts[-1]} [Link]({address})"
        yield from (f"{form}{note}: [Link]({address})" for form in start_forms(title))
        yield from (f"[Link]({address}) {form}{note}" for form in texts[:3])
    if not re.search(r"[\s<>]", url):
        yield f"<{url}>"
        yield url


def unlinked_titles(title: str, note: str = "") -> Iterator[str]:
    """Yield ways to write a title that has no link."""
    yield from (f"{form}{note}" for form in start_forms(title))
    for quotes in _QUOTES:
        if not set(quotes) & set(title):
            yield from (f"{quotes[0]}{form}{quotes[1]}{note}" for form in text_forms(title)[:3])


def cell_forms(said: ExpectedReading) -> Iterator[str]:
    """Yield ways to write a table's title cell; a link that is in another cell is not written twice."""
    elsewhere = any(said.url in cell for cell in said.columns.values())
    behind = "".join(f" {format_links([link])}" for link in said.links)
    for note, links in itertools.product(title_notes(said), dict.fromkeys(["", behind])):
        plain = unlinked_titles(said.title, note)
        linked = linked_titles(said.title, said.url, note) if said.url else ()
        titles = itertools.chain(plain, linked) if elsewhere or not said.url else itertools.chain(linked, plain)
        yield from (f"{title}{links}" for title in titles)


def bullet_forms(said: ExpectedReading, *, rest_only: bool = False, most: int = 600) -> Iterator[BulletLayout]:
    """Yield ways to write an entry as a bullet or numbered line; what is beside the title behind it or under it.

    ``rest_only`` is for an entry of which a year or kind alone was not read.
    """
    notes = title_notes(said)
    plainest = (form for note in notes for form in itertools.islice(_bullets(said, note), 1))
    if rest_only:
        return itertools.islice(itertools.chain(plainest, *(_bullets(said, note) for note in notes[1:])), 40 * (len(notes) - 1))
    return itertools.islice(itertools.chain(plainest, *(_bullets(said, note) for note in notes)), most)


def _bullets(said: ExpectedReading, note: str) -> Iterator[BulletLayout]:
    columns = said.columns
    tails = list(dict.fromkeys(_tails(columns)))
    by = _by(columns)
    for (front, behind), byline in itertools.product(_leads(columns), ["", *_bylines(columns)]):
        suffix = f"{byline}{note}"
        titles = list(linked_titles(said.title, said.url, suffix) if said.url else unlinked_titles(said.title, suffix))
        # Nearly always either the title or what is beside it is difficult: first each alone, then both.
        firsts = ((title, tails[0]) for title in titles)
        for title, tail in [*((titles[0], tail) for tail in tails), *firsts, *itertools.product(titles[1:], tails[1:])]:
            line = tail.line.replace(by, "", 1) if byline and by else tail.line
            yield BulletLayout(f"{front}{title}{behind}{line}".rstrip(), tail.children)


def _leads(columns: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what stands right before and right behind the title: a note, who made it."""
    note, maker = columns.get("note", ""), columns.get("organisation", "")
    fronts = [f"{text.escape_markdown(note)}: ", f"({text.escape_markdown(note)}) "] if note else [""]
    makers = [("", f" {_code(maker)}"), (f"{_code(maker)} ", ""), ("", "")] if maker else [("", "")]
    return [(before + front, behind) for front in fronts for before, behind in makers]


def _names(columns: Mapping[str, str]) -> list[str]:
    return [name.strip() for name in columns.get("authors", "").split(";") if name.strip()]


def _bylines(columns: Mapping[str, str]) -> list[str]:
    names = [*_names(columns), *(name.strip() for name in columns.get("organisation", "").split(";") if name.strip())]
    return [_byline(names)] if names else []


def _byline(names: Sequence[str]) -> str:
    return f" - by {text.escape_markdown(text.plain_list(names), starts_line=False)}"


def _by(columns: Mapping[str, str]) -> str:
    names = _names(columns)
    return f" by {text.escape_markdown(text.plain_list(names), starts_line=False)}" if names else ""


def _tails(columns: Mapping[str, str]) -> Iterator[BulletLayout]:
    """Yield what is behind a title and under it: links, names, the venue, and what the work is about."""
    links = links_of(columns.get("links", ""))
    shown = "".join(f" {format_links([link])}" for link in links)
    under = tuple(format_links([link]) for link in links)
    by, venue = _by(columns), columns.get("venue", "")
    venue = f" ({text.escape_markdown(venue, starts_line=False)})" if venue else ""
    year = f" ({columns['year']})" if columns.get("year") else ""
    about = columns.get("about", "")
    facts = f"{by}{venue}{year}"
    plain_names = facts.replace(" by ", ", ", 1) if by else facts
    if not about:
        yield BulletLayout(f"{shown}{facts}")
        yield BulletLayout(f"{facts}{shown}")
        yield BulletLayout(facts, under)
        yield BulletLayout(f"{shown}{plain_names}")
        yield BulletLayout(plain_names, under)
        return
    for form in text_forms(about):
        if by:
            yield BulletLayout(f"{shown}{venue}{year}{by}. {form}")
            yield BulletLayout(f"{venue}{year}{by}. {form}{shown}")
        yield BulletLayout(f"{shown}{facts} - {form}")
        yield BulletLayout(f"{facts} - {form}{shown}")
        yield BulletLayout(f"{facts} - {form}", under)
        yield BulletLayout(f"{shown}{facts}: {form}")
        yield BulletLayout(f"{facts} {form}{shown}")
    for form in start_forms(about):
        yield BulletLayout(f"{shown}{facts}", (form,))
        yield BulletLayout(f"{facts}{shown}", (form,))
        yield BulletLayout(facts, (*under, form))


def links_of(cell: str) -> Sequence[Link]:
    """Return the links of a cell; none if other text is there."""
    try:
        return parse_links(cell)
    except CatalogueError:
        return ()


def parse_columns(cell: str) -> dict[str, str]:
    """Return a list's ``columns`` cell; nothing if it is empty or no JSON object."""
    try:
        found = msgspec.json.decode(cell) if cell else {}
    except msgspec.DecodeError:
        return {}
    return {str(head): str(value) for head, value in found.items()} if isinstance(found, dict) else {}
