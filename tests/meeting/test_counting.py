"""The three rules, compared with what pref-voting made of the same elections; `benchmarks/compare_votes.py` wrote its results."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from studygroup.meeting.choose.counting import Preferences, count

CASES = Path(__file__).parents[1] / "cases" / "choosing" / "pref_voting.json"
KNOWN = json.loads(CASES.read_text(encoding="utf-8"))
RULES = {"approval": "approval", "score": "score", "runoff": "runoff", "truncated": "runoff", "condorcet": "ranked"}


def choices(kind: str, votes: list[list[int]]) -> list[Preferences]:
    """Return votes as the project has them: an option's id is its place on the shortlist."""
    if kind == "score":
        return [Preferences(tuple(map(str, range(len(vote)))), tuple(vote)) for vote in votes]
    return [Preferences(tuple(map(str, vote))) for vote in votes]


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_has_the_winners_that_pref_voting_has(kind: str) -> None:
    """Where several have as many, the one that is first on the shortlist wins and the others are named as tied."""
    elections: list[dict[str, Any]] = [one for one in KNOWN["elections"] if one["kind"] == kind]
    assert len(elections) > 30
    for one in elections:
        found = count(RULES[kind], [str(number) for number in range(one["options"])], choices(kind, one["votes"]))
        if kind in {"approval", "score"}:
            assert [found.winner, *found.tied] == [str(number) for number in one["winners"]], one
        else:
            assert [found.winner] == [str(number) for number in one["winners"]], one


def test_there_are_elections_with_ties_and_with_eliminations() -> None:
    """So that the comparison says something about both."""
    tied = Counter(one["kind"] for one in KNOWN["elections"] if len(one["winners"]) > 1)
    assert min(tied["approval"], tied["score"]) > 4
    runoffs = [one for one in KNOWN["elections"] if one["kind"] in {"runoff", "truncated"}]
    rounds = [
        len(count("runoff", [str(number) for number in range(one["options"])], choices("runoff", one["votes"])).rounds)
        for one in runoffs
    ]
    assert sum(number > 1 for number in rounds) > 20
