"""Labels that only say what is behind a link (``[pdf]``, ``Code``, ``论文链接``), in the languages that lists are written in."""

from __future__ import annotations

import re
from functools import lru_cache

from studygroup.catalogue.recognise.vocabulary.addresses import without_scheme
from studygroup.catalogue.recognise.vocabulary.tables import finds_text, finds_word, meanings, words
from studygroup.catalogue.recognise.vocabulary.venues import venue_of
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain, strip_marks

_FORM_OF = meanings("labels")
_EMPTY, _FILLERS = frozenset(words("label_words", "empty")), frozenset({*words("label_words", "fillers"), "|"})
# Words that are written without blanks between them, the longest first.
_WORDS_WITHOUT_BLANKS = re.compile(
    "|".join(sorted((word for word in {*_FORM_OF, *_EMPTY, *_FILLERS} if word[0] > "\u2fff"), key=len, reverse=True))
)
_NOTE_IN_BRACKETS_LAST = re.compile(r"(?<=\w)\s*[(（][^()（）]*[)）]?$")
# Numbered as parts of a whole, these are titles: *Lecture 3*, *Post 2*.
_COUNTED = frozenset(words("label_words", "counted"))
_EMOJI_FORMS = meanings("emoji")
_ARXIV_NUMBER = re.compile(r"(?:arxiv[\s:.]*)?\d{4}\.\d{4,5}(?:v\d+)?", re.IGNORECASE)
_BETWEEN_WORDS = re.compile(r"[\s/|+&,_]+|-(?=\w)|(?<=[a-z])(?=\d$)")
_NUMBER_ALONE = re.compile(r"[\[(]?#?\d{1,4}[\])]?")
_HOST_ALONE = re.compile(
    r"https?://\S+|www\.\S+|[\w.%-]+\.(?:pdf|pptx?|key|docx?)|(?:[\w-]+\.)+(?:com|org|net|edu|gov)(?:/\S*)?|(?:[\w-]+\.)+[a-z]{2,6}/\S*",
    re.IGNORECASE,
)
_BADGE_PLACES = {form: finds_text("badges", form) for form in ("Paper", "Notebook", "Video", "Model", "Code", "Project")}
_ABOUT_THE_LIST = finds_word("words", "about_a_list")


@lru_cache(maxsize=16384)
def label_form(label: str) -> str | None:
    """Return a name for a link whose label only says what is behind it (``Code``; empty if not even that), None for a title.

    >>> label_form("[pdf]"), label_form("👨‍💻"), label_form("Link"), label_form("Attention Is All You Need")
    ('Paper', 'Code', '', None)
    >>> label_form("代码和数据集（待发布）"), label_form("Demo视频"), label_form("Paper-ICML"), label_form("Lecture 3")
    ('Data', 'Video', 'Paper', None)
    """
    label = plain(label).strip("[]()（）【】 ")
    if not has_words(label):
        return (
            "" if label[:1].isascii() else next((form for emoji, form in _EMOJI_FORMS.items() if label.startswith(emoji)), "")
        )
    if len(label) > 60:
        return None
    if _ARXIV_NUMBER.fullmatch(label):
        return "Paper"
    if _NUMBER_ALONE.fullmatch(label) or _HOST_ALONE.fullmatch(label):
        return ""
    words = _words_of(label.lower().rstrip("：: "))
    forms = [form for word in words if (form := _FORM_OF.get(word) or _FORM_OF.get(word.removesuffix("s")))]
    empty = sum(word in _EMPTY for word in words)
    if not 1 <= len(words) <= 3 or len(forms) + empty < len(words):
        return None
    return forms[-1] if forms else ""


def _words_of(label: str) -> list[str]:
    if not label.isascii():
        label = _NOTE_IN_BRACKETS_LAST.sub("", label).replace("：", " ")
        label = _WORDS_WITHOUT_BLANKS.sub(lambda found: f" {found[0]} ", label)
    words = [word.strip(".:!()[]'\"") for word in _BETWEEN_WORDS.split(label)]
    words = [word for word in words if has_words(word) and (word not in _FILLERS or word in _FORM_OF)]
    if len(words) > 1 and words[0] in _FORM_OF and not _COUNTED & set(words):
        # "Paper 2" and "Paper-ICML" are two papers' links.
        words = [word for word in words if not word.isdigit() and not venue_of(word.upper())[0]] or words
    return words


def link_label(label: str, fallback: str = "Link") -> str:
    """Return a label to show for a link beside an item's main one.

    >>> link_label("Slides"), link_label("🔗", "Checkpoints"), link_label("[code]"), link_label("T5 & Flan-T5")
    ('Slides', 'Checkpoints', 'Code', 'T5 & Flan-T5')
    """
    form = label_form(label)
    if form is None:
        return strip_marks(plain(label)) or fallback
    said = plain(label).strip("[]()（）【】 ")
    if form and has_words(said) and not _ARXIV_NUMBER.fullmatch(said):
        return said[0].upper() + said[1:]
    return form or fallback


def badge_form(alt: str, url: str) -> str:
    """Return the form of a work to which a linked picture leads, by what it says and where it leads; empty for any other."""
    if _ABOUT_THE_LIST.search(alt):
        return ""
    return label_form(alt) or next((form for form, place in _BADGE_PLACES.items() if place.fullmatch(without_scheme(url))), "")
