"""A document's tree as works: the walk through its sections, and which lines belong to the title before them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from studygroup.catalogue.reading.tree import (
    BREAK,
    Block,
    Bullet,
    Document,
    Heading,
    Listing,
    Paragraph,
    Span,
    Spans,
    Table,
    lines_of,
    links_of,
    segments_of,
    text_of,
)
from studygroup.catalogue.recognise.documents.table import TableReader
from studygroup.catalogue.recognise.entry import IdleRow
from studygroup.catalogue.recognise.lines.citation import read_citation, read_parts
from studygroup.catalogue.recognise.lines.items import (
    add_links,
    are_resources,
    attach,
    describe,
    prefer_paper,
    read_fields,
    read_items,
    resource_of,
    take_field,
    take_fields,
    take_links,
)
from studygroup.catalogue.recognise.lines.line import read_line, with_badges, with_links_apart
from studygroup.catalogue.recognise.lines.unlinked import read_plain_lines, read_unlinked, titled
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.about_list import (
    is_about_the_list,
    is_beside_a_schedule,
    is_contents,
    is_no_work,
    is_to_read,
    names_a_section,
    slug_of,
)
from studygroup.catalogue.recognise.vocabulary.addresses import is_relative, leads_to_no_work, title_from_address
from studygroup.catalogue.recognise.vocabulary.columns import is_placeholder, role_of
from studygroup.catalogue.recognise.vocabulary.dates import DATE, MONTH_AND_YEAR, year_of
from studygroup.catalogue.recognise.vocabulary.kinds import kind_of
from studygroup.catalogue.recognise.vocabulary.labels import label_form
from studygroup.catalogue.recognise.vocabulary.names import is_homepage, persons_of
from studygroup.catalogue.recognise.vocabulary.words import clean_title, has_words, plain, strip_marks

_BRACKETED_LINE = re.compile(r"(?:\d{1,3}[.)]?\s*)?[\[(【]([^\[\]()【】]{2,60})[\])】]")
_HANDLE_LAST = re.compile(r"\s*\(@[\w-]+\)$")
# A list's own pages: other languages, other terms.
_LIST_PAGE = re.compile(r"^(?!\w+:)(?:.*/)?readme[\w.-]*\.md$", re.IGNORECASE)
_OF_A_REPOSITORY = re.compile(
    r"^https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/(?:blob/.*\.md$|issues|pulls?\b|stargazers|tree/)", re.IGNORECASE
)
_ABOUT_A_REPOSITORY = re.compile(
    r"(?:shields\.io/github/[\w/-]*?/|contrib\.rocks/image\?repo=|star-history\.com/svg\?repos=)([\w.-]+/[\w.-]+)",
    re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.)]\s+")
_YEAR_LAST = re.compile(r",?\s+((?:19|20)\d\d)(?:\.\d{1,2})?$")
_SENTENCE_INSIDE = re.compile(r"[a-z]\. |[.:;,，。]$")
# A heading of so many words over its links is a title, though the list does it only once.
_CERTAIN_TITLE_WORDS = 5
_LONGEST_TITLE_WORDS = 30
_LONGEST_HEADING_WORDS = 24
_HEADING_FIELDS = frozenset({"date", "presenter", "authors", "year", "venue"})


class DocumentReader:
    """One document being recognised: its works so far, and the title that waits for its links."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.title = ""
        self.path: list[tuple[int, str]] = []
        self.section: tuple[str, ...] = ()
        self.skipping = False
        self.slugs: set[str] = set()
        self.has_schedule = False
        self.own = ""
        self.works: list[FoundWork] = []
        self.idle: list[IdleRow] = []
        self.group = 0
        # A title whose links may follow in the next block.
        self.waiting: FoundWork | None = None
        # Works whose title is a heading or a plain line, with the items under it: only where the list does so again.
        self.tentative: list[tuple[FoundWork, Sequence[Bullet]]] = []
        self.is_tentative = False
        # Plain lines in a row that may be works without links; titles in bold that name their authors.
        self.plain: list[tuple[int, Spans]] = []
        self.signed: list[FoundWork] = []
        # A heading that is a title with its link: an entry unless others are under it.
        self.headed: tuple[FoundWork, int] | None = None
        self.linked_levels: set[int] = set()

    def read(self) -> list[FoundWork]:
        """Return the document's works, in order."""
        if self.document.title:
            self.title = clean_title(self.document.title).text
        headings = [block for block in self.document.blocks if isinstance(block, Heading)]
        self.slugs = {slug_of(text_of(block.runs)) for block in headings}
        linked = [block.level for block in headings if self._titled(block)]
        self.has_schedule = any(_is_schedule(block) for block in self.document.blocks)
        self.own = own_pages(self.document)
        self.linked_levels = {level for level, count in Counter(linked).items() if count > 1}
        for place, block in enumerate(self.document.blocks):
            self._read_block(block, place)
        self._end_plain()
        self._add_headed()
        self._drop_tentative()
        return self.works

    def _read_block(self, block: Block, place: int) -> None:
        if isinstance(block, Heading):
            self._end_plain()
            self._add_headed()
            self._read_heading(block)
        elif isinstance(block, Listing):
            self._end_plain(before_list=True)
            self._prepare(block.items)
            if not self.skipping:
                self._read_list(block.items)
        elif isinstance(block, Table):
            self._end_plain()
            self.waiting = None
            self._read_table(block)
        elif isinstance(block, Paragraph):
            self._read_paragraph(block)

    # --- runs ------------------------------------------------------------------------------------------------------------

    def _runs(self, runs: Sequence[Span]) -> Spans:
        """Return a line's runs; badges are named, and links within the document are none."""
        named = with_links_apart(with_badges(runs))
        return [run._replace(url="", inside=True) if run.url and self._is_inside(run.url) else run for run in named]

    def _is_inside(self, url: str) -> bool:
        """Return whether a link only leads to another place of the document (also if its ``#`` was forgotten)."""
        return url.removeprefix("./").startswith("#") or url in self.slugs

    def _prepare(self, items: Sequence[Bullet]) -> None:
        waiting = [*items]
        while waiting:
            item = waiting.pop()
            item.runs = self._runs(item.runs)
            waiting += item.children
            for block in item.blocks:
                if isinstance(block, Table):
                    self._read_table(block)

    # --- sections --------------------------------------------------------------------------------------------------------

    def _read_heading(self, block: Heading) -> None:
        text = plain(text_of(block.runs))
        text = strip_marks(text) or text
        if self._is_field_of_title(block):
            return
        self.group += 1
        self.waiting = None
        if block.level == 1 and not self.title:
            self.title = text
            self.path, self.section, self.skipping = [], (), False
            return
        while self.path and self.path[-1][0] >= block.level:
            self.path.pop()
        self.path.append((block.level, text))
        # What is under a table of contents by its headings' levels is not in it.
        self.section = tuple(heading for _, heading in self.path if heading == text or not is_contents(heading))
        self.skipping = any(map(is_about_the_list, self.section)) or (
            self.has_schedule and any(map(is_beside_a_schedule, self.section))
        )
        if block.level > 1:
            self._await_links(text, block.line)
        if block.level in self.linked_levels and not self.skipping and (work := self._titled(block)):
            work.line, work.section = block.line, tuple(heading for _, heading in self.path[:-1])
            self.waiting, self.headed = None, (work, len(self.works))

    def _is_field_of_title(self, block: Heading) -> bool:
        """Give the work whose title is the heading above what a heading under it says (``#### Date: 2026-03-01``), if it does."""
        if self.waiting is None or not self.path or block.level <= self.path[-1][0]:
            return False
        certain = len(self.waiting.title.split()) >= _CERTAIN_TITLE_WORDS - 1
        return take_field(self.waiting, block.runs, _HEADING_FIELDS | ({"section"} if certain else set()))

    def _titled(self, block: Heading) -> FoundWork | None:
        """Return the work of a heading that is a title with its link outside the document, maybe with names; else None."""
        runs = [run for run in self._runs(block.runs) if run.url or has_words(run.text)]
        if not runs or not runs[0].url or runs[0].picture or label_form(runs[0].text) is not None:
            return None
        if len(runs[0].text.split()) < 2 and kind_of(runs[0].url) != "paper":
            return None
        works = read_line(runs, strict=True)
        if len(works) != 1 or works[0].links:
            return None
        works[0].authors = works[0].authors or persons_of(works[0].details.pop("about", ""))
        return works[0] if "about" not in works[0].details else None

    def _add_headed(self) -> None:
        """Make an entry of a heading that is a title with its link and has no entries under it."""
        headed, self.headed = self.headed, None
        if headed is None:
            return
        work, before = headed
        if before == len(self.works) or kind_of(work.url) == "paper":
            kept, self.section = self.section, work.section
            if self._add(work, work.line):
                # Before what is under it.
                self.works[before:] = self.works[-1:] + self.works[before:-1]
            self.section = kept

    def _await_links(self, title: str, line: int) -> None:
        """Take a heading or a plain line for the title of links that may follow; it counts if the list does so twice."""
        if not self.skipping and (work := heading_work(title)):
            work.line = line
            self.waiting, self.is_tentative = work, True

    def _await(self, work: FoundWork, line: int) -> None:
        work.line = line
        self.waiting, self.is_tentative = work, False

    # --- lists -----------------------------------------------------------------------------------------------------------

    def _read_list(self, items: Sequence[Bullet]) -> None:
        """Read a list: works of its own, or the links or fields of the title that is before it."""
        self.group += 1
        waiting = self.waiting
        title = waiting.title if waiting is not None else ""
        if not any(item.children for item in items) and (work := read_fields([item.runs for item in items], title)):
            self.waiting = None
            self._add(work, waiting.line if waiting is not None and work.title == title else items[0].line)
            return
        if self.headed is not None and sum(bool(links_of(item.runs)) for item in items) * 2 <= len(items):
            # Notes on the work that the heading names.
            return
        if waiting is not None:
            if are_resources(items, leniently=self.is_tentative):
                attach(waiting, items)
                return self._add_waiting(items)
            if take_fields(waiting, items):
                return self._add_waiting(items)
        self.waiting = None
        for work in read_items(items, to_read=is_to_read((self.title, *self.section))):
            prefer_paper(work)
            self._add(work, work.line)
        self._await_last(items[-1] if items else None)

    def _await_last(self, last: Bullet | None) -> None:
        """Let an only described last item wait for its link in the next list."""
        if last is None or links_of(last.runs) or last.children or (self.works and self.works[-1].line == last.line):
            return
        text = plain(text_of(last.runs))
        if has_words(text) and label_form(text) is None:
            self._await(FoundWork("", details={"about": text}, number=last.number), last.line)

    def _add_waiting(self, items: Sequence[Bullet] = ()) -> None:
        """Make an entry of the title before a block of its links, once."""
        work = self.waiting
        if work is None or not work.url or work in self.works[-1:]:
            return
        prefer_paper(work)
        work.title = work.title or title_from_address(work.url)
        if self._add(work, work.line) and self.is_tentative:
            self.tentative.append((work, items))

    def _leave_heading(self) -> None:
        """Take a work's own heading out of its section."""
        work = self.works[-1] if self.works else None
        if work is not None and work is self.waiting and not self.is_tentative and work.section:
            above = heading_work(work.section[-1])
            if above and above.title == work.title:
                work.section = work.section[:-1]

    def _drop_tentative(self) -> None:
        """Read what is under an only title that was taken from a heading by itself: *Slides and videos* is no title."""
        if len(self.tentative) == 1 and len(self.tentative[0][0].title.split()) < _CERTAIN_TITLE_WORDS:
            [(work, items)] = self.tentative
            if work in self.works:
                place = self.works.index(work)
                under = read_items(items)
                for one in under:
                    one.section, one.group = work.section, work.group
                self.works[place : place + 1] = [one for one in under if self._may_be_entry(one)]
            return
        for work, _ in self.tentative:
            # Its own heading is no section of it.
            above = heading_work(work.section[-1]) if work.section else None
            if above and above.title == work.title:
                work.section = work.section[:-1]

    # --- paragraphs ------------------------------------------------------------------------------------------------------

    def _read_paragraph(self, block: Paragraph) -> None:
        """Read a paragraph: entries if each of its lines is a title with its link, else prose."""
        runs = self._runs(block.runs)
        if self.skipping:
            return
        if not links_of(runs):
            if not block.quoted:
                self._read_unlinked(runs, block.line)
            return
        if block.quoted and (self.waiting is None or resource_of(runs) is None):
            return
        self._end_plain()
        if self.waiting is not None and (resource := resource_of(runs)) is not None:
            add_links(self.waiting, runs, resource)
            # Nothing but an address below a heading of several words is its own.
            bare = not any(run.text for run in links_of(runs)) and not has_words(text_of(runs))
            self.is_tentative = self.is_tentative and not (bare and len(self.waiting.title.split()) > 1)
            self._add_waiting()
            self._leave_heading()
            return
        if self._read_below_title(lines_of(runs)):
            return
        self.waiting = None
        for work in works_of_paragraph(runs, block.line):
            self._add(work, work.line)

    def _read_below_title(self, lines: Sequence[Spans]) -> bool:
        """Read the lines of a paragraph as fields of the title before it, or as words on it with its address below them."""
        waiting = self.waiting
        if waiting is None or len(lines) < 2:
            return False
        if (work := read_fields(lines, waiting.title)) and work.url:
            work.line = waiting.line
            self.waiting = work
        elif any(run.text for run in links_of(lines[-1])) or resource_of(lines[-1]) is None or any(map(links_of, lines[:-1])):
            return False
        else:
            for line in lines[:-1]:
                describe(waiting, line)
            add_links(waiting, lines[-1])
        self._add_waiting()
        return True

    def _read_unlinked(self, runs: Spans, line: int) -> None:
        """Read a paragraph without a link: a title in bold, or what is said of the one before."""
        lines = [one for one in lines_of(runs) if has_words(text_of(one))]
        title = title_of_line(lines[0]) if lines else ""
        if not title:
            self._keep_plain(runs, lines, line)
        if title and not any(map(title_of_line, lines[1:])):
            named = read_unlinked(lines[0])
            if named and named.certain:
                named.work.line = line
                self.signed.append(named.work)
                title = named.work.title
            self._await(named.work if named and named.certain else FoundWork(title), line)
            lines = lines[1:]
        if self.headed is not None and not title and len(lines) == 1 and not is_no_work(plain(text_of(lines[0]))):
            describe(self.headed[0], lines[0])
        if self.waiting is not None and self.is_tentative and self.waiting in self.works[-1:]:
            self.waiting = None
        if self.waiting is not None:
            waiting = self.waiting
            known = [take_field(waiting, one) or describe(waiting, one) for one in lines]
            if not all(known) and not title:
                self.waiting = None

    def _keep_plain(self, runs: Spans, lines: Sequence[Spans], line: int) -> None:
        """Keep lines that may be works without links; a reference may be broken over several."""
        joined = [run._replace(text=" ") if run.text == BREAK else run for run in runs]
        said = read_citation(text_of(joined)) if len(lines) > 1 else None
        if said and said.year and said.authors:
            self.plain.append((line, joined))
        else:
            self.plain += [(one[0].line or line, one) for one in lines if one]

    def _end_plain(self, *, before_list: bool = False) -> None:
        """Make entries of plain lines in a row if most of them prove to be works; a last one may wait for its links."""
        lines, self.plain = self.plain, []
        signed, self.signed = self.signed, []
        awaited = self.waiting if self.waiting is not None and before_list else None
        self.signed = [work for work in signed if work is awaited]
        to_read = is_to_read((self.title, *self.section))
        if len(signed) > 1 or to_read:
            for work in signed:
                if work is not awaited and not work.url:
                    self._add(work, work.line)
        if not lines or self.skipping:
            return
        if before_list and len(lines) == 1 and self.waiting is None:
            self._await_links(plain(text_of(lines[0][1])), lines[0][0])
            return
        for work in read_plain_lines(lines, to_read=to_read):
            self._add(work, work.line)

    # --- tables ----------------------------------------------------------------------------------------------------------

    def _read_table(self, table: Table) -> None:
        """Make entries of a table's rows."""
        self.group += 1
        if not table.rows or self.skipping or not table.heads:
            return
        for row in table.rows:
            row.cells = [self._runs(cell) for cell in row.cells]
        heads = [plain(text_of(head)) for head in table.heads]
        links = [run for row in table.rows for cell in row.cells for run in cell if run.url]
        if not any(heads) and all(run.source for run in links):
            # Badges laid out in a frame.
            return
        reader = TableReader(heads, table.rows, lambda line, level, said: self.document.notes.append((line, level, said)))
        for work in reader.works():
            self._add(work, work.line)
        for row in reader.idle:
            cells = {column.head: plain(text_of(cell)) for column, cell in zip(reader.columns, row.cells, strict=False)}
            struck = any(run.struck for cell in row.cells for run in cell)
            self.idle.append(IdleRow(row.line, self.section, cells, struck))

    # --- works -----------------------------------------------------------------------------------------------------------

    def _add(self, work: FoundWork, line: int) -> bool:
        """Take in a work; return False for what only looks like one."""
        if not self._may_be_entry(work):
            return False
        work.line, work.section, work.group = line, self.section, self.group
        self.works.append(work)
        return True

    def _may_be_entry(self, work: FoundWork) -> bool:
        title = work.title.strip()
        if is_placeholder(title) or is_no_work(title) or leads_to_no_work(work.url):
            return False
        if MONTH_AND_YEAR.fullmatch(title) or (DATE.fullmatch(title) and not year_of(title)):
            # The notes of a meeting, a term's schedule.
            return False
        if is_homepage(_HANDLE_LAST.sub("", title), work.url) and _HANDLE_LAST.search(title):
            return False
        return not (self.own and work.url.lower().startswith(self.own)) and not _LIST_PAGE.search(work.url)


def own_pages(document: Document) -> str:
    """Return how the addresses of the document's own repository begin, or an empty text if none is told.

    Badges about the list tell it, and links to several of its pages.
    """
    own: Counter[str] = Counter()
    pages: Counter[str] = Counter()
    for one in segments_of(document):
        if found := _ABOUT_A_REPOSITORY.search(one.url):
            own[found[1].lower()] += 1
        elif found := _OF_A_REPOSITORY.match(one.url):
            pages[found[1].lower()] += 1
    for name, count in pages.most_common(1):
        if count >= 3 and count * 2 > pages.total() and (own[name] or count * 3 > pages.total() * 2):
            return f"https://github.com/{name}/"
    return ""


def _is_schedule(block: Block) -> bool:
    """Return whether a block is a table of meetings: when, and who presents or what is read."""
    roles = {role_of(plain(text_of(head))) for head in block.heads} if isinstance(block, Table) else set()
    return "date" in roles and bool(roles & {"presenter", "work"})


def heading_work(text: str) -> FoundWork | None:
    """Return the work whose title a heading or a plain line may be, its links following; None if it names a section."""
    text = plain(text)
    if numbered := _HEADING_NUMBER.match(text):
        text = text[numbered.end() :]
    year = None
    if dated := _YEAR_LAST.search(text):
        text, year = text[: dated.start()], int(dated[1])
    if not text or not _may_be_title(text.removesuffix(" et al.")):
        return None
    # "Title, Ann Lee et al., 2017": without a year a heading of names may be anything.
    said = read_citation(text) if year else None
    work = titled(said.title if said else text)
    if said:
        work.take(said)
    work.year = work.year or year
    return work


def _may_be_title(text: str) -> bool:
    words = text.split()
    return (
        1 < len(words) <= _LONGEST_HEADING_WORDS
        and not (text[0].islower() and words[0].islower() and words[0].isalpha())
        and not _SENTENCE_INSIDE.search(text)
        and label_form(text) is None
        and not is_about_the_list(text)
        and not names_a_section(text)
    )


def title_of_line(line: Sequence[Span], shortest: int = 8) -> str:
    """Return the title that a line in bold without a link is, or an empty string where it is none or shorter than that."""
    worded = [run for run in line if has_words(run.text) and not run.code]
    if not worded or links_of(line) or not all(run.bold for run in worded):
        return ""
    title = clean_title(text_of([run for run in line if not run.url])).text
    if title.endswith((":", "：")) or text_of(line).rstrip().endswith((":", "：")):
        return ""
    return title if len(title) >= shortest and len(title.split()) <= _LONGEST_TITLE_WORDS else ""


def works_of_paragraph(runs: Spans, line: int) -> list[FoundWork]:
    """Return a paragraph's works; none if any line with a link is prose or navigation."""
    links = links_of(runs)
    if len(links) > 1 and all(is_relative(run.url) for run in links) and "|" in text_of(runs):
        return []
    lines = [(one[0].line or line, one) for one in lines_of(runs) if has_words(text_of(one)) or any(run.url for run in one)]
    return _titles_over_links(lines) or _works_of_lines(lines)


def _titles_over_links(lines: Sequence[tuple[int, Spans]]) -> list[FoundWork]:
    """Return the works of a paragraph whose titles are in bold on lines of their own.

    None of them unless every title has a link and every link belongs to a title.
    """
    found: list[FoundWork] = []
    for number, one in lines:
        title = title_of_line(one, shortest=2)
        if title and label_form(title) is None:
            found.append(FoundWork(title, line=number, sure=2.0))
        elif not found:
            if links_of(one):
                return []
        elif not links_of(one):
            describe(found[-1], one)
        elif not take_links(found[-1], one):
            return []
    for work in found:
        prefer_paper(work)
    return found if all(work.url for work in found) else []


def _works_of_lines(lines: Sequence[tuple[int, Spans]]) -> list[FoundWork]:
    found: list[FoundWork] = []
    place = ""
    for number, one in lines:
        if bracketed := _BRACKETED_LINE.fullmatch(text_of(one).strip()):
            place = bracketed[1]
            continue
        if found and _belongs_to(found[-1], one):
            continue
        if not links_of(one) and text_of(one).rstrip().endswith((":", "：")):
            # What follows is announced.
            continue
        if not links_of(one) and (named := read_unlinked(one)) and named.certain:
            works = [named.work]
        else:
            works = read_line(one, strict=True)
        if not works or len(works) > 2:
            return []
        if place:
            works[0].details.setdefault("note", place)
        place = ""
        for work in works:
            work.line = number
        found += works
    return found


def _belongs_to(work: FoundWork, line: Spans) -> bool:
    """Take in a line that is a link of the work above it, or says who, where or when; return whether it is one."""
    if links_of(line):
        resource = resource_of(line)
        if resource is not None:
            add_links(work, line, resource)
        return resource is not None
    said = read_parts(plain(text_of(line)))
    if not said.said or said.rest:
        return False
    work.take(said)
    return True
