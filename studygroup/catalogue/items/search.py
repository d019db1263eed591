"""Full-text search over the items: an SQLite index in memory, and ranked answers."""

from __future__ import annotations

import sqlite3
import unicodedata
import weakref
from collections.abc import Iterable, Sequence

from studygroup.catalogue.items.columns import DESCRIBED

SEARCHED = tuple(sorted((name for name in DESCRIBED if DESCRIBED[name].weight), key=lambda name: -DESCRIBED[name].weight))
"""The columns that are searched; a hit in an earlier one weighs more."""

_WEIGHTS = tuple(DESCRIBED[name].weight for name in SEARCHED)
_MARKS = ", ".join("?" for _ in SEARCHED)

# A query as broad as one letter matches most of a big catalogue. Scoring all of it takes 100 ms for 100,000 items,
# so this many are scored: matches in the title, and if there are fewer, the first ones anywhere.
_SCORED = 2000
_FEWEST_SCORED = 200
_MOST_WORDS = 24

_SOME_WORDS, _ALL_WORDS, _SAME_ID = range(3)


class Index:
    """An index over rows of texts, built once; ``find`` answers with row numbers.

    Parameters
    ----------
    ids
        One id a row.
    texts
        One tuple a row: its cells of the columns ``SEARCHED``.
    """

    def __init__(self, ids: Iterable[str], texts: Iterable[Sequence[str]]) -> None:
        self._row_of = {item_id: row for row, item_id in reversed([*enumerate(ids)])}
        # A form may search from another thread than the one that built the index; SQLite itself takes turns.
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join(SEARCHED)}, content='', prefix='1 2', "
            """tokenize="unicode61 remove_diacritics 2")"""
        )
        self._database.executemany(
            f"INSERT INTO words (rowid, {', '.join(SEARCHED)}) VALUES (?, {_MARKS})",
            ((row, *map(_plain, cells)) for row, cells in enumerate(texts)),
        )
        self._database.commit()

    def find(self, text: str, limit: int = 20) -> list[tuple[int, float]]:
        """Return at most ``limit`` rows and their scores, best first; none for a text without a word.

        The item whose id is the text comes first (score 2 to 3), then rows with all the words, in any of the columns
        (1 to 2), then rows with some of them (0 to 1). The last word may be the beginning of a word. Case and
        accents do not matter. Within each group BM25 ranks, a hit in the title weighing most.
        """
        phrases = _phrases(text)
        if not phrases or limit < 1:
            return []
        scores = {row: _ALL_WORDS + score for row, score in self._scored(" AND ".join(phrases), _SCORED).items()}
        if len(scores) < limit and len(phrases) > 1:
            for row, score in self._scored_by_word(phrases).items():
                scores.setdefault(row, _SOME_WORDS + score)
        same_id = self._row_of.get(text.strip().casefold())
        if same_id is not None:
            scores[same_id] = _SAME_ID + scores.get(same_id, 0.0) % 1
        return sorted(scores.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def _scored(self, query: str, most: int) -> dict[int, float]:
        """Return the rows that a query matches with scores from 0 to 1."""
        return {row: _below_one(score) for row, score in self._matches(query, most).items()}

    def _scored_by_word(self, phrases: Sequence[str]) -> dict[int, float]:
        """Return the rows that any of the phrases matches with scores from 0 to 1.

        BM25 is a sum over phrases, so each may be asked for alone: a frequent word cannot crowd out a rare one.
        """
        total: dict[int, float] = {}
        for phrase in phrases:
            for row, score in self._matches(phrase, max(_FEWEST_SCORED, _SCORED // len(phrases))).items():
                total[row] = total.get(row, 0.0) + score
        return {row: _below_one(score) for row, score in total.items()}

    def _matches(self, query: str, most: int) -> dict[int, float]:
        """Return rows and their BM25 scores, better ones greater; all of them unless there are more than ``most``."""
        in_title = dict(self._rows(f"{{title}} : ({query})", most))
        if len(in_title) == most:
            return in_title
        found = dict(self._rows(query, most))
        if len(found) == most:
            for row, score in in_title.items():
                found[row] = max(score, found.get(row, 0.0))
        return found

    def _rows(self, query: str, most: int) -> list[tuple[int, float]]:
        statement = f"SELECT rowid, -bm25(words, {_MARKS}) FROM words WHERE words MATCH ? LIMIT ?"
        return self._database.execute(statement, (*_WEIGHTS, query, most)).fetchall()


def _below_one(score: float) -> float:
    """Return a BM25 score squeezed into 0 to 1, in the same order."""
    return score / (1.0 + score) if score > 0 else 0.0


def _plain(text: str) -> str:
    """Return a text as it is indexed and asked for: compatibility forms unified, and nothing that SQLite refuses."""
    if text.isascii():
        return text.replace("\x00", " ")
    return unicodedata.normalize("NFKC", text).replace("\x00", " ").encode("utf-8", "replace").decode()


def _phrases(text: str) -> list[str]:
    """Return a person's words as FTS5 strings, in which nothing is an operator; the last one matches beginnings too.

    >>> _phrases('GPT-3 OR "few-shot')
    ['"GPT-3"', '"OR"', '"few-shot"*']
    """
    words = [word for word in _plain(text).replace('"', " ").split() if any(map(str.isalnum, word))]
    return [*dict.fromkeys(f'"{word}"' for word in words[:-1][: _MOST_WORDS - 1]), *(f'"{word}"*' for word in words[-1:])]
