"""Names of persons and of organisations: told apart, split, and turned so that the given name comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studygroup.catalogue.recognise.vocabulary.tables import finds_text, finds_word
from studygroup.catalogue.recognise.vocabulary.words import has_words, plain, strip_marks

_CAPITAL = r"[^\W\d_a-z]"
_SURNAME = rf"(?:(?:van|von|de|der|den|del|la|le|di|da|dos) ){{0,3}}{_CAPITAL}[\w'’-]{{1,30}}(?: {_CAPITAL}[\w'’-]{{2,30}})?"
_INITIALS_STYLES = (
    # "Lovelace, A. B.", "A. B. Lovelace", "Lovelace AB"
    re.compile(rf"(?P<surname>{_SURNAME}), ?(?P<initials>(?:{_CAPITAL}\.[ -]?){{1,4}})"),
    re.compile(rf"(?P<initials>(?:{_CAPITAL}\.[ -]?){{1,4}})(?P<surname>{_SURNAME})"),
    re.compile(
        rf"(?P<surname>{_SURNAME}) (?P<initials>{_CAPITAL}(?:-?{_CAPITAL}){{0,2}})(?=[,.;:]|\s+et al|\s+and\s|\s*\(|\s*$)"
    ),
)
_BARE = 2
_BETWEEN_INITIALS = re.compile(
    r"\s*(?:[,;]?\s*(?:\.\.\.|…)[,\s]*(?:&\s*|and\s+)?|[,;]?\s*&\s*|[,;]?\s+(?:and|und|y|et|и)\s+|[,;]\s*)(?!al\b)"
)
_GIVEN_NAME_BEHIND = re.compile(rf"\.\s+{_CAPITAL}[\w'’-]+(?:,|\s+and\b|\.)")
_AND_OTHERS = re.compile(r"[,\s]*\bet\.? al\b\.?|,?\s+and others\b\.?")
_MOST_NAMES = 60

KNOWN_MAKER = finds_word("words", "makers")
"""A word that only companies, universities and groups have in their names."""

_DEGREE = re.compile(
    r",?\s*\b(?:Ph\.?\s?D|M\.?\s?D|M\.?Sc|B\.?Sc|Dr|Prof)\b\.?|,\s*(?=[JS]r\.?(?:\s*[,;&]|\s*$))", re.IGNORECASE
)
_NAME_WORD = re.compile(
    r"(?:[^\W\d_a-z](?:[^\W\d_]|['’-])*|(?:[^\W\d_a-z]\.-?)+[^\W\d_]*|[^\W\d_a-z][A-Za-z]{0,2}\.|(?:van|von|der|den|de|del|della|di|da|dos|la|le|el|al|bin|ben|ter|zu)\b)"
)
_TECHNICAL_ENDING = re.compile(r"(?:ing|tion|tions|ment|ness|ity|ive|ics|ism|ology|models?|data|learning|networks?|systems?)$")
_BETWEEN_NAMES = re.compile(r"\s*(?:;|,?\s+(?:and|und|et(?!\s+al\b)|y|e)\s+|,?\s*&\s*|,)\s*")
_AND = re.compile(r"\s+(?:and|und|et|y|e|i|&)\s+")
_AND_BEFORE = re.compile(r"^(?:and|&|und|y|и)\s+")
_INITIALS_ALONE = re.compile(r"(?:\w\.?[ -]?){1,4}")
_NOTE_BEHIND = re.compile(r"\s*\([^()\d]*\)")
_NICKNAME = re.compile(r"\s+[\"“][^\"“”]{1,20}[\"”]")
_NO_FOOTNOTES = str.maketrans("", "", "∗*†‡§¹²³")
SURNAME = re.compile(r"[A-Z][a-zà-ÿ’'-]+")
_TOUCHING_INITIAL = re.compile(r"\b([A-Z]\.)(?=[A-Z][a-z])")
_PUBLISHER = finds_word("words", "publishers")
_PUBLISHER_FIRST = finds_word("beginnings", "publishers")
_EDITION = finds_word("words", "editions")
_PROFILE_PAGE = finds_text("places", "profile")
_BY_AT_END = re.compile(
    r"^(?P<title>\S.*?)(?:(?P<mark>\s*[-–—,(|]\s*|\s+)[bB]y:?|\s*(?P<other>[-–—,(|])\s*(?:von|de|par|por|di))\s+"
    r"(?P<names>[^()]{3,200})\)?$",
    re.DOTALL,
)
BY_BEFORE = re.compile(r"^[\s(\[,–—-]*(?:by|von|por|par|от):?\s+", re.IGNORECASE)
"""*by* before names, in several languages."""

_BY_WORDS = ("y ", "y:", "von ", "de ", "par ", "por ", "di ")
_NO_ONE = frozenset({"others", "etc", "et al", "et al.", "and others", ""})
_LONGEST = 500


class Lead(NamedTuple):
    """The names at the beginning of a text, given names first, where they end, and whether they have no full stops."""

    names: list[str]
    end: int
    bare: bool = False


def lead_names(text: str) -> Lead | None:
    """Return the names with initials that a text begins with, or None.

    >>> lead_names("Goodfellow, I., Bengio, Y., & Courville, A. (2016). Deep Learning.")
    Lead(names=['I. Goodfellow', 'Y. Bengio', 'A. Courville'], end=43, bare=False)
    >>> lead_names("Lovelace AB, Chen C, et al. On engines.").names, lead_names("On engines")
    (['A. B. Lovelace', 'C. Chen et al.'], None)
    """
    for index, style in enumerate(_INITIALS_STYLES):
        names, end = _in_style(style, text)
        if index == _BARE and len(names) == 1 and _GIVEN_NAME_BEHIND.match(text, end):
            return None
        if names:
            if others := _AND_OTHERS.match(text, end):
                names[-1] += " et al."
                end = others.end()
            return Lead(names, end, index == _BARE)
    return None


def _in_style(style: re.Pattern[str], text: str) -> tuple[list[str], int]:
    names: list[str] = []
    place, end = 0, 0
    while len(names) < _MOST_NAMES and (found := style.match(text, place)) and not found["surname"].isupper():
        initials = " ".join(f"{letter}." for letter in found["initials"] if letter.isalpha())
        names.append(f"{initials} {found['surname']}")
        end = found.end() - (len(found[0]) - len(found[0].rstrip()))
        between = _BETWEEN_INITIALS.match(text, end)
        if not between:
            break
        place = between.end()
    return names, end


def given_first(text: str) -> list[str] | None:
    """Return the names of a text that is nothing but names with initials, given names first; None for any other text.

    >>> given_first("Vaswani A, Shazeer N"), given_first("Murphy, K. P."), given_first("Ada Lovelace")
    (['A. Vaswani', 'N. Shazeer'], ['K. P. Murphy'], None)
    """
    text = text.strip(" ,;")
    lead = lead_names(text)
    if lead is None or text[lead.end :].strip(" .,;") or (lead.bare and len(lead.names) == 1 and "et al" not in text):
        return None
    return lead.names


def names_a_publisher(text: str) -> bool:
    """Return whether a text names who publishes books; some are surnames too, which count only at its beginning."""
    return bool(_PUBLISHER.search(text) or _PUBLISHER_FIRST.match(text))


def is_known_maker(name: str) -> bool:
    """Return whether a name has a word that only companies, universities and groups have in theirs."""
    return bool(KNOWN_MAKER.search(name))


def is_organisation(name: str) -> bool:
    """Return whether a name is that of a company or group rather than a person's.

    >>> is_organisation("HuggingFace"), is_organisation("Lightning AI"), is_organisation("Jay Mody")
    (True, True, False)
    """
    return _is_group(name) or not is_person(name)


def _is_group(name: str) -> bool:
    return bool(KNOWN_MAKER.search(name.partition(" et al")[0]))


def is_person(name: str) -> bool:
    """Return whether text has the form of a person's name: two to five capitalised words, or ``… et al.``"""
    words = name.split()
    if name.endswith((" et al", " et al.")) and len(words) <= 5:
        return bool(_NAME_WORD.match(words[0]))
    if not 2 <= len(words) <= 5 or len(name) > 60:
        return not name.isascii() and 2 <= len(name) <= 4 and name.isalpha() and len(words) == 1
    return all(_NAME_WORD.fullmatch(word) for word in words) and not any(
        word.isupper() and len(word.replace(".", "")) > 3 for word in words
    )


def are_persons(names: Sequence[str]) -> bool:
    """Return whether there are names, and all are persons'."""
    return bool(names) and all(is_person(name) and not is_organisation(_as_whole(name)) for name in names)


def _as_whole(name: str) -> str:
    """Return the first of ``Lee et al.`` as if it were a whole name."""
    alone = name.removesuffix(" et al.")
    return alone if alone == name or " " in alone else f"A. {alone}"


def are_names(names: Sequence[str]) -> bool:
    """Return whether what looks like names of persons does not end as terms do."""
    return sum(map(_is_technical, names)) * 2 <= len(names) and not (len(names) == 1 and _is_technical(names[0]))


def _is_technical(name: str) -> bool:
    """Return whether a name's last word ends as terms do (*Generative Pre-Training*), which surnames rarely do."""
    last = name.split()[-1].lower().strip(",.") if name.split() else ""
    return len(last) > 5 and bool(_TECHNICAL_ENDING.search(last))


def split_names(text: str) -> tuple[list[str], list[str]]:
    """Return the persons and the organisations of an author column.

    >>> split_names("Lightning AI & Sebastian Raschka, PhD."), split_names("Luis Serrano, Jay Alammar and Meor Amer")
    ((['Sebastian Raschka'], ['Lightning AI']), (['Luis Serrano', 'Jay Alammar', 'Meor Amer'], []))
    """
    text = plain(text)
    if named := given_first(text[:600]) if "." in text or "," in text else None:
        return named, []
    names = [strip_marks(name).strip(" ()[]") for name in _BETWEEN_NAMES.split(_DEGREE.sub("", text))]
    names = [name for name in names if name.casefold() not in _NO_ONE]
    persons = [name for name in names if is_person(name) and not _is_group(name)]
    return persons, [name for name in names if has_words(name) and name not in persons]


def names_in_order(text: str) -> list[str]:
    """Return names of persons with the given names first, whichever way they were written.

    >>> names_in_order("LeCun, Yann, Yoshua Bengio, and Geoffrey Hinton")
    ['Yann LeCun', 'Yoshua Bengio', 'Geoffrey Hinton']
    >>> names_in_order("Gori, Marco and Tsoi, Ah Chung and others"), names_in_order("He, Kaiming, et al.")
    (['Marco Gori', 'Ah Chung Tsoi'], ['Kaiming He et al.'])
    """
    text = plain(text).strip(" ,;")
    if named := given_first(text[:600]):
        return named
    text, found, _ = text.replace("et. al", "et al").replace(",etal", " et al").partition(" et al")
    others = " et al." if found else ""
    text = _NOTE_BEHIND.sub("", _NICKNAME.sub("", text).translate(_NO_FOOTNOTES)).strip(" ,;")
    pieces = [piece for piece in text.split(" and ") if piece.strip(" .,") != "others"]
    if len(pieces) > 1 and all(piece.count(",") == 1 for piece in pieces):
        names = [" ".join(reversed([part.strip() for part in piece.split(",")])) for piece in pieces]
    else:
        names = _turned_first([name.strip() for name in _BETWEEN_NAMES.split(text) if has_words(name)], bool(others))
    names = [name.removeprefix("and ").strip() for name in names if name.strip(" .").casefold() not in _NO_ONE]
    return [*names[:-1], names[-1] + others] if names else []


def _turned_first(names: list[str], others: bool) -> list[str]:
    """Return names whose first two are one, written surname first, as it often is: *LeCun, Yann, Yoshua Bengio*."""
    if len(names) < 2 or " " in names[0] or not (others or len(names) > 2 or " " in names[-1] or "." in names[1]):
        return names
    inverted = len(names[1].split()) <= 3 and all(" " in name or "." in name for name in names[2:])
    return [f"{names[1]} {names[0]}", *names[2:]] if inverted and (len(names) > 2 or others) else names


def persons_of(text: str, *, surnames: bool = False, marked: bool = False) -> list[str]:
    """Return the persons that a text names if it names them and nothing else, else none.

    ``surnames``: several surnames alone are names too; ``marked``: the title is set apart, so that an ending says nothing.

    >>> persons_of("Ann Lee & Bo Chen"), persons_of("Second Edition"), persons_of("J Mason, L Burton")
    (['Ann Lee', 'Bo Chen'], [], ['J Mason', 'L Burton'])
    >>> persons_of("Hastie, Tibshirani, Friedman"), persons_of("Hastie, Tibshirani, Friedman", surnames=True)
    ([], ['Hastie', 'Tibshirani', 'Friedman'])
    """
    text = _NOTE_BEHIND.sub("", plain(text)).strip(" .,;*_|") if "(" in text else plain(text).strip(" .,;*_|")
    if not text or len(text) > _LONGEST or _EDITION.search(text) or names_a_publisher(text):
        return []
    if text.partition(" et al")[2].strip(" ."):
        return []
    names = names_in_order(text)
    if not names or not (marked or are_names(names)):
        return []
    if surnames and len(names) > 1 and all(SURNAME.fullmatch(name) and not is_known_maker(name) for name in names):
        return names
    return names if are_persons(names) else []


def surname_alone(text: str) -> list[str]:
    """Return a surname that is all a text says, as a list, else none."""
    return [text] if SURNAME.fullmatch(text) and not is_known_maker(text) else []


def without_and(text: str) -> str:
    """Return a name without the *and* before it."""
    return _AND_BEFORE.sub("", text)


def spaced(name: str) -> str:
    """Return a name with a blank behind each initial, and without a nickname in quotes."""
    return _TOUCHING_INITIAL.sub(r"\1 ", _NICKNAME.sub("", name))


def is_homepage(name: str, url: str) -> bool:
    """Return whether a link is a person's name and leads to that person's own page.

    >>> is_homepage("Ann Lee", "https://annlee.example.org/"), is_homepage("Ann Lee", "https://github.com/alee")
    (True, True)
    >>> is_homepage("Deep Learning", "https://www.deeplearningbook.org/"), is_homepage("Ann Lee", "https://example.org/talks/7")
    (False, False)
    """
    words = name.split()
    if not 2 <= len(words) <= 4 or words[0].lower() in {"the", "a", "an"} or not are_persons([name]) or not are_names([name]):
        return False
    place = url.lower().partition("://")[2].strip("/")
    if "~" in place or _PROFILE_PAGE.fullmatch(place.removeprefix("www.")):
        return True
    given, surname = words[0].lower(), "".join(character for character in words[-1].lower() if character.isalnum())
    squashed = place.replace("-", "").replace("_", "").replace(".", "")
    own = any(before + surname in squashed for before in (given, given[0]))
    return len(surname) > 2 and place.count("/") < 3 and own


def split_by(title: str) -> tuple[str, list[str], list[str]]:
    """Return a title without its ``by …`` ending, and the persons and organisations that were named there.

    Inside a title the word alone proves nothing (*Improving Language Understanding by Generative Pre-Training*): after a
    blank only two names, or a name with a degree, count.

    >>> split_by("LLM University - By Luis Serrano and Jay Alammar")
    ('LLM University', ['Luis Serrano', 'Jay Alammar'], [])
    >>> split_by("Improving Language Understanding by Generative Pre-Training")
    ('Improving Language Understanding by Generative Pre-Training', [], [])
    """
    found = _BY_AT_END.match(title) if any(word in title for word in _BY_WORDS) and len(title) <= _LONGEST else None
    if not found or not has_words(found["title"]):
        return title, [], []
    persons, organisations = split_names(found["names"])
    named = len(persons) + len(organisations)
    technical = any(map(_is_technical, [*persons, *organisations]))
    marked = bool((found["mark"] or found["other"] or "").strip()) and not technical
    certain = persons and (marked or bool(_DEGREE.search(found["names"])) or (named > 1 and not technical))
    if certain and all(is_person(name) or is_known_maker(name) for name in organisations):
        return strip_marks(found["title"]), persons, organisations
    return title, [], []


def persons_in_cells(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the persons and organisations of cells with authors, however these are written.

    >>> persons_in_cells(["Lovelace, Ada; Turing, Alan M."]), persons_in_cells(["Ada Lovelace, Alan Turing"])[0]
    ((['Ada Lovelace', 'Alan M. Turing'], []), ['Ada Lovelace', 'Alan Turing'])
    >>> persons_in_cells(["Lovelace, A., Turing, A. M."])[0], persons_in_cells(["OpenAI"])
    (['A. Lovelace', 'A. M. Turing'], ([], ['OpenAI']))
    """
    persons: list[str] = []
    organisations: list[str] = []
    for cell in cells:
        for piece in cell[:100_000].replace("|", ";").replace("\n", ";").split(";"):
            turned = _two_names(piece.strip()) or _turned(piece.strip())
            if turned:
                persons += turned
            elif piece.strip():
                found, others = split_names(piece)
                persons += found
                organisations += others
    return list(dict.fromkeys(persons)), list(dict.fromkeys(organisations))


def _two_names(names: str) -> list[str]:
    """Return both names of a text with two words on either side of its only comma: they are two people."""
    pair = [part.split() for part in names.split(",")]
    if len(pair) == 2 and all(len(words) == 2 and all(map(str.istitle, words)) for words in pair):
        return [" ".join(words) for words in pair]
    return []


def _turned(names: str) -> list[str]:
    """Return names written *Last, First*, turned; none when they are not."""
    pairs = [[part.strip() for part in piece.split(",")] for piece in _AND.split(names)]
    if all(len(pair) == 2 and _is_last(pair[0]) and pair[1] for pair in pairs):
        return [first_last(*pair) for pair in pairs]
    parts = [part.strip() for part in _AND.sub(", ", names).split(",") if part.strip()]
    if len(parts) >= 2 and len(parts) % 2 == 0 and all(_INITIALS_ALONE.fullmatch(part) for part in parts[1::2]):
        return [first_last(last, first) for last, first in zip(parts[::2], parts[1::2], strict=True)]
    return []


def _is_last(name: str) -> bool:
    """Return whether a name before a comma is a surname: one word, maybe with *van* and the like before it."""
    words = name.split()
    return bool(words) and all(word[0].islower() for word in words[:-1]) and words[-1][0].isalpha()


def first_last(last: str, first: str) -> str:
    """Return a person's name as it is spoken."""
    return plain(f"{first} {last}")
