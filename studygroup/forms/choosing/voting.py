"""One ballot in a member's forms: what it is about, the member's own vote, and how many have voted."""

from __future__ import annotations

from typing import Any

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import Choice
from studygroup.forms.kit.form import row
from studygroup.forms.kit.form_context import FormContext, SaveStatus
from studygroup.forms.kit.inputs import Tick
from studygroup.journal.current.electorate import why_no_vote
from studygroup.journal.types.records import HIGHEST_SCORE, Ballot, Vote
from studygroup.meeting.choose.ballots import BallotView, Option, own_vote
from studygroup.text.text import plain_list

HOW = {
    "approval": "Tick every paper that you would read.",
    "runoff": "Put the papers in order: 1 is the one that you would most like to read. You can leave some out.",
    "ranked": "Put the papers in order: 1 is the one that you would most like to read. You can leave some out.",
    "score": "Give each paper 0 to 5 points: 5 for what you would most like to read.",
}
SCORES = [(str(points), points) for points in range(HIGHEST_SCORE + 1)]


class VoteForm(widgets.VBox):
    """A member's vote on one ballot; what is being chosen stays while others vote."""

    def __init__(self, context: FormContext, member: str, view: BallotView) -> None:
        self.context, self.member, self.view, self.receipt = context, member, view, SaveStatus()
        self._seen = ""
        self._why: str | None = None
        self.about = widgets.HTML()
        self.fields: dict[str, Tick | Choice] = {one.item: self._field(one) for one in view.options}
        self.vote = widgets.Button(button_style="primary", icon="check", layout={"width": "auto"})
        self.abstain = widgets.Button(description="Abstain", tooltip="Vote for none of these papers", layout={"width": "auto"})
        self.vote.on_click(lambda _: self._vote())
        self.abstain.on_click(lambda _: self._save((), ()))
        self.buttons = widgets.HBox([self.vote, self.abstain], layout={"flex_flow": "row wrap"})
        super().__init__()
        self.show(view)

    def _field(self, option: Option) -> Tick | Choice:
        if self.view.rule == "approval":
            return Tick(description=option.title, indent=False, refused=self.receipt.refuse, layout={"width": "auto"})
        places = [("–", 0), *((str(place), place) for place in range(1, len(self.view.options) + 1))]
        options, what = (SCORES, "Points") if self.view.rule == "score" else (places, "Place")
        return Choice(options, f"{what} of {option.title}", lambda _: None, self.receipt.refuse)

    def show(self, view: BallotView) -> None:
        """Show how many have voted, and the member's vote where it changed."""
        self.view = view
        held = own_vote(self.context.workbook, view.id, self.member)
        ballot = self.context.workbook.latest(Ballot, view.id)
        why = why_no_vote(self.context.workbook, ballot, self.member) if ballot else ""
        self.about.value = block("ballot", view, HOW[view.rule], held is not None, why)
        if (held.id if held else "") != self._seen:
            self._seen = held.id if held else ""
            self._fill(held)
        self.vote.description = "Change vote" if held else "Vote"
        if why != self._why:
            self._why = why
            fields = [] if why else [*map(self._row, view.options), self.buttons]
            self.children = [self.about, *fields, self.receipt]

    def _row(self, option: Option) -> widgets.Widget:
        field = self.fields[option.item]
        if isinstance(field, Tick):
            return row(field)
        return row(widgets.VBox([widgets.HTML(block("option", option)), field]))

    def _fill(self, held: Vote | None) -> None:
        """Show a vote in the fields."""
        choice = held.choice if held else ()
        points = dict(zip(choice, held.scores if held and held.scores else range(1, len(choice) + 1), strict=False))
        for item, field in self.fields.items():
            if isinstance(field, Tick):
                field.value = item in points
            else:
                field.show(points.get(item, 0) if held else None)

    def _vote(self) -> None:
        if self.view.rule == "approval":
            choice = tuple(item for item, field in self.fields.items() if field.value)
            scores: tuple[int, ...] = ()
        else:
            given = {item: int(field.value) for item, field in self.fields.items() if field.value}
            by_score = self.view.rule == "score"
            choice = tuple(sorted(given, key=lambda item: -given[item] if by_score else given[item]))
            scores = tuple(given[item] for item in choice) if by_score else ()
            if not by_score and (twice := _twice([given[item] for item in choice])):
                self.receipt.tell(f"Two papers have place {plain_list(map(str, twice))}; give each place once.", "wrong")
                return
        if not choice:
            self.receipt.tell("Choose a paper first, or press Abstain.", "wrong")
            return
        self._save(choice, scores)

    def _save(self, choice: tuple[str, ...], scores: tuple[int, ...]) -> None:
        about: dict[str, Any] = {"ballot": self.view.id, "member": self.member, "choice": choice, "scores": scores}
        titles = {one.item: one.title for one in self.view.options}
        what = plain_list(titles[item] for item in choice) if choice else "you abstain"
        if self.context.save(self.receipt, "vote", seen=self._seen, what=what, **about) is None:
            held = own_vote(self.context.workbook, self.view.id, self.member)
            self._seen = held.id if held else ""


def _twice(places: list[int]) -> list[int]:
    return sorted({place for place in places if places.count(place) > 1})
