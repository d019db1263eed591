"""Compare how votes are counted with pref-voting: its winners of random elections are kept as cases for the tests.

pref-voting is no dependency of the project, so this runs in an environment of its own, from the project's folder:

    python -m venv ../votes && ../votes/bin/pip install pref-voting==1.18.2
    ../votes/bin/python benchmarks/compare_votes.py

`tests/meeting/test_counting.py` compares what the project's own functions make of the same elections.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

from pref_voting.grade_methods import approval, score_voting
from pref_voting.grade_profiles import GradeProfile
from pref_voting.iterative_methods import instant_runoff_for_truncated_linear_orders, instant_runoff_tb
from pref_voting.profiles import Profile
from pref_voting.profiles_with_ties import ProfileWithTies

CASES = Path(__file__).parents[1] / "tests" / "cases" / "choosing" / "pref_voting.json"
ELECTIONS = 60  # of each kind
SEED = 19


def graded(votes: list[dict[int, int]], options: int, grades: list[int], method: object) -> list[int]:
    """Return the winners of votes that give each option a grade."""
    complete = [{option: vote.get(option, 0) for option in range(options)} for vote in votes]
    return method(GradeProfile(complete, grades, candidates=list(range(options))))


def ranks(vote: list[int]) -> dict[int, int]:
    """Return the place of each option that a vote names."""
    return {option: place for place, option in enumerate(vote, start=1)}


def is_clear(votes: list[list[int]], options: int) -> bool:
    """Return whether in no round of a runoff several options are lowest, so that no rule on ties is needed."""
    left = set(range(options))
    while len(left) > 1:
        firsts = [next((option for option in vote if option in left), None) for vote in votes]
        counts = {option: firsts.count(option) for option in left}
        if 2 * max(counts.values()) > sum(counts.values()):
            return True
        lowest = [option for option in left if counts[option] == min(counts.values())]
        if len(lowest) > 1:
            return False
        left.remove(lowest[0])
    return True


def elections() -> list[dict[str, object]]:
    """Return the elections with pref-voting's winners."""
    chance, found = random.Random(SEED), []

    def keep(kind: str, options: int, votes: object, winners: list[int]) -> None:
        found.append({"kind": kind, "options": options, "votes": votes, "winners": sorted(map(int, winners))})

    for _ in range(ELECTIONS):
        options, voters = chance.randint(2, 6), chance.randint(1, 12)
        chosen = [sorted(chance.sample(range(options), chance.randint(0, options))) for _ in range(voters)]
        if any(chosen):
            keep("approval", options, chosen, graded([dict.fromkeys(vote, 1) for vote in chosen], options, [0, 1], approval))
        points = [{option: chance.randint(0, 5) for option in range(options)} for _ in range(voters)]
        if any(any(vote.values()) for vote in points):
            listed = [[vote[option] for option in range(options)] for vote in points]
            keep("score", options, listed, graded(points, options, list(range(6)), score_voting))
        complete = [chance.sample(range(options), options) for _ in range(voters)]
        # Of several that are lowest, it removes the one that comes first here; ours, the one that comes last on the shortlist.
        tied = list(reversed(range(options)))
        keep("runoff", options, complete, instant_runoff_tb(Profile(complete), tie_breaker=tied))
        winner = Profile(complete).condorcet_winner()
        if winner is not None:
            keep("condorcet", options, complete, [winner])
    clear = 0
    while clear < ELECTIONS:
        options, voters = chance.randint(2, 5), chance.randint(3, 12)
        votes = [chance.sample(range(options), chance.randint(1, options)) for _ in range(voters)]
        if is_clear(votes, options):
            clear += 1
            profile = ProfileWithTies([ranks(vote) for vote in votes], candidates=list(range(options)))
            keep("truncated", options, votes, instant_runoff_for_truncated_linear_orders(profile))
    return found


if __name__ == "__main__":
    made = elections()
    lines = ",\n".join(json.dumps(one) for one in made)
    CASES.write_text(f'{{"made_with": "pref-voting {version("pref-voting")}", "elections": [\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{len(made)} elections in {CASES}")
