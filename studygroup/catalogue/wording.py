"""How lists word things: titles with notes and quotes around them, labels that say nothing, people, venues, statuses."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# Labels under which a work's other forms are linked, and the name to give such a link.
_FORMS = {
    "Paper": "paper papers arxiv preprint pdf article manuscript acl openreview publication 论文",
    "Code": "code github gitlab repo repos repository source implementation pytorch tensorflow jax colab notebook 代码",
    "Video": "video youtube talk recording watch vimeo lecture bilibili 视频",
    "Slides": "slides slide presentation deck ppt pptx",
    "Blog": "blog post blogpost medium substack",
    "Project": "project website site homepage page web webpage home",
    "Demo": "demo playground space spaces",
    "Data": "data dataset datasets",
    "Model": "model models weights checkpoint checkpoints huggingface hf",
    "Poster": "poster",
    "Notes": "notes summary review transcript appendix supplementary supplement bib bibtex doi cite citation abstract abs html",
}
_FORM_OF = {word: form for form, words in _FORMS.items() for word in words.split()}
_EMPTY_LABELS = frozenset(
    [
        "link",
        "links",
        "url",
        "here",
        "this",
        "more",
        "click",
        "source",
        "view",
        "read",
        "open",
        "download",
        "access",
        "visit",
        "go",
        "resource",
        "resources",
        "details",
        "ref",
        "reference",
        "direct",
        "full",
        "text",
        "free",
        "available",
        "official",
        "unofficial",
        "online",
        "new",
        "version",
        "链接",
        "地址",
        "网址",
        "原文",
        "lien",
        "enlace",
    ]
)
_FILLERS = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "&",
        "+",
        "/",
        "|",
        ",",
        ";",
        "of",
        "to",
        "on",
        "for",
        "in",
        "at",
        "with",
        "or",
        "via",
        "from",
        "also",
        "see",
        "my",
        "our",
        "by",
        "project",
    ]
)
_EMOJI_FORMS = {
    "\U0001f468\u200d\U0001f4bb": "Code",
    "\U0001f469\u200d\U0001f4bb": "Code",
    "\U0001f4bb": "Code",
    "\U0001f4c4": "Paper",
    "\U0001f4dd": "Paper",
    "\U0001f4dc": "Paper",
    "\U0001f3a5": "Video",
    "\U0001f4f9": "Video",
    "\U0001f4fa": "Video",
    "\U0001f3ac": "Video",
    "\U0001f4ca": "Slides",
    "\U0001f917": "Model",
}
_ARXIV_LABEL = re.compile(r"(?:arxiv[\s:.]*)?\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE)
_NUMBER_LABEL = re.compile(r"[\[(]?#?\d{1,4}[\])]?")
_HOST_LABEL = re.compile(
    r"https?://\S+|www\.\S+|(?:[\w-]+\.)+(?:com|org|net|edu|gov)(?:/\S*)?|(?:[\w-]+\.)+[a-z]{2,6}/\S*", re.IGNORECASE
)

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

_QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "‘": "’", "'": "'", "《": "》", "「": "」"}

_VENUE_NAMES = (
    "AAAI|ACL|AISTATS|ASPLOS|BMVC|CHI|CIKM|COLING|COLM|COLT|CoRL|CoNLL|CVPR|EACL|ECCV|ECML|EMNLP|EuroSys|FAccT|HPCA|ICASSP|"
    "ACM|IEEE|Arxiv|ICCV|ICDM|ICLR|ICML|ICRA|ICSE|IJCAI|INTERSPEECH|Interspeech|IROS|ISCA|JMLR|KDD|MICRO|MLSys|MLSYS|MM|NAACL|NDSS|NIPS|"
    "NeurIPS|NSDI|OSDI|PAMI|PLDI|PNAS|POPL|PPoPP|RecSys|RSS|SC|SIGGRAPH|SIGIR|SIGKDD|SIGMOD|SOSP|TACL|TMLR|TPAMI|UAI|UIST|"
    "USENIX|VLDB|WACV|WMT|WSDM|WWW|Nature|Science|arXiv|ArXiv"
)
_VENUE = re.compile(
    rf"(?:(?:Findings of |In |Proc\. |the )*(?:{_VENUE_NAMES})(?:[ -](?:Findings|Workshops?|Oral|Spotlight|Demo|Best Paper))*"
    r"[\s,'’]*(?P<year>(?:(?:19|20)\d\d)|(?<=['’])\d\d)?(?:[ -]?(?:Findings|Workshops?|Oral|Spotlight|Demo))?)"
)

_LAST_VENUE = re.compile(rf"(?:^|[\s,.;(\[]+)({_VENUE.pattern})[\s).\];,]*$")

_ORGANISATION = re.compile(
    r"\b(?:ai|labs?|laborator\w+|universit\w+|institut\w*|research|team|group|inc|ltd|gmbh|corp\w*|foundation|school|college|"
    r"community|google|meta|microsoft|openai|deepmind|nvidia|amazon|apple|ibm|intel|baidu|tencent|alibaba|bytedance|huawei|"
    r"facebook|stanford|mit|berkeley|harvard|princeton|oxford|cambridge|cmu|eth|epfl|face|consortium|academy|press|media|"
    r"conference|workshop|society|center|centre|department|technologies|systems|studio|blog|staff|authors?|editors?|various|"
    r"et al|anonymous|unknown|cohere|anthropic|databricks|salesforce|eleutherai|bigscience)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(r",?\s*\b(?:Ph\.?\s?D|M\.?\s?D|M\.?Sc|B\.?Sc|Jr|Sr|Dr|Prof)\b\.?", re.IGNORECASE)
_NAME_WORD = re.compile(r"(?:[^\W\d_a-z][\w'’.-]*|(?:van|von|der|den|de|del|della|di|da|dos|la|le|el|al|bin|ben|ter|zu)\b)")
_TECHNICAL_ENDING = re.compile(r"(?:ing|tion|tions|ment|ness|ity|ive|ics|ism|ology|models?|data|learning)$")
_NAMES_BETWEEN = re.compile(r"\s*(?:;|,?\s+(?:and|und|et(?!\s+al\b)|y)\s+|,?\s*&\s*|,)\s*")
_BY_ENDING = re.compile(r"^(?P<title>\S.*?)(?P<mark>\s*[-–—,(|]\s*|\s+)[bB]y:?\s+(?P<names>[^()]{3,200})\)?$", re.DOTALL)

_STATUS_WORDS = {
    **dict.fromkeys(
        ["unread", "not read", "to read", "toread", "todo", "to do", "no", "not yet", "not started", "❌", "✗"], "unread"
    ),
    **dict.fromkeys(["queued", "planned", "pending", "⬜", "☐", "✘", "not done", "[ ]"], "unread"),
    **dict.fromkeys(["reading", "in progress", "started", "current", "ongoing", "wip", "⏳", "🚧", "📖"], "reading"),
    **dict.fromkeys(["skimmed", "skim"], "skimmed"),
    **dict.fromkeys(["read", "done", "yes", "finished", "completed", "complete", "✅", "✔", "✔️", "☑", "☑️", "✓", "[x]"], "read"),
    **dict.fromkeys(["skipped", "skip", "dropped"], "skipped"),
}


# Beyond this it is no title but prose, and not worth taking apart.
_LONGEST_TITLE = 500


class Title(NamedTuple):
    """A title without what stood around it, and what that told: a kind, a year."""

    text: str
    kind: str = ""
    year: int | None = None


def plain(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "").split())


def clean_title(text: str) -> Title:
    """Return a title as a person would write it: no host note, no year in parentheses, no quotes or emoji around it.

    >>> clean_title("Generative Interfaces (YouTube)")
    Title(text='Generative Interfaces', kind='video', year=None)
    >>> clean_title('"Attention Is All You Need" (2017)'), clean_title("Language Models are Few-Shot Learners (GPT 3.0)").text
    (Title(text='Attention Is All You Need', kind='', year=2017), 'Language Models are Few-Shot Learners (GPT 3.0)')
    """
    title, kind, year = strip_marks(plain(text)), "", None
    if len(title) > _LONGEST_TITLE:
        return Title(title)
    while found := _LAST_PARENTHESES.search(title):
        note = found[1].strip()
        if _YEAR.fullmatch(note):
            year = int(note)
        elif note.lower() in _HOST_NOTES:
            kind = kind or _HOST_NOTES[note.lower()]
        else:
            break
        if not has_words(title[: found.start()]):
            break
        title = title[: found.start()].rstrip()
    return Title(_unquoted(title), kind, year)


def strip_marks(text: str) -> str:
    """Return text without emoji, bullets and separators at its ends.

    >>> strip_marks("🔥 - GPT in 60 Lines :")
    'GPT in 60 Lines'
    """
    start, end = 0, len(text)
    while start < end and _is_mark(text[start]):
        start += 1
    while end > start and (_is_mark(text[end - 1]) or text[end - 1] in ":,;"):
        end -= 1
    return text[start:end]


def _is_mark(character: str) -> bool:
    if character in " \t\n-–—|•·*>→:,;~=\u200d\ufe0f\ufffd":
        return True
    return not character.isascii() and unicodedata.category(character) in {"So", "Sk", "Cf"}


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


def has_words(text: str) -> bool:
    """Return whether there is a letter or a digit in the text."""
    return any(character.isalnum() for character in text)


@lru_cache(maxsize=16384)
def label_form(label: str) -> str | None:
    """Return a name for a link whose label only says what is behind it (``Code``; empty if not even that), None for a title.

    >>> label_form("[pdf]"), label_form("👨‍💻"), label_form("Link"), label_form("Attention Is All You Need")
    ('Paper', 'Code', '', None)
    """
    label = plain(label).strip("[]()（）【】 ")
    for emoji, form in _EMOJI_FORMS.items():
        if label.startswith(emoji) and not has_words(label):
            return form
    if not has_words(label):
        return ""
    if len(label) > 60:
        return None
    if _ARXIV_LABEL.fullmatch(label):
        return "Paper"
    if _NUMBER_LABEL.fullmatch(label) or _HOST_LABEL.fullmatch(label):
        return ""
    words = [word.strip(".:!()[]'\"") for word in label.lower().split()]
    words = [word for word in words if word and (word not in _FILLERS or word in _FORM_OF)]
    forms = [named for word in words if (named := _FORM_OF.get(word) or _FORM_OF.get(word.removesuffix("s")))]
    empty = sum(word in _EMPTY_LABELS for word in words)
    if not 1 <= len(words) <= 3 or len(forms) + empty < len(words):
        return None
    return forms[-1] if forms else ""


def link_label(label: str, fallback: str = "Link") -> str:
    """Return a label to show for a link beside an item's main one.

    >>> link_label("Slides"), link_label("🔗", "Checkpoints"), link_label("[code]"), link_label("T5 & Flan-T5")
    ('Slides', 'Checkpoints', 'Code', 'T5 & Flan-T5')
    """
    form = label_form(label)
    if form is None:
        return strip_marks(plain(label)) or fallback
    words = plain(label).strip("[]()（）【】 ")
    if form and has_words(words) and not _ARXIV_LABEL.fullmatch(words):
        return words[0].upper() + words[1:]
    return form or fallback


def is_organisation(name: str) -> bool:
    """Return whether a name is that of a company or group rather than a person's.

    >>> is_organisation("HuggingFace"), is_organisation("Lightning AI"), is_organisation("Jay Mody")
    (True, True, False)
    """
    return bool(_ORGANISATION.search(name)) or not is_person(name)


def is_person(name: str) -> bool:
    """Return whether text has the form of a person's name: two to five capitalised words, or ``… et al.``"""
    words = name.split()
    if re.search(r"\bet al\b\.?$", name) and len(words) <= 5:
        return bool(_NAME_WORD.match(words[0]))
    if not 2 <= len(words) <= 5 or len(name) > 60:
        return not name.isascii() and 2 <= len(name) <= 4 and name.isalpha() and len(words) == 1
    return all(_NAME_WORD.fullmatch(word) for word in words) and not any(word.isupper() and len(word) > 3 for word in words)


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return the persons and the organisations of an author column.

    >>> split_names("Lightning AI & Sebastian Raschka, PhD."), split_names("Luis Serrano, Jay Alammar and Meor Amer")
    ((['Sebastian Raschka'], ['Lightning AI']), (['Luis Serrano', 'Jay Alammar', 'Meor Amer'], []))
    """
    names = [strip_marks(name).strip(" ()[]") for name in _NAMES_BETWEEN.split(_DEGREE.sub("", plain(text)))]
    persons = [name for name in names if name and is_person(name) and not _is_group(name)]
    return persons, [name for name in names if name and name not in persons]


def are_names(names: list[str]) -> bool:
    """Return whether what looks like names of persons does not end as terms do."""
    return not any(map(_is_technical, names))


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
    found = _BY_ENDING.match(title) if "y " in title and len(title) <= _LONGEST_TITLE else None
    if not found:
        return title, [], []
    persons, organisations = split_names(found["names"])
    named = len(persons) + len(organisations)
    technical = any(map(_is_technical, [*persons, *organisations]))
    marked = bool(found["mark"].strip()) and not technical
    certain = persons and (marked or bool(_DEGREE.search(found["names"])) or (named > 1 and not technical))
    if certain and all(is_person(name) or _ORGANISATION.search(name) for name in organisations):
        return strip_marks(found["title"]), persons, organisations
    return title, [], []


def venue_of(text: str) -> tuple[str, int | None]:
    """Return a venue and its year if the text is nothing else, else an empty string and None.

    >>> venue_of("ICML 2022"), venue_of("Jason Wei")
    (('ICML 2022', 2022), ('', None))
    """
    text = plain(text).strip(" ()[],.;")
    found = _VENUE.fullmatch(text)
    if not found:
        return "", None
    year = found["year"]
    return text, (int(year) if len(year) == 4 else 2000 + int(year)) if year else None


def split_venue(text: str) -> tuple[str, str, int | None]:
    """Return text without the venue at its end, that venue, and its year.

    >>> split_venue("Ada Lovelace, Bo Chen. NeurIPS 2021.")
    ('Ada Lovelace, Bo Chen', 'NeurIPS 2021', 2021)
    """
    found = _LAST_VENUE.search(text[-120:])
    if not found:
        return text, "", None
    venue, year = venue_of(found[1])
    return text[: len(text) - len(found[0])].rstrip(" ,.;(["), venue, year


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
