"""When records of which types were entered by whom, as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from studygroup.journal.types.record import Record
from studygroup.journal.types.records import TYPES
from studygroup.journal.types.subjects import Names, times_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from studygroup.journal.types.subjects import Times

    Numbers = npt.NDArray[np.int64]

KIND_NAMES: tuple[str, ...] = tuple(sorted(TYPES))
KINDS: Mapping[type[Record], int] = {TYPES[name]: number for number, name in enumerate(KIND_NAMES)}
"""A number for each type, in order of their names."""


class Entries(msgspec.Struct, frozen=True):
    """Columns of as many records: times in seconds since 1970, the numbers of types and of authors."""

    times: Times
    kinds: Numbers
    authors: Numbers

    @staticmethod
    def of(records: Sequence[Record], authors: Names) -> Entries:
        """Return those of some records; who is new among their authors gets a number."""
        import numpy as np

        kinds = np.fromiter(map(KINDS.__getitem__, map(type, records)), np.int64, len(records))
        names = np.fromiter(map(authors.__getitem__, map(attrgetter("by"), records)), np.int64, len(records))
        return Entries(times_of(records), kinds, names)

    @staticmethod
    def joined(parts: Sequence[Entries]) -> Entries:
        """Return the entries of all parts, in order."""
        import numpy as np

        if not parts:
            return Entries.of((), Names())
        return Entries(*(np.concatenate([getattr(part, name) for part in parts]) for name in Entries.__struct_fields__))

    def after(self, number: int) -> Entries:
        """Return the entries after the first ``number``."""
        return Entries(self.times[number:], self.kinds[number:], self.authors[number:])
