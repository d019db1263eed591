"""Replies below a summary or an answer, and a place to write one."""

from __future__ import annotations

from collections.abc import Callable, Collection

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.fields import DraftText
from studygroup.forms.kit.form_context import EntryId, FormContext, SaveStatus
from studygroup.forms.kit.rows import Editor
from studygroup.meeting.facts.blind import may_read
from studygroup.meeting.facts.replies import ReplyView, Target, replies_by_target
from studygroup.workbook.workbook import Workbook


def replies_shown(context: FormContext, targets: Collection[Target]) -> dict[Target, tuple[ReplyView, ...]]:
    """Return the replies to these that whoever sits there may see, by what they belong to."""
    workbook = context.workbook
    names = {member: person.name for member, person in workbook.people.items()}
    found = replies_by_target(workbook.current, names) if targets else {}
    return {target: _shown(workbook, context.by, found[target]) for target in targets if target in found}


def _shown(workbook: Workbook, reader: str, replies: tuple[ReplyView, ...]) -> tuple[ReplyView, ...]:
    """Return the replies to one thing that may be shown: they are about one paper, so others' are shown all, or none of them."""
    records = [workbook.find_record(one.id) for one in replies]
    own = [reader in {record.by, *record.members} for record in records]
    others = next((record for record, is_own in zip(records, own, strict=True) if not is_own), None)
    if others is None or may_read(workbook, reader, others):
        return replies
    return tuple(one for one, is_own in zip(replies, own, strict=True) if is_own)


class ReplyEditor(Editor):
    """Where someone replies to a summary or an answer; what is typed is kept as a draft.

    Parameters
    ----------
    to
        The id of the record that is replied to.
    shown
        What is replied to, as HTML.
    done
        Called when the editor is to close.
    """

    def __init__(
        self, context: FormContext, to: str, shown: str, receipt: SaveStatus, done: Callable[[], None], member: str = ""
    ) -> None:
        self.context, self.to, self.done, self.told, self.member = context, to, done, receipt, member or context.by
        self._id = EntryId()
        own = SaveStatus()
        self.text = DraftText(context, "Reply", own, placeholder="Markdown and math", rows=2)
        super().__init__([widgets.HTML(shown), self.text], self._save, self._leave, label="Save reply", receipt=own)
        if self.text.load(f"reply {to}", ""):
            self.receipt.tell("This draft isn’t saved yet.", "busy")

    def _leave(self) -> None:
        self.context.drafts.drop(self.text.name)
        self.done()

    def _save(self) -> None:
        about = {"member": self.member, "to": self.to, "text": self.text.text}
        made = self._id.of(*about.values())
        if self.context.enter(self.receipt, "reply", about, what="your reply", id=made, beside=self.told) is not None:
            self._leave()


def replies_block(replies: tuple[ReplyView, ...]) -> str:
    """Return replies as HTML, to be below what they reply to."""
    return block("replies_below", replies) if replies else ""
