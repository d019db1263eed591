"""Choose what to read next: vote on open ballots, see the results of the last one, propose papers and second others' proposals."""

from __future__ import annotations

from datetime import timedelta

from studygroup.forms.choosing.voting import VoteForm
from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import STYLE, close, sheet
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import FIELD, WorkField
from studygroup.forms.kit.rows import LiveRows
from studygroup.journal.types.records import Proposal, Second
from studygroup.meeting.choose.ballots import ballots, late_voters
from studygroup.meeting.choose.proposals import ProposalView, proposal_fields, proposals

CHOOSING = ("proposal", "second", "ballot", "vote", "result", "plan", "person")
"""The types of what the form shows."""
SHOWN_FOR = timedelta(days=30)
"""How long a result is shown."""


class ChooseForm(widgets.VBox):
    """What a member does to choose what the group reads next."""

    def __init__(self, context: FormContext, member: str) -> None:
        self.context, self.member, self.receipt = context, member, SaveStatus()
        self.votes, self.results = widgets.VBox(), widgets.HTML()
        self.rows: LiveRows[ProposalView] = LiveRows(self._row, lambda one: one.id)
        self.paper = WorkField("Paper", self.receipt.refuse)
        self.paper.placeholder = "title, link, arXiv id or DOI"
        self.link, self.why = (
            TextLine(description=label, placeholder=example, style=STYLE, layout=FIELD, refused=self.receipt.refuse)
            for label, example in (("Link", "https://… if it is not in the catalogue"), ("Why", "in a sentence"))
        )
        self.propose = widgets.Button(description="Propose", button_style="primary", icon="plus", layout={"width": "auto"})
        below = widgets.VBox([self.propose])
        below.add_class("sg-below")
        self._forms: dict[str, VoteForm] = {}
        self._id = EntryId()
        self.propose.on_click(lambda _: self._propose())
        heading = widgets.HTML("<h3>Proposals</h3>")
        fields = [self.paper, self.link, self.why, below, self.receipt]
        super().__init__([self.votes, self.results, heading, self.rows, *fields])
        sheet(self)
        context.on_change(self.show, *CHOOSING)
        self.show()

    def show(self) -> None:
        """Show what the journal says; a vote that is being chosen stays."""
        workbook = self.context.workbook
        with workbook.lock:
            found, now = ballots(workbook), workbook.clock()
            shown = {(one.id, one.rule, *one.options): one for one in found if one.is_open}
            forms = {key: self._forms.get(str(key)) or VoteForm(self.context, self.member, view) for key, view in shown.items()}
            for key, form in forms.items():
                form.show(shown[key])
            old, self._forms = self._forms, {str(key): form for key, form in forms.items()}
            if old.keys() != self._forms.keys():
                self.votes.children = list(self._forms.values())
            for name in old.keys() - self._forms.keys():
                close(old[name])
            last = [one for one in found if one.outcome and one.outcome.closed > now - SHOWN_FOR][:1]
            self.results.value = block("outcome", last[0], late_voters(workbook, last[0].id)) if last else ""
            self.paper.offer(workbook)
            self.rows.show(proposals(workbook), "No one has proposed a paper yet.")

    def _row(self, one: ProposalView) -> widgets.Widget:
        people, mine = self.context.workbook.people, one.member == self.member
        names = [people[member].name if member in people else member for member in one.seconds]
        shown = block("proposal", one, names)
        if mine:
            act = self.rows.button("Undo", f"Undo your proposal: {one.title[:60]}", lambda: self._undo(one))
        elif self.member in one.seconds:
            act = self.rows.button("Not any more", f"You no longer want to read {one.title[:60]}", lambda: self._drop(one))
        else:
            act = self.rows.button("Me too", f"You want to read {one.title[:60]}, too", lambda: self._second(one))
        return self.rows.line(shown, act)

    def _propose(self) -> None:
        words, link, why = self.paper.value.strip(), self.link.value.strip(), self.why.value.strip()
        if not (words or link) and self.receipt.tells_of_a_save:
            return
        with self.context.acting(self.receipt):
            if not words and not link:
                self.receipt.tell("Enter a paper first: its title, a link, an arXiv id or a DOI.", "wrong")
                return
            item = self.paper.exact
            said = proposal_fields(self.context.workbook, words or link, link if words else "", item)
            title = said["title"] or self.context.workbook.catalogue.item(said["item"]).title
            about = {"member": self.member, "why": why, **said}
            if self.context.save(self.receipt, "proposal", what=title, id=self._id.of(*about.values()), **about) is not None:
                self._id.done()
                self.paper.value = self.link.value = self.why.value = ""

    def _second(self, one: ProposalView) -> None:
        about = {"proposal": one.id, "question": "", "member": self.member}
        self.context.save(self.receipt, "second", seen="", what=f"you would read {one.title}, too", **about)

    def _drop(self, one: ProposalView) -> None:
        if held := self.context.workbook.latest(Second, one.id, "", self.member):
            self.context.undo(self.receipt, held)

    def _undo(self, one: ProposalView) -> None:
        if held := self.context.workbook.latest(Proposal, one.id):
            first = self.context.workbook.find_record(one.id)
            self.context.undo(self.receipt, first if first.id == held.subject[0] else held)
