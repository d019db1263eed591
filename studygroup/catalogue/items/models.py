"""Models as a table to compare: sizes and contexts as numbers beside what the lists say, licences by their family."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from studygroup.errors import CatalogueError

_NUMBER = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)*)\s*([kmbt]|thousand|million|billion|trillion)?(?![\w.]*\d)\b", re.IGNORECASE)
_UNENDING = re.compile(r"\binfinit\w*|∞", re.IGNORECASE)
_UNITS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}

_FAMILIES = (
    ("Apache-2.0", re.compile(r"\bapache\b", re.IGNORECASE)),
    ("MIT", re.compile(r"\bmit\b", re.IGNORECASE)),
    ("BSD", re.compile(r"\bbsd\b", re.IGNORECASE)),
    ("GPL", re.compile(r"\b[al]?gpl", re.IGNORECASE)),
    ("CC BY-NC", re.compile(r"\bcc[ -]?by[ -]nc", re.IGNORECASE)),
    ("CC BY-SA", re.compile(r"\bcc[ -]?by[ -]sa", re.IGNORECASE)),
    ("CC BY", re.compile(r"\bcc[ -]?by\b(?![ -](?:nc|sa))", re.IGNORECASE)),
    ("OpenRAIL", re.compile(r"rail\b", re.IGNORECASE)),
    ("custom", re.compile(r"\bcustom\b|\bcommunity licen[cs]e\b|\bnon-?commercial\b", re.IGNORECASE)),
)

MODEL_COLUMNS = (
    *("id", "title", "released", "parameters", "parameters_from", "parameters_to", "context_length", "context_from"),
    *("context_to", "licence", "licence_family", "url"),
)
"""The columns of the table of models, in order."""


def numbers_in(text: str, unit: float = 1) -> tuple[float, float] | None:
    """Return the smallest and the largest number that a cell names, or None; one without a unit of its own has ``unit``.

    >>> numbers_in("7 - 70", 1e9), numbers_in("84k (ALiBi)"), numbers_in("1.3 T"), numbers_in("infinity (RNN)")
    ((7000000000.0, 70000000000.0), (84000.0, 84000.0), (1300000000000.0, 1300000000000.0), (inf, inf))
    >>> numbers_in("512, 2048"), numbers_in("65B", 1e9), numbers_in("unknown")
    ((512.0, 2048.0), (65000000000.0, 65000000000.0), None)
    """
    found = [_value(number, name, unit) for number, name in _NUMBER.findall(text[:200])]
    if _UNENDING.search(text[:200]):
        found.append(math.inf)
    return (min(found), max(found)) if found else None


def _value(number: str, name: str, unit: float) -> float:
    whole = number.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", number) else number.replace(",", ".")
    return float(whole if whole.count(".") < 2 else whole.partition(".")[0]) * (_UNITS[name[0].lower()] if name else unit)


def licence_families(text: str) -> tuple[str, ...]:
    """Return the families of the licences that a cell names.

    >>> licence_families("Apache 2.0, CC BY-SA-3.0"), licence_families("cc-by-nc-4.0"), licence_families("OpenRAIL-M v1")
    (('Apache-2.0', 'CC BY-SA'), ('CC BY-NC',), ('OpenRAIL',))
    """
    return tuple(name for name, form in _FAMILIES if form.search(text))


def models(items: pd.DataFrame, licence: str = "", max_parameters: str = "", min_context: str = "") -> pd.DataFrame:
    """Return the models of a catalogue that fit, in its order.

    Parameters
    ----------
    items
        The catalogue's table.
    licence
        A family, or words of a licence: ``apache``, ``cc by-sa``.
    max_parameters
        The smallest size that a model comes in is at most this: ``13B``; a bare number means billions, as in lists.
    min_context
        The longest context is at least this: ``8k``.

    Returns
    -------
    DataFrame, one row a model, RangeIndex, columns ``MODEL_COLUMNS``: dtype ``str``, sizes and contexts float64, NaN where
    nothing is said.

    Raises
    ------
    CatalogueError
        A number cannot be read.
    """
    described = items[(items["parameters"] != "") | (items["context_length"] != "") | (items["kind"] == "model")]
    nothing = (math.nan, math.nan)
    sizes = [numbers_in(cell, 1e9) or nothing for cell in described["parameters"]]
    contexts = [numbers_in(cell) or nothing for cell in described["context_length"]]
    table = described.assign(
        parameters_from=np.array([low for low, _ in sizes], dtype=np.float64),
        parameters_to=np.array([high for _, high in sizes], dtype=np.float64),
        context_from=np.array([low for low, _ in contexts], dtype=np.float64),
        context_to=np.array([high for _, high in contexts], dtype=np.float64),
        licence_family=pd.Series(
            [", ".join(licence_families(cell)) for cell in described["licence"]], index=described.index, dtype="str"
        ),
    )[[*MODEL_COLUMNS]]
    return fitting(table, licence, max_parameters, min_context)


def fitting(table: pd.DataFrame, licence: str = "", max_parameters: str = "", min_context: str = "") -> pd.DataFrame:
    """Return the rows of a table of models that fit; the parameters, the errors and the table are those of ``models``."""
    if licence:
        table = table[np.array([_is_under(cell, licence) for cell in table["licence"]], dtype=bool)]
    if max_parameters:
        table = table[table["parameters_from"] <= _asked(max_parameters, "number of parameters", 1e9)]
    if min_context:
        table = table[table["context_to"] >= _asked(min_context, "context length", 1)]
    return table.reset_index(drop=True)


def _is_under(cell: str, licence: str) -> bool:
    """Return whether a cell names a licence of the family that was asked for, or its words."""
    if wanted := licence_families(licence):
        return not set(wanted).isdisjoint(licence_families(cell))
    return " ".join(re.findall(r"\w+", licence.casefold())) in " ".join(re.findall(r"\w+", cell.casefold()))


def _asked(number: str, what: str, unit: float) -> float:
    found = numbers_in(number, unit)
    if found is None or found[0] != found[1]:
        raise CatalogueError(f"{number[:40]!r} is not a {what}; write a number such as 13B, 8k or 2048.")
    return found[0]
