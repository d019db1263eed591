"""Records about a work: how far members are, what they think of it, write, ask and add."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from studygroup.errors import RecordError
from studygroup.group.states import READING, READING_STATES
from studygroup.journal.types.field_checks import LONGEST_LINE, OF, OF_NUMBER, check_address, check_text
from studygroup.journal.types.record import Command, Record
from studygroup.text.text import check_name

if TYPE_CHECKING:
    ReadingStatus = str
else:
    ReadingStatus = Literal[READING]

_SINCE = {one.name: one.since for one in READING_STATES}


class Reading(Record, frozen=True, kw_only=True, tag="reading"):
    """How far a member is with an item."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    newest = max(_SINCE.values())
    table = "reading"
    columns = ("member", "item", "status", "at", "by")

    member: str
    item: str
    status: ReadingStatus

    def plainest(self) -> Reading:
        """Return it in the version that first had its status."""
        return msgspec.structs.replace(self, v=_SINCE[self.status])


class Rating(Record, frozen=True, kw_only=True, tag="rating"):
    """What a member thinks of an item, from 1 to 5."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    table = "ratings"
    columns = ("member", "item", "rating", "at", "by")
    command = Command(
        "Rate an item from 1 to 5.",
        "--member ada --item lora-low-rank-adaptation --rating 4",
        {"item": "The item's id.", "rating": "1 to 5."},
    )

    member: str
    item: str
    rating: int

    def check(self) -> None:
        """Check the scale."""
        if not 1 <= self.rating <= 5:
            raise RecordError(f"{self.rating} is not a rating; use 1, 2, 3, 4 or 5.")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at each different rating once."""
        if not set(map(attrgetter("rating"), group)) <= {1, 2, 3, 4, 5}:
            super().check_group(group)


class Summary(Record, frozen=True, kw_only=True, tag="summary"):
    """What a member makes of an item, in Markdown; open questions are records of their own."""

    subject_fields = ("member", "item")
    member_fields = ("member",)
    item_fields = ("item",)
    text_fields = ("big_idea", "relevance", "text")
    table = "summaries"
    columns = ("member", "item", "big_idea", "relevance", "text", "at", "by")
    kept_back = True
    command = Command(
        "Write a summary of an item. What is not named stays as it was.",
        '--member ada --item lora-low-rank-adaptation --big-idea "Few weights are enough."',
        {
            "item": "The item's id.",
            "big_idea": "The big idea, in Markdown; - reads standard input.",
            "relevance": "Why it matters; - reads standard input.",
            "text": "Everything else; - reads standard input.",
        },
    )

    member: str
    item: str
    big_idea: str = ""
    relevance: str = ""
    text: str = ""

    def check(self) -> None:
        """Check that something is said."""
        if not (self.big_idea.strip() or self.relevance.strip() or self.text.strip()):
            raise RecordError("The summary is empty; write a big idea, its relevance or a text.")


class Question(Record, frozen=True, kw_only=True, tag="question"):
    """Something to be answered, about an item or about none; it lives on across sessions."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "question"),)
    text_fields = ("text",)
    table = "questions"
    command = Command(
        "Ask a question, about an item or about none. It stays open until it is answered or dropped.",
        '--member ada --item lora-low-rank-adaptation --text "Why rank 8?"',
        {"text": "The question; - reads standard input.", "item": "The item's id.", "of": OF_NUMBER},
    )

    member: str
    text: str
    item: str = ""
    of: str = ""

    def check(self) -> None:
        """Check that something is asked."""
        check_text(self.text, "question")

    @classmethod
    def check_group(cls, group: Sequence[Any]) -> None:
        """Look at the texts at once."""
        if not all(map(str.strip, map(attrgetter("text"), group))):
            super().check_group(group)


class Answer(Record, frozen=True, kw_only=True, tag="answer"):
    """What was said to a question, and the state it is in then; ``item`` may name a work that answers it."""

    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "answer"), ("question", "question"))
    text_fields = ("text",)
    command = Command(
        "Answer a question, drop it, or open it again.",
        '--question Q80148 --member bo --text "See section 7.2."',
        {
            "question": "The question's number, such as Q80148, or its id.",
            "state": "The question's new state.",
            "text": "The answer, or why it is dropped or open again; - reads standard input.",
            "item": "The id of an item that answers it.",
            "of": OF,
        },
    )

    question: str
    member: str
    state: Literal["open", "answered", "dropped"] = "answered"
    text: str = ""
    item: str = ""
    of: str = ""

    def check(self) -> None:
        """Check that an answer says something or names a work."""
        if self.state == "answered" and not self.item:
            check_text(self.text, "answer")


class Reply(Record, frozen=True, kw_only=True, tag="reply"):
    """What a member says to a summary or an answer; ``to`` is the id of its record. There are no replies to replies."""

    subject_fields = ("of",)
    member_fields = ("member",)
    record_fields = (("of", "reply"), ("to", ""))
    text_fields = ("text",)
    table = "replies"
    columns = ("id", "to", "member", "text", "session", "at", "by")
    kept_back = True
    command = Command(
        "Reply to a summary or an answer.",
        '--to 3e0f41a8b3c2 --text "Does it hold for small models, too?"',
        {
            "to": "The id of the summary or answer, as history shows it.",
            "text": "The reply; - reads standard input.",
            "of": OF,
        },
    )

    member: str
    to: str
    text: str
    of: str = ""

    def check(self) -> None:
        """Check that something is said."""
        check_text(self.text, "reply")


class Material(Record, frozen=True, kw_only=True, tag="material"):
    """A link that belongs to an item: a recording, slides, further reading."""

    subject_fields = ("of",)
    item_fields = ("item",)
    record_fields = (("of", "material"),)
    text_fields = ("label",)
    table = "materials"
    columns = ("id", "item", "label", "url", "role", "at", "by")
    command = Command(
        "Add a link to an item: a recording, slides, further reading.",
        '--item lora-low-rank-adaptation --label "Our slides" --url https://example.org/slides.pdf --role slides',
        {
            "item": "The item's id.",
            "label": "What the link shows.",
            "url": "An https:// or http:// address.",
            "role": "What the link leads to.",
            "of": OF,
        },
    )

    item: str
    label: str
    url: str
    role: Literal["recording", "slides", "further_reading"] = "further_reading"
    of: str = ""

    def check(self) -> None:
        """Check the label and that the address is http(s)."""
        check_name(self.label, "label", LONGEST_LINE)
        check_address(self.url)


class Claim(Record, frozen=True, kw_only=True, tag="claim"):
    """A claim of an item, judged by a member: evidence, doubt, and confidence before and after, from 0 to 100.

    It is no longer entered; those of earlier workbooks are kept, and go along when their member is exported or forgotten.
    """

    retired = True
    subject_fields = ("of",)
    member_fields = ("member",)
    item_fields = ("item",)
    record_fields = (("of", "claim"),)
    text_fields = ("claim", "evidence", "doubt")

    member: str
    item: str
    claim: str
    evidence: str = ""
    doubt: str = ""
    before: int | None = None
    after: int | None = None
    of: str = ""

    def check(self) -> None:
        """Check that something is claimed and the scale of confidence."""
        check_text(self.claim, "claim")
        for value in (self.before, self.after):
            if value is not None and not 0 <= value <= 100:
                raise RecordError(f"{value} is not a confidence; use 0 (no) to 100 (certain).")
