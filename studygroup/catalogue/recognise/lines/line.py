"""The works that one line names: where the title is, which links belong to it, what the rest says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studygroup.catalogue.items.item import Link, arxiv_id
from studygroup.catalogue.reading.tree import BREAK, Span, Spans, links_of, text_of
from studygroup.catalogue.recognise.lines.behind import finish
from studygroup.catalogue.recognise.lines.citation import (
    is_title_like,
    names_and_year,
    read_citation,
    read_label,
    who_and_when,
)
from studygroup.catalogue.recognise.lines.evidence import LONGEST_LEAD_WORDS, LONGEST_TITLE_WORDS, PRODUCTS, Line, choose
from studygroup.catalogue.recognise.lines.work import FoundWork
from studygroup.catalogue.recognise.vocabulary.addresses import is_relative, title_from_address
from studygroup.catalogue.recognise.vocabulary.dates import DATE, DATED_START, DAY_BEFORE, year_and_note, year_of
from studygroup.catalogue.recognise.vocabulary.labels import badge_form, label_form, link_label
from studygroup.catalogue.recognise.vocabulary.names import (
    BY_BEFORE,
    is_homepage,
    is_person,
    names_in_order,
    persons_of,
    split_names,
)
from studygroup.catalogue.recognise.vocabulary.venues import Cited, short_place, venue_of
from studygroup.catalogue.recognise.vocabulary.words import HOST_NOTES, has_words, plain, strip_marks

_WORD_OF_LETTERS = re.compile(r"[^\W\d_]{2}")
_LETTERS = re.compile(r"[^\W\d_]+")
_ONLY_JOINS = re.compile(r"(?:[^\w]|_|\b(?:and|or|with|plus|also|see|via|at|on|in|und|和|the|corresponding)\b)*", re.IGNORECASE)
_JOINS = re.compile(r"[,;&+/\n]|\band\b|\bund\b|\bor\b|和|、")
_SENTENCE_LAST = re.compile(r"[.!?。！？]['\")”’]?[\s|/\[(,]*$")
_YEAR_BEFORE_NEXT = re.compile(r"^(?P<place>\s*\((?:[A-Z]\w+ )?(?:19|20)\d\d\))(?P<rest>\s*(?:and|und|&|,|;|\+).*)$", re.DOTALL)
_ARTICLE_LAST = re.compile(r"\b(The|A|An)\s+$")
_IN_BRACKETS = re.compile(r"[\[(（【][^\[\]()（）]{1,40}[\])）】]")
_ABBREVIATION = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z]{2,10}")
_SPELT_OUT = re.compile(r"\s*[:：\-–—|]+\s+(?P<title>[^\n.;([|–—]+)")
_FULL_STOP_LAST = re.compile(r"\s\S*[a-z0-9)](?<!\betc)(?<!\bal)(?<!\b[Vv]ol)(?<!\bInc)(?<!\b[Ee]d)(?<!\bJr)\.$")
# "[[pdf]] (https://…)": a link that its writer got wrong.
_LABEL_LAST = re.compile(r"\s*\[{1,2}\w{1,12}\]{1,2}$")
_TITLE_IN_BRACKETS_LAST = re.compile(r"\[(?P<title>[^\[\]]+)\]\s*\(\s*$")
_REFERENCE_NUMBER = re.compile(r"^\s*\[\d+\]\s*")
_WRITTEN_ID = re.compile(
    r"\barxiv:\s?(?P<arxiv>\d{4}\.\d{4,5}(?:v\d+)?)\b|\bdoi:\s?(?P<doi>10\.\d{4,9}/[^\s\"'<>|,;)\]]*[^\s\"'<>|,;)\].])",
    re.IGNORECASE,
)
# A label of so many words beside a name is what the line is about.
_TITLE_WORDS = 3
_MOST_LABEL_WORDS = 2


# --- runs put right --------------------------------------------------------------------------------------------------------


def with_badges(runs: Sequence[Span]) -> Spans:
    """Return the runs with every linked picture that leads to a form of a work as a link named by that form, others left away."""
    if not any(run.picture or run.comment for run in runs):
        return list(runs)
    named = []
    for run in runs:
        if run.comment or (run.picture and not run.url):
            continue
        form = badge_form(run.alt, run.url) if run.picture else ""
        named.append(run._replace(text=form, picture=False) if form else run)
    return named


def with_links_apart(runs: Sequence[Span]) -> Spans:
    """Return the runs with links whose writer put a blank before their address (``[Title] (https://…)``) as links."""
    found = [*runs]
    for place in range(1, len(found) - 1):
        before, link, behind = found[place - 1 : place + 2]
        if not link.url or link.picture or before.url or not behind.text.lstrip().startswith(")"):
            continue
        if (title := _TITLE_IN_BRACKETS_LAST.search(before.text)) and (not link.text or "://" in link.text):
            found[place - 1] = before._replace(text=before.text[: title.start()])
            found[place] = link._replace(text=title["title"].strip())
            found[place + 1] = behind._replace(text=behind.text.lstrip()[1:])
    return found


def with_links_for_ids(runs: Sequence[Span]) -> Spans:
    """Return a line without a link whose one arXiv id or DOI, written as text, is its link."""
    if any(run.url for run in runs):
        return [*runs]
    found = [(place, one) for place, run in enumerate(runs) for one in _WRITTEN_ID.finditer(run.text)]
    if len(found) != 1:
        return [*runs]
    [(place, one)] = found
    url = f"https://arxiv.org/abs/{one['arxiv']}" if one["arxiv"] else f"https://doi.org/{one['doi']}"
    run = runs[place]
    pieces = [
        run._replace(text=run.text[: one.start()]),
        run._replace(text="", url=url),
        run._replace(text=run.text[one.end() :]),
    ]
    return [*runs[:place], *(piece for piece in pieces if piece.text or piece.url), *runs[place + 1 :]]


def _without_homepages(runs: Sequence[Span]) -> Sequence[Span]:
    """Return the runs of a line with several links, those to persons' own pages as the names alone."""
    if sum(bool(run.url) for run in runs) < 2 or not any(run.url and len(run.text.split()) >= _TITLE_WORDS for run in runs):
        return runs
    return [run._replace(url="") if run.url and " " in run.text and is_homepage(run.text, run.url) else run for run in runs]


# --- the line --------------------------------------------------------------------------------------------------------------


def read_line(runs: Sequence[Span], *, strict: bool = False) -> list[FoundWork]:
    """Return the works of one line with a link, in order; none for prose.

    ``strict`` is for paragraphs, where a link in a sentence is the rule: then the line must begin with its link or with a
    bold title, and what follows must be set off from it.
    """
    if not strict and (bare := _only_address(runs)):
        return [FoundWork(title_from_address(bare), bare, sure=0.5)]
    runs = _without_homepages(runs)
    first = next((place for place, run in enumerate(runs) if run.url and not run.picture), None)
    if first is None or (runs[first].struck and not any(run.url and not run.struck for run in runs)):
        return []
    line = Line(runs, first, strict)
    chosen, sure = choose(line)
    draft = _Draft(FoundWork("", runs[first].url, sure=sure))
    if sure < 0:
        return [] if strict else _only_labelled(line)
    step = {"before": _read_before, "label": _read_label, "behind": _read_behind}[chosen.place]
    start = step(line, draft)
    if start is None:
        return [] if strict else _only_labelled(line)
    drafts = [draft]
    _read_rest(runs, start, drafts)
    if not all(finish(one.work, "".join(one.tail), strict=strict, joined=one.joined) for one in drafts):
        return []
    return [one.work for one in drafts if has_words(one.work.title) and _says_something(one.work)]


class _Draft:
    """A work and what followed it on its line, before that was read."""

    def __init__(self, work: FoundWork) -> None:
        self.work = work
        self.tail: list[str] = []
        self.worded = False
        # The title begins before its link.
        self.joined = False

    def add(self, text: str) -> None:
        self.tail.append(text)
        self.worded = self.worded or has_words(text)


def _says_something(work: FoundWork) -> bool:
    return label_form(work.title) != "" or work.title == title_from_address(work.url)


def _only_address(runs: Sequence[Span]) -> str:
    """Return the address if a line is nothing else."""
    links = links_of(runs)
    worded = any(has_words(run.text) and label_form(run.text) != "" for run in runs)
    named = any(run.url and has_words(run.text) and "/" not in run.text for run in runs)
    return links[0].url if len(links) == 1 and not worded and not named else ""


def _only_labelled(line: Line) -> list[FoundWork]:
    """Return the work of a line that is a link called *A paper* or *Video* and no more, maybe with a year: known by its address."""
    text = plain(text_of([run for run in line.runs if not run.url]))
    link = line.link
    if (
        len(links_of(line.runs)) != 1
        or line.form in {None, "", "Project", "Slides", "Notes", "Poster"}
        or is_relative(link.url)
    ):
        return []
    if has_words(text) and not year_of(text):
        return []
    title = title_from_address(link.url)
    known = "/" not in title or len(link.text.split()) == 1
    return [FoundWork(title if known else strip_marks(plain(link.text)), link.url, year=year_of(text))]


# --- the title is the label ------------------------------------------------------------------------------------------------


def _read_label(line: Line, draft: _Draft) -> int | None:
    """Take the link's label for the title; return the place behind it, or None where the words before it say otherwise."""
    work, link = draft.work, line.link
    work.title = link.text
    for run in line.runs[: line.first]:
        if run.code:
            work.note_tag(plain(run.text))
    if has_words(line.lead):
        return line.first + 1 if _read_lead(line, draft) else None
    behind = line.runs[line.first + 1 : line.first + 2]
    if full := _spelt_out(link.text, behind):
        work.title = full[0]
        work.details["note"] = link.text
        draft.add(full[1])
        return line.first + 2
    return line.first + 1


def _spelt_out(label: str, behind: Sequence[Span]) -> tuple[str, str] | None:
    """Return the title whose first letters a label is (``[TaPL](…) - Types and Programming Languages``), and what follows it."""
    found = _SPELT_OUT.match(behind[0].text) if behind and not behind[0].url and _ABBREVIATION.fullmatch(label) else None
    if not found:
        return None
    words = _LETTERS.findall(found["title"])
    initials = {"".join(word[0] for word in some).upper() for some in (words, [one for one in words if one[0].isupper()])}
    return (found["title"].strip(), behind[0].text[found.end() :]) if label.upper() in initials else None


def _read_lead(line: Line, draft: _Draft) -> bool:
    """Read the words before a link that has a title of its own; return whether the line is about that."""
    work, head = draft.work, strip_marks(line.lead if line.is_quoted else line.tidy)
    dated = bool(DATE.fullmatch(line.tidy) or _IN_BRACKETS.fullmatch(line.lead.strip()))
    ended = line.lead.rstrip("\"'“‘«*_ ").endswith((",", ".", "，", "。"))
    if line.set_off or ended or line.bold or dated or line.is_quoted:
        if said := names_and_year(line.lead):
            work.take(said)
        elif names := _several_names(head):
            work.authors = names
        else:
            return _read_head(line, work, head)
        return True
    if names := _several_names(head.rstrip("…")):
        work.authors = names
        return True
    if line.is_pointer:
        return line.words <= LONGEST_LEAD_WORDS and line.tidy.lower() in {"see", "read", "watch"}
    begins = line.words <= LONGEST_LEAD_WORDS and (line.tidy[:1].isupper() or not line.tidy[:1].isascii())
    if begins and not line.lead.endswith(("'s", "’s")):
        work.title = f"{line.lead} {line.link.text}"
        draft.joined = True
        return True
    return not line.strict and _stands_out(line, work)


def _stands_out(line: Line, work: FoundWork) -> bool:
    """Return whether a label of several words is a title, though a sentence is around it."""
    text = line.link.text
    work.sure -= 2.0
    if text.startswith(("a ", "an ", "this ")):
        # "Here is [a paper on trees](…)" says what is there.
        return False
    return len(text.split()) >= _TITLE_WORDS and len(line.lead.split()) <= 8 and is_title_like(text[:1].upper() + text[1:])


def _several_names(head: str) -> list[str]:
    """Return the names if a text names at least two persons, or one *et al.*, and nothing else."""
    head = head.rstrip(".") if not head.endswith("al.") else head
    if not head[:1].isupper() or not (names := names_in_order(head)):
        return []
    if names[-1].endswith(" et al."):
        return names
    return names if len(names) > 1 and all(map(is_person, names)) and persons_of(head, marked=False) else []


def _read_head(line: Line, work: FoundWork, head: str) -> bool:
    """Take what is before a link and parted from it: a place, a kind, a year, names, else a note."""
    persons, organisations = split_names(head)
    if organisations and line.words > 3 and all(map(is_person, names := names_in_order(head))):
        persons, organisations = names, []
    venue, year = venue_of(head)
    place = short_place(head) if not venue else None
    one_name = line.set_off and len(persons) == 1 and "al" not in head.split()
    if venue or place:
        work.take(place or Cited(venue=venue, year=year))
    elif label_form(head):
        work.kind = HOST_NOTES.get(head.lower(), "")
    elif year_of(head):
        work.year = year_of(head)
    elif persons and not organisations and not line.bold and not one_name:
        work.authors = persons
    elif line.words <= 12:
        if head:
            _take_date(work, head)
    else:
        return False
    return True


def _take_date(work: FoundWork, text: str) -> None:
    """Note the date before a title; a month without a day is when the work appeared."""
    year, note = year_and_note(text)
    work.year = year or work.year
    if note:
        work.details["note"] = note


# --- the title is behind the label -------------------------------------------------------------------------------------------


def _read_behind(line: Line, draft: _Draft) -> int | None:
    """Take the title that follows a link saying nothing (``[Paper](…) Title``); return the place behind it."""
    work, link, runs = draft.work, line.link, line.runs
    if line.said:
        draft.add(f"({link.text}) ")
    behind = runs[line.first + 1] if line.first + 1 < len(runs) else None
    if not link.text and behind is not None and behind.text == BREAK:
        work.title = title_from_address(link.url)
        return line.first + 1
    title, after = _title_behind(line)
    if title and line.form and not _WORD_OF_LETTERS.search(title):
        # "[GitHub](…) (5K · 75K)": counts are no title.
        work.title = link.text
        return line.first + 1
    if BY_BEFORE.match(title):
        # "[Paper](…) by Ann Lee" names its author and no title.
        work.title = link.text if line.form and len(link.text.split()) > 1 else title_from_address(link.url)
        return line.first + 1
    if not link.text and is_relative(link.url) and title[:1].islower():
        # "[trees.md](trees.md) explains": what it does is no title.
        work.title = title_from_address(link.url)
        return line.first + 1
    work.title = title
    if title and runs[after - 1].url:
        # "[[pdf](…)] [Title](…)": the title's own link is the main one.
        work.url = runs[after - 1].url
        work.links += [Link(link_label(run.text), run.url) for run in links_of(runs[line.first : after - 1])]
    return after if title else None


def _title_behind(line: Line) -> tuple[str, int]:
    for place in range(line.first + 1, len(line.runs)):
        run = line.runs[place]
        if run.picture or (run.url and label_form(run.text) is not None) or (not run.url and _ONLY_JOINS.fullmatch(run.text)):
            continue
        if run.url:
            return run.text, place + 1
        text = _unframed(strip_marks(plain(run.text))).lstrip(".,;: ")
        if has_words(text) and label_form(text) is None:
            return (text, place + 1) if len(text.split()) <= LONGEST_TITLE_WORDS else ("", 0)
    return "", 0


def _unframed(text: str) -> str:
    """Return text without the brackets around it, and without any at its ends that have no partner."""
    text = text.lstrip("])")
    for mark, partner in ("[]", "()"):
        if text[:1] == mark and (text[-1:] == partner or text.count(mark) > text.count(partner)):
            text = text[1:]
        if text.count(mark) < text.count(partner):
            text = text.rstrip(partner + " ")
    return text.rstrip("[(")


# --- the title is before the label -------------------------------------------------------------------------------------------


def _read_before(line: Line, draft: _Draft) -> int | None:
    """Take the title from before a link that only says ``paper``; return the place behind the link, or None without a title."""
    work, runs, link = draft.work, [*line.runs[: line.first]], line.link
    if line.strict and line.quoted_last and not line.bold and not line.is_reference:
        head, work.title = line.quoted_last
        _take_date(work, strip_marks(head))
        return line.first + 1
    tags = [run for run in runs if run.code]
    for tag in tags:
        work.note_tag(plain(tag.text))
    said = read_lead([run for run in runs if not run.code and not run.url], work)
    work.title, rest = said
    if has_words(rest):
        draft.add(rest + " ")
    if not has_words(work.title) or len(work.title.split()) > LONGEST_TITLE_WORDS:
        return None
    named = work.title.lower() in PRODUCTS or work.title == title_from_address(work.url)
    if label_form(work.title.rstrip(".")) is not None and not named:
        return None
    if label := read_label(link.text) if line.said else None:
        work.take(label)
    elif line.form is None and line.in_brackets:
        work.details.setdefault("note", strip_marks(plain(link.text)))
    elif line.form is None and not line.on_later_line:
        draft.add(f" {link.text} ")
    return line.first + 1


def read_lead(runs: Sequence[Span], work: FoundWork) -> tuple[str, str]:
    """Return the title that is before a link, and what is to be read of the rest; the work gets who, where and when."""
    runs = _without_date(work, _without_place(work, runs))
    lead = _LABEL_LAST.sub("", plain(text_of(runs)).rstrip("< ").rstrip(" [(（【→:：,-–—|"))
    bold = [run for run in runs if run.bold and has_words(_REFERENCE_NUMBER.sub("", run.text))]
    said = read_citation(lead, runs)
    if said and bold and plain(said.title).strip(" .,") not in plain(text_of(bold)):
        said = None
    if said and (said.said or said.organisation or said.publisher):
        title = said.title
        if dated := DATED_START.match(title):
            _take_date(work, dated[0])
            title = title[dated.end() :]
        work.take(said)
        return strip_marks(title), said.rest
    if cited := who_and_when(lead):
        work.take(cited)
        return f"arXiv:{paper}" if (paper := arxiv_id(work.url)) else strip_marks(lead), ""
    return _split_bold(work, runs) if bold else _split_plain(plain(text_of(runs)))


def _without_place(work: FoundWork, runs: Sequence[Span]) -> Sequence[Span]:
    """Take the place in bold brackets before a title (``**[AAAI 2024]** Title``) and return the runs without it."""
    worded = [run for run in runs if has_words(run.text)]
    if len(worded) < 2 or not worded[0].bold or not _IN_BRACKETS.fullmatch(worded[0].text.strip()):
        return runs
    place = short_place(worded[0].text.strip()[1:-1])
    if place is None:
        return runs
    work.take(place)
    return [run for run in runs if run is not worded[0]]


def _without_date(work: FoundWork, runs: Sequence[Span]) -> Sequence[Span]:
    """Note the day before a title (``**March 3**: Title``, ``(arXiv 2023.01) Title``) and return the runs without it."""
    first = next((place for place, run in enumerate(runs) if run.text.strip()), None)
    if first is None:
        return runs
    text = runs[first].text.strip()
    found = DAY_BEFORE.match(text + " ") or DATED_START.match(text + " ")
    end = found.end() if found else 0
    if not found and runs[first].bold and (DAY_BEFORE.fullmatch(f"{text.rstrip(' :')}: ")):
        end = len(text)
    if not end:
        return runs
    _take_date(work, text[:end])
    rest = [runs[first]._replace(text=text[end:]), *runs[first + 1 :]]
    while len(rest) > 1 and not rest[0].text.strip(" \t:|–—-"):
        rest.pop(0)
    return [rest[0]._replace(text=rest[0].text.lstrip(" \t:|–—-")), *rest[1:]]


def _split_bold(work: FoundWork, runs: Sequence[Span]) -> tuple[str, str]:
    """Return the longest bold stretch, which is the title, and what is behind it; what is before it is a note."""
    stretches: list[list[int]] = []
    for place, run in enumerate(runs):
        if run.bold and stretches and stretches[-1][-1] == place - 1:
            stretches[-1].append(place)
        elif run.bold and has_words(run.text):
            stretches.append([place])
    best = max(stretches, key=lambda stretch: len(text_of([runs[place] for place in stretch])))
    before, behind = text_of(runs[: best[0]]), text_of(runs[best[-1] + 1 :])
    note = strip_marks(plain(before).strip(" []()【】"))
    if names := _several_names(note):
        work.authors = work.authors or names
    elif has_words(note) and len(note.split()) <= LONGEST_LEAD_WORDS:
        work.details.setdefault("note", note)
    elif has_words(note):
        behind = f"{behind.rstrip()} {before}"
    title = text_of([runs[place] for place in best])
    return strip_marks(plain(title)), behind.lstrip(" :,-–—|").rstrip(" [(:,-–—|")


def _split_plain(lead: str) -> tuple[str, str]:
    """Return the title and the rest of unmarked text before a link that only says ``paper``."""
    before = lead.rstrip(" [(（【→")
    lead = before.rstrip(" :：,-–—|")
    lead = lead[:-1] if _FULL_STOP_LAST.search(lead) else lead
    words = lead.split()
    if len(words) > 1 and before.endswith((":", "：")) and words[-2].endswith(",") and label_form(words[-1]) is not None:
        # "Title, link: https://…" names the link before it.
        lead = " ".join(words[:-1])
    for separator in (" - ", " – ", " — ", ". "):
        head, found, tail = lead.partition(separator)
        if found and len(head.split()) >= 2 and len(tail.split()) >= 4:
            return strip_marks(head), tail
    return strip_marks(lead), ""


# --- the rest of the line ------------------------------------------------------------------------------------------------


def _read_rest(runs: Sequence[Span], start: int, drafts: list[_Draft]) -> None:
    """Give every later link of the line its place: a link of the work, a work of its own, or part of a sentence."""
    open_brackets = text_of([run for run in runs[:start] if not run.url])
    last_words = max((place for place, run in enumerate(runs) if not run.url and has_words(run.text)), default=-1)
    since: list[str] = []
    for place in range(start, len(runs)):
        run = runs[place]
        if run.url:
            if not run.picture and not run.struck:
                if label_form(run.text) is None and _opens_links(open_brackets + "".join(since), run.text):
                    drafts[-1].add("".join(since))
                    drafts[-1].work.links.append(Link(link_label(run.text), run.url))
                else:
                    _read_link(run, "".join(since), drafts, behind_all=last_words < place)
                open_brackets += "".join(since)
                since = []
        elif run.code and has_words(run.text) and not has_words("".join(since)):
            drafts[-1].work.note_tag(plain(run.text))
            since = []
        else:
            since.append(run.text)
    drafts[-1].add("".join(since))


def _read_link(run: Span, text: str, drafts: list[_Draft], *, behind_all: bool) -> None:
    """Take in a later link and the text before it."""
    draft = drafts[-1]
    if placed := _YEAR_BEFORE_NEXT.match(text):
        # "[One](…) (1981) and The [Other](…)": the year is the first one's.
        draft.tail.append(placed["place"])
        text = placed["rest"]
    article = _ARTICLE_LAST.search(text) if len(text) < 40 else None
    parted = _is_separator(text[: article.start()] if article else text)
    form, said = label_form(run.text), read_label(run.text)
    if form is not None or (said and said.authors):
        draft.work.links.append(Link(_named_before(text, run) if form is not None else "Paper", run.url))
        if not parted:
            draft.add(_without_opening(text))
        if form is None:
            draft.add(f" {run.text} ")
    elif parted and not draft.worded and (_JOINS.search(text) or len(run.text.split()) >= _TITLE_WORDS):
        drafts.append(
            _Draft(FoundWork(f"{article[1]} {run.text}" if article else run.text, run.url, sure=draft.work.sure - 0.5))
        )
    elif parted or (_SENTENCE_LAST.search(text) and behind_all):
        draft.add(text)
        draft.work.links.append(Link(link_label(run.text), run.url))
    else:
        draft.add(text + run.text)


def _opens_links(text: str, label: str) -> bool:
    """Return whether a short label is in a parenthesis of nothing but links, which belong to what is before it."""
    inside = text.replace("（", "(").rpartition("(")[2]
    return text != inside and len(label.split()) <= _MOST_LABEL_WORDS and ")" not in inside and _is_separator(inside)


def _is_separator(text: str) -> bool:
    """Return whether text between two links only joins them."""
    return len(text) <= 40 and bool(_ONLY_JOINS.fullmatch(text))


def _named_before(text: str, run: Span) -> str:
    """Return a link's label, taken from the words before it (``code: [link](…)``) when its own says nothing."""
    hint = strip_marks(plain(text[-40:])).strip("([ ,;.|")
    return link_label(hint if not label_form(run.text) and label_form(hint) else run.text)


def _without_opening(text: str) -> str:
    """Return the text before a link without the bracket that was opened for the link."""
    return text.rstrip().rstrip("([（【|·•-–—,:").rstrip() + " "
