"""How often someone may do something: so many at once, and so many a second after that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_MOST_KEYS = 10_000


class Allowance:
    """An allowance for each key, as of a bucket that fills up again.

    Parameters
    ----------
    at_once
        How many are allowed in a row.
    a_second
        How many come back a second.
    clock
        Returns seconds that never go back.

    Examples
    --------
    >>> allowance = Allowance(at_once=2, a_second=0.5, clock=lambda: 100.0)
    >>> [allowance.take("ada") for _ in range(3)]
    [0.0, 0.0, 2.0]
    """

    def __init__(self, at_once: int, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._a_second, self._clock = at_once, a_second, clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Return 0 where one more is allowed now, and count it; else the seconds until one is."""
        with self._lock:
            now = self._clock()
            if len(self._left) >= _MOST_KEYS:
                self._forget_full(now)
            left = self._filled(key, now)
            if left < 1:
                return (1 - left) / self._a_second
            self._left[key] = left - 1, now
            return 0.0

    def _filled(self, key: str, now: float) -> float:
        left, then = self._left.get(key, (float(self._at_once), now))
        return min(float(self._at_once), left + (now - then) * self._a_second)

    def _forget_full(self, now: float) -> None:
        """Forget keys that have all of their allowance; where none has, forget all rather than grow without end."""
        kept = {key: held for key, held in self._left.items() if self._filled(key, now) < self._at_once}
        self._left = kept if len(kept) < _MOST_KEYS else {}
