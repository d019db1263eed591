"""What the members of a season choose together: papers by ballot, who has which role, and when to meet."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from studygroup.group.schedule import Session
from studygroup.journal.types.records import Plan
from studygroup.meeting.before.chosen_time import choose_time
from studygroup.meeting.before.planning import plan_winner
from studygroup.meeting.choose.ballots import find_ballot, record_results
from studygroup.meeting.choose.opening import suggested
from studygroup.meeting.choose.proposals import to_items
from studygroup.meeting.choose.surveys import find_survey

if TYPE_CHECKING:
    from benchmarks.season import Season

RULES = ("approval", "runoff", "score")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
LAST_BALLOT = 9
"""The last week that opens a ballot."""
NEW_TIME_WEEKS = 40
"""After how many weeks the group meets at the time that it found: after the season."""


class SeasonChoosing:
    """Plays it with chance of its own, so that everything else of a season is as it would be without.

    Attributes
    ----------
    chosen
        What ballots chose, by the session that reads it.
    """

    def __init__(self, season: Season, seed: int) -> None:
        self.season, self.chance = season, random.Random(seed)
        self.chosen: dict[str, str] = {}
        self.ballots = 0

    def before(self, number: int, session: Session) -> None:
        """Let a week's members propose, plan what was chosen, and see to their roles, once the week is planned."""
        season = self.season
        if number % 4 == 0:
            self._propose(number)
        if number % 4 == 2:
            for view in record_results(season.book, by=season.facilitator):
                if view.outcome and view.outcome.item:
                    plan_winner(season.book, session.id, view.outcome.item, by=season.facilitator, beside=True)
                    self.chosen[session.id] = view.outcome.winner
        self._roles(number, session)
        if number == 3:
            self._ask(season.played.now.date() + timedelta(weeks=NEW_TIME_WEEKS))
        if number == 6:
            view = find_survey(season.book)
            choose_time(season.book, view, view.best[0].start, by=season.facilitator)

    def after(self, number: int, session: Session) -> None:
        """Open a ballot at the end of a session, and vote; one member changes their vote."""
        if number % 4 != 1 or number > LAST_BALLOT:
            return
        season, chance = self.season, self.chance
        rule = RULES[self.ballots % len(RULES)]
        self.ballots += 1
        names = [one.name for one in suggested(season.book)][:4]
        until = session.start + timedelta(days=3)
        ballot = season.book.enter(
            "ballot",
            by=season.facilitator,
            shortlist=to_items(season.book, names, by=season.facilitator),
            rule=rule,
            quorum=3,
            until=until,
        ).id
        options = [one.item for one in find_ballot(season.book, ballot).options]
        voters = chance.sample(season.members, len(season.members) * 2 // 3)
        for member in [*voters, voters[0]]:
            choice = chance.sample(options, chance.randint(1, len(options)))
            scores = [chance.randint(0, 5) for _ in choice] if rule == "score" else []
            season.book.enter("vote", by=member, member=member, ballot=ballot, choice=choice, scores=scores)

    def _propose(self, number: int) -> None:
        season, chance = self.season, self.chance
        first, second, *others = chance.sample(season.members, 6)
        made = season.book.enter("proposal", by=first, member=first, title=f"A paper of week {number}", why="It is short.")
        season.book.enter("proposal", by=second, member=second, item=chance.choice(list(season.book.catalogue.items["id"])))
        for member in others:
            season.book.enter("second", by=member, member=member, proposal=made.id)

    def _roles(self, number: int, session: Session) -> None:
        """Have a role change hands: asked and accepted, declined and taken, or left by someone who is away."""
        season, enter = self.season, self.season.book.enter
        plan = season.book.latest(Plan, session.id)
        if plan is None:
            return
        others = [member for member in season.members if member not in plan.roles.values()]
        other = self.chance.choice(others)
        if number % 3 == 1:
            holder = plan.roles["presenter"]
            about = {"session": session.id, "member": holder, "role": "presenter"}
            enter("swap", by=holder, asked=other, **about)
            enter("swap", by=other, to=other, **about)
        if number % 6 == 3:
            # Two exchange their turns of this session.
            one, other = plan.roles["presenter"], plan.roles["scribe"]
            about = {"session": session.id, "member": one, "role": "presenter", "for_session": session.id, "for_role": "scribe"}
            enter("swap", by=one, asked=other, **about)
            enter("swap", by=other, to=other, **about)
        if number % 5 == 2:
            holder = plan.roles["scribe"]
            enter("turn", by=holder, session=session.id, member=holder, role="scribe", answer="decline")
            enter("turn", by=other, session=session.id, member=other, role="scribe", answer="volunteer")
        if number in {5, 9}:
            season.count += 1
            mark, day = f"s{season.count:05}", session.start.date()
            season.told.secrets.append(mark)
            enter("away", by=other, member=other, first=day, last=day + timedelta(days=2), why=mark)

    def _ask(self, first: object) -> None:
        """Ask when members can meet, and let them answer, each in a zone."""
        season, chance = self.season, self.chance
        survey = season.book.enter("survey", by=season.facilitator, first=first).id
        for member in season.members:
            days = chance.sample(("monday", "tuesday", "wednesday", "thursday"), 2)
            can = [f"{day} {chance.randint(12, 18)}:00-22:00" for day in days]
            about = {"survey": survey, "member": member, "zone": chance.choice(ZONES), "can": can}
            season.book.enter("availability", by=member, **about)
