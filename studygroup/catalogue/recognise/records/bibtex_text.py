"""The text of BibTeX fields: LaTeX as letters, addresses, and names as they are spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from studygroup.catalogue.recognise.vocabulary.names import first_last, persons_in_cells, split_names
from studygroup.catalogue.recognise.vocabulary.words import plain

if TYPE_CHECKING:
    from bibtexparser.middlewares import LatexDecodingMiddleware

_ESCAPED = re.compile(r"\\([_%#&$~{}])")
_LATEX = re.compile(r"[\\{}~$]|--|``|''")
# Beyond this, LaTeX is no title or abstract, and costs more than it tells.
_LONGEST_LATEX = 20_000
_DEEPEST = 60
_NAME_PART = re.compile(r"(?:^|,)\s*\"?(family|given|prefix|suffix)\s*=\s*([^,\"]+)")
_FORMULA = re.compile(r"(?<!\\)\$[^$\n]{1,300}\$")
# What only tells a program how to sort.
_NO_SORT = re.compile(r"\\noopsort\s*\{[^{}]*\}")
_NO_BRACES = str.maketrans("", "", "{}")
_SLOT = re.compile(r"zqformula(\d+)zq")


def names_of(field: str) -> tuple[list[str], list[str]]:
    """Return the persons and organisations of a field of names.

    A name in braces as a whole is that of an organisation; one with a comma is a person's.
    """
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    written = " ".join(field[:100_000].split())
    if ";" in written and " and " not in written:
        return persons_in_cells([decoded([written])[0]])
    persons: list[str] = []
    organisations: list[str] = []
    pieces = split_multiple_persons_names(written)
    whole = [piece.startswith("{") and piece.endswith("}") and piece.count("{") == 1 for piece in pieces]
    spoken: list[tuple[str, bool]] = []
    for piece in pieces:
        if named := _name_by_parts(piece):
            spoken.append((named, True))
        elif "," in re.sub(r"\{[^{}]*\}", "", piece):
            parts = parse_single_name_into_parts(piece, strict=False)
            last = " ".join([*parts.von, *parts.last, *parts.jr])
            spoken.append((first_last(last, " ".join(parts.first)), True))
        else:
            spoken.append((piece, False))
    for (_, comma), closed, name in zip(spoken, whole, decoded([name for name, _ in spoken]), strict=True):
        if name.casefold() in {"others", "et al.", "et al", ""}:
            continue
        if closed:
            organisations.append(name)
        elif comma:
            persons.append(name)
        else:
            found, others = split_names(name)
            persons += found
            organisations += others
    return list(dict.fromkeys(persons)), list(dict.fromkeys(organisations))


def _name_by_parts(piece: str) -> str:
    """Return a name that says which part is which, or an empty text. Source: the biblatex manual, section 3.6.

    >>> _name_by_parts("family=Linden, given=Mara, prefix=van der")
    'Mara van der Linden'
    """
    parts = {found[1]: found[2] for found in _NAME_PART.finditer(piece)}
    return (
        " ".join(part.strip(" {}") for key in ("given", "prefix", "family", "suffix") if (part := parts.get(key)))
        if "family" in parts
        else ""
    )


def decoded(values: Sequence[str], verbatim: Sequence[bool] = ()) -> list[str]:
    r"""Return LaTeX as plain text: accents and marks as letters, braces dropped, formulas kept as they are.

    ``verbatim`` says which values are addresses, in which ``%`` and ``~`` mean themselves.

    >>> decoded([r"The {GPT}-3 of Erd{\H{o}}s \& co, $O(n^2)$", r"https://example.org/a\_b%20c"], [False, True])
    ['The GPT-3 of Erdős & co, $O(n^2)$', 'https://example.org/a_b%20c']
    """
    from bibtexparser.library import Library
    from bibtexparser.model import Entry as BlockEntry
    from bibtexparser.model import Field

    kept = [*verbatim, *([False] * (len(values) - len(verbatim)))]
    result = [_address(value) if raw else value for value, raw in zip(values, kept, strict=True)]
    places = [place for place, value in enumerate(result) if not kept[place] and _LATEX.search(value)]
    fields = []
    formulas: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        formulas.append(found[0])
        return f"zqformula{len(formulas) - 1}zq"

    for place in places:
        result[place] = _FORMULA.sub(put_aside, _NO_SORT.sub("", result[place]))
        if len(result[place]) > _LONGEST_LATEX or _depth(result[place]) > _DEEPEST:
            result[place] = result[place].translate(_NO_BRACES)
            continue
        # In a BibTeX value a per cent sign means itself; to LaTeX it would begin a comment.
        fields.append(Field(str(place), re.sub(r"(?<!\\)%", r"\\%", result[place])))
    if fields:
        _decoder().transform_entry(BlockEntry("misc", "key", fields), Library())
        for field in fields:
            result[int(field.key)] = str(field.value)
    said = [plain(value) for value in result]
    return [_SLOT.sub(lambda found: formulas[int(found[1])], value) for value in said] if formulas else said


@lru_cache(maxsize=1)
def _decoder() -> LatexDecodingMiddleware:
    from bibtexparser.middlewares import LatexDecodingMiddleware

    return LatexDecodingMiddleware()


def _address(value: str) -> str:
    value = re.sub(r"\\(?:url|href|path)\s*\{([^{}]*)\}", r" \1 ", value)
    return _ESCAPED.sub(r"\1", value).translate(_NO_BRACES).strip()


def _depth(value: str) -> int:
    depth = deepest = 0
    for mark in value:
        depth = max(0, depth + (mark == "{") - (mark == "}"))
        deepest = max(deepest, depth)
    return deepest
