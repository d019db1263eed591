"""How many examples a law is tried with."""

from __future__ import annotations

from hypothesis import settings

FULL = settings.get_profile("default").max_examples


def examples(number: int) -> int:
    """Return how many examples to try: the number in the full run, as much less in ``make check`` as its profile says."""
    return max(1, number * settings().max_examples // FULL)
