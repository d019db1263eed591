"""How votes are counted: one mechanism, a small function for each rule.

A rule turns votes into rounds, each with a count for every option. The option that is highest in the last round wins. Options with
the same count are told apart by the shortlist: the one that is named earlier on it is ahead, as it is in elimination. No two options
have the same place there, so that there is always one answer, whatever the order in which votes come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from studygroup.journal.types.records import Vote

Round = Mapping[str, int]


class Preferences(msgspec.Struct, frozen=True):
    """What one voter chose: options in order, and the points of each where the rule asks for them."""

    options: tuple[str, ...] = ()
    scores: tuple[int, ...] = ()

    @classmethod
    def of(cls, vote: Vote) -> Preferences:
        """Return what a vote says, each option once: two that someone called the same since are one."""
        points = dict(zip(reversed(vote.choice), reversed(vote.scores), strict=True)) if vote.scores else {}
        options = tuple(dict.fromkeys(vote.choice))
        return cls(options, tuple(points[one] for one in options) if points else ())


class Count(msgspec.Struct, frozen=True):
    """What a count came to.

    ``rounds`` have a count for each of ``options``, in their order. ``winner`` is empty where no one chose anything; ``tied`` are the
    options that had as many in the last round and come later on the shortlist.
    """

    options: tuple[str, ...]
    rounds: tuple[tuple[int, ...], ...]
    winner: str = ""
    tied: tuple[str, ...] = ()


def count(rule: str, shortlist: Sequence[str], choices: Collection[Preferences]) -> Count:
    """Return what votes come to by a rule.

    >>> count("approval", ["a", "b"], [Preferences(("b",)), Preferences(("a", "b"))]).winner
    'b'
    >>> count("approval", ["a", "b"], [Preferences(("b",)), Preferences(("a",))])
    Count(options=('a', 'b'), rounds=((1, 1),), winner='a', tied=('b',))
    """
    options = tuple(dict.fromkeys(shortlist))
    known = set(options)
    rounds = RULES[rule](options, [one for one in choices if known.issuperset(one.options)])
    table = tuple(tuple(one.get(option, 0) for option in options) for one in rounds)
    if not any(rounds[-1].values()):
        return Count(options, table)
    best = max(rounds[-1].values())
    winner, *tied = [option for option in options if rounds[-1].get(option) == best]
    return Count(options, table, winner, tuple(tied))


def approval(options: Sequence[str], choices: Collection[Preferences]) -> list[Round]:
    """Count how many chose each option."""
    return [Counter(option for one in choices for option in one.options)]


def score(options: Sequence[str], choices: Collection[Preferences]) -> list[Round]:
    """Add up the points of each option; an option without points from a voter gets none."""
    total: Counter[str] = Counter()
    for one in choices:
        total.update(dict(zip(one.options, one.scores, strict=False)))
    return [total]


def runoff(options: Sequence[str], choices: Collection[Preferences]) -> list[Round]:
    """Count first choices; as long as none has more than half of them, the lowest is eliminated and its votes go on.

    Of several that are lowest, the one that comes last on the shortlist is eliminated. A vote whose options are all eliminated no
    longer counts.
    """
    left = list(options)
    rounds: list[Round] = []
    while True:
        firsts = (next((option for option in one.options if option in left), "") for one in choices)
        counted = Counter(option for option in firsts if option)
        rounds.append({option: counted[option] for option in left})
        if len(left) == 1 or 2 * max(rounds[-1].values()) > counted.total() or not counted:
            return rounds
        left.remove(min(reversed(left), key=lambda option: counted[option]))


def head_to_head(options: Sequence[str], choices: Collection[Preferences]) -> list[Round]:
    """Count for each option how many others it beats in pairs; where none beats all others, the runoff decides.

    An option that a voter left out comes after all that they named.
    """
    places = [{option: place for place, option in enumerate(one.options)} for one in choices]

    def prefer(first: str, second: str) -> int:
        return sum(one.get(first, len(options)) < one.get(second, len(options)) for one in places)

    beaten = {
        option: sum(prefer(option, other) > prefer(other, option) for other in options if other != option) for option in options
    }
    return [beaten] if len(options) - 1 in beaten.values() else runoff(options, choices)


RULES: Mapping[str, Callable[[Sequence[str], Collection[Preferences]], list[Round]]] = {
    "approval": approval,
    "runoff": runoff,
    "score": score,
    "ranked": head_to_head,
}
