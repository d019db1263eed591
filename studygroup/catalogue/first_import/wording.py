"""How lists word things: titles with notes and quotes around them, people, venues, statuses."""

from __future__ import annotations

import re
from typing import NamedTuple

from studygroup.catalogue.first_import.initials import given_first
from studygroup.catalogue.first_import.labels import label_form, link_label
from studygroup.catalogue.first_import.marks import has_words, plain, strip_marks
from studygroup.catalogue.first_import.venues import split_venue, venue_of

__all__ = [
    "Title",
    "are_names",
    "clean_title",
    "has_words",
    "is_known_maker",
    "is_organisation",
    "is_person",
    "label_form",
    "link_label",
    "plain",
    "split_by",
    "split_names",
    "split_venue",
    "status_of",
    "strip_marks",
    "venue_of",
    "year_of",
]

# What stands in parentheses after a title only to say where or as what it is found, and the kind that it tells.
_HOST_NOTES = {
    **dict.fromkeys(["youtube", "video", "talk", "vimeo", "lecture", "recording", "youtube video", "video lecture"], "video"),
    **dict.fromkeys(["blog", "blog post", "blogpost", "article", "post", "medium", "substack", "essay", "tweet"], "article"),
    **dict.fromkeys(["paper", "pdf", "arxiv", "preprint", "research paper"], "paper"),
    **dict.fromkeys(["github", "code", "repo", "repository"], "codebase"),
    **dict.fromkeys(["book", "ebook", "free book"], "book"),
    **dict.fromkeys(["course", "mooc", "online course", "free course"], "course"),
    **dict.fromkeys(["tutorial", "notebook", "colab"], "tutorial"),
    **dict.fromkeys(["dataset"], "dataset"),
    **dict.fromkeys(["slides", "podcast", "link", "website", "web", "html"], ""),
}
_LAST_PARENTHESES = re.compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]$")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
_MONTH_YEAR = re.compile(
    r"(?:(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? )?((?:19[5-9]|20[0-4])\d)(?:\.\d{1,2})?",
    re.IGNORECASE,
)

_QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "‘": "’", "'": "'", "《": "》", "「": "」"}

_ORGANISATION = re.compile(
    r"\b(?:ai|labs?|laborator\w+|universit\w+|institut\w*|research|team|group|inc|ltd|gmbh|corp\w*|foundation|school|college|"
    r"community|google|meta|microsoft|openai|deepmind|nvidia|amazon|apple|ibm|intel|baidu|tencent|alibaba|bytedance|huawei|"
    r"facebook|stanford|mit|berkeley|harvard|princeton|oxford|cambridge|cmu|eth|epfl|face|consortium|academy|press|media|"
    r"conference|workshop|society|center|centre|department|technologies|systems|studio|blog|staff|authors?|editors?|various|"
    r"et al|anonymous|unknown|cohere|anthropic|databricks|salesforce|eleutherai|bigscience)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r",?\s*\b(?:Ph\.?\s?D|M\.?\s?D|M\.?Sc|B\.?Sc|Dr|Prof)\b\.?|,\s*(?=[JS]r\.?(?:\s*[,;&]|\s*$))", re.IGNORECASE
)
_NAME_WORD = re.compile(
    r"(?:[^\W\d_a-z](?:[^\W\d_]|['’-])*|(?:[^\W\d_a-z]\.-?)+[^\W\d_]*|[^\W\d_a-z][a-z]{0,2}\.|(?:van|von|der|den|de|del|della|di|da|dos|la|le|el|al|bin|ben|ter|zu)\b)"
)
_TECHNICAL_ENDING = re.compile(r"(?:ing|tion|tions|ment|ness|ity|ive|ics|ism|ology|models?|data|learning)$")
_NAMES_BETWEEN = re.compile(r"\s*(?:;|,?\s+(?:and|und|et(?!\s+al\b)|y)\s+|,?\s*&\s*|,)\s*")
_BY_ENDING = re.compile(
    r"^(?P<title>\S.*?)(?:(?P<mark>\s*[-–—,(|]\s*|\s+)[bB]y:?|\s*(?P<other>[-–—,(|])\s*(?:von|de|par|por|di))\s+"
    r"(?P<names>[^()]{3,200})\)?$",
    re.DOTALL,
)
_BY_WORDS = ("y ", "y:", "von ", "de ", "par ", "por ", "di ")

_STATUS_WORDS = {
    **dict.fromkeys(
        ["unread", "not read", "to read", "toread", "todo", "to do", "no", "not yet", "not started", "❌", "✗"], "unread"
    ),
    **dict.fromkeys(["queued", "planned", "pending", "⬜", "☐", "✘", "not done", "[ ]"], "unread"),
    **dict.fromkeys(["reading", "in progress", "started", "current", "ongoing", "wip", "⏳", "🚧", "📖"], "reading"),
    **dict.fromkeys(["skimmed", "skim"], "skimmed"),
    **dict.fromkeys(["read", "done", "yes", "finished", "completed", "complete", "✅", "✔", "✔️", "☑", "☑️", "✓", "[x]"], "read"),
    **dict.fromkeys(["want to read", "plan to read", "wishlist", "tbr"], "unread"),
    **dict.fromkeys(
        ["skipped", "skip", "dropped", "did not finish", "dnf", "stopped reading", "abandoned", "gave up"], "skipped"
    ),
}


# LaTeX's braces around letters that stay as they are.
_BRACES = re.compile(r"\{(\w{1,20})\}")
# Beyond this it is no title but prose, and not worth taking apart.
_LONGEST_TITLE = 500


class Title(NamedTuple):
    """A title without what stood around it, and what that told: a kind, a year."""

    text: str
    kind: str = ""
    year: int | None = None


def clean_title(text: str) -> Title:
    """Return a title as a person would write it: no host note, no year in parentheses, no quotes or emoji around it.

    >>> clean_title("Generative Interfaces (YouTube)")
    Title(text='Generative Interfaces', kind='video', year=None)
    >>> clean_title('"Attention Is All You Need" (2017)'), clean_title("Language Models are Few-Shot Learners (GPT 3.0)").text
    (Title(text='Attention Is All You Need', kind='', year=2017), 'Language Models are Few-Shot Learners (GPT 3.0)')
    """
    title, kind, year = strip_marks(_without_braces(plain(text)) if "{" in text else plain(text)), "", None
    if len(title) > _LONGEST_TITLE:
        return Title(title)
    while found := _LAST_PARENTHESES.search(title):
        note = found[1].strip()
        if dated := _MONTH_YEAR.fullmatch(note):
            year = int(dated[1])
        elif note.lower() in _HOST_NOTES:
            kind = kind or _HOST_NOTES[note.lower()]
        else:
            break
        if not has_words(title[: found.start()]):
            break
        title = title[: found.start()].rstrip()
    if title[:2] == "[[" and title[-2:] == "]]":
        # A wiki's link to a page of its own.
        title = title[2:-2].rpartition("|")[2].strip()
    if title[:1] == "[" and title[-1:] == "]" and title.count("[") == 1:
        title = title[1:-1].strip()
    return Title(_unquoted(title), kind, year)


def _without_braces(text: str) -> str:
    """Return text without BibTeX's braces; those between dollar signs belong to a formula."""
    if "$" not in text:
        return _BRACES.sub(r"\1", text)
    pieces = text.split("$")
    return "$".join(
        piece if place % 2 and place < len(pieces) - 1 else _BRACES.sub(r"\1", piece) for place, piece in enumerate(pieces)
    )


def _unquoted(title: str) -> str:
    """Return a title without quotes around the whole, and without a straight quote that has no partner."""
    if title.count('"') % 2:
        if title[0] == '"':
            title = title[1:].lstrip()
        elif title[-1] == '"':
            title = title[:-1].rstrip()
    if len(title) > 2 and title[-1] == _QUOTES.get(title[0]):
        inside = title[1:-1].strip()
        if title[0] not in inside and title[-1] not in inside:
            return inside
    return title


def is_organisation(name: str) -> bool:
    """Return whether a name is that of a company or group rather than a person's.

    >>> is_organisation("HuggingFace"), is_organisation("Lightning AI"), is_organisation("Jay Mody")
    (True, True, False)
    """
    return _is_group(name) or not is_person(name)


def is_known_maker(name: str) -> bool:
    """Return whether a name has a word that only companies, universities and groups have in theirs."""
    return bool(_ORGANISATION.search(name))


def is_person(name: str) -> bool:
    """Return whether text has the form of a person's name: two to five capitalised words, or ``… et al.``"""
    words = name.split()
    if re.search(r"\bet al\b\.?$", name) and len(words) <= 5:
        return bool(_NAME_WORD.match(words[0]))
    if not 2 <= len(words) <= 5 or len(name) > 60:
        return not name.isascii() and 2 <= len(name) <= 4 and name.isalpha() and len(words) == 1
    return all(_NAME_WORD.fullmatch(word) for word in words) and not any(
        word.isupper() and len(word.replace(".", "")) > 3 for word in words
    )


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return the persons and the organisations of an author column.

    >>> split_names("Lightning AI & Sebastian Raschka, PhD."), split_names("Luis Serrano, Jay Alammar and Meor Amer")
    ((['Sebastian Raschka'], ['Lightning AI']), (['Luis Serrano', 'Jay Alammar', 'Meor Amer'], []))
    """
    text = plain(text)
    if named := given_first(text[:600]) if "." in text or "," in text else None:
        return named, []
    names = [strip_marks(name).strip(" ()[]") for name in _NAMES_BETWEEN.split(_DEGREE.sub("", text))]
    persons = [name for name in names if name and is_person(name) and not _is_group(name)]
    return persons, [name for name in names if has_words(name) and name not in persons]


def are_names(names: list[str]) -> bool:
    """Return whether what looks like names of persons does not end as terms do."""
    return sum(map(_is_technical, names)) * 2 <= len(names) and not (len(names) == 1 and _is_technical(names[0]))


def _is_technical(name: str) -> bool:
    """Return whether a name's last word ends as terms do (*Generative Pre-Training*), which surnames rarely do."""
    last = name.split()[-1].lower().strip(",.") if name.split() else ""
    return len(last) > 5 and bool(_TECHNICAL_ENDING.search(last))


def _is_group(name: str) -> bool:
    return bool(_ORGANISATION.search(re.sub(r"\bet al\b\.?", "", name)))


def split_by(title: str) -> tuple[str, list[str], list[str]]:
    """Return a title without its ``by …`` ending, and the persons and organisations that were named there.

    Inside a title the word alone proves nothing (*Improving Language Understanding by Generative Pre-Training*): after a
    blank only two names, or a name with a degree, count.

    >>> split_by("LLM University - By Luis Serrano and Jay Alammar")
    ('LLM University', ['Luis Serrano', 'Jay Alammar'], [])
    >>> split_by("Improving Language Understanding by Generative Pre-Training")
    ('Improving Language Understanding by Generative Pre-Training', [], [])
    """
    found = _BY_ENDING.match(title) if any(word in title for word in _BY_WORDS) and len(title) <= _LONGEST_TITLE else None
    if not found:
        return title, [], []
    persons, organisations = split_names(found["names"])
    named = len(persons) + len(organisations)
    technical = any(map(_is_technical, [*persons, *organisations]))
    marked = bool((found["mark"] or found["other"] or "").strip()) and not technical
    certain = persons and (marked or bool(_DEGREE.search(found["names"])) or (named > 1 and not technical))
    if certain and all(is_person(name) or _ORGANISATION.search(name) for name in organisations):
        return strip_marks(found["title"]), persons, organisations
    return title, [], []


def year_of(text: str) -> int | None:
    """Return the year if the text is nothing else (parentheses aside), else None."""
    text = text.strip(" ()[],.;`")
    return int(text) if _YEAR.fullmatch(text) else None


def status_of(text: str) -> str | None:
    """Return the reading status that a cell or a check-box says, or None.

    >>> status_of("Not Read"), status_of("✅"), status_of("maybe")
    ('unread', 'read', None)
    """
    return _STATUS_WORDS.get(plain(text).lower().strip(" .!*_`"))
