"""Replies to summaries and answers: one level, each with its author's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import msgspec

from studygroup.journal.current.state import CurrentState
from studygroup.journal.types.record import Record
from studygroup.journal.types.records import Answer, PaperAnswer, Question, Reply, Summary
from studygroup.journal.types.subjects import key_of


class ReplyView(msgspec.Struct, frozen=True):
    """A reply as pages show it: ``text`` is Markdown that is not to be trusted, ``by`` a name, or empty where pages do not name people."""

    id: str
    member: str
    by: str
    text: str
    at: datetime


Target = tuple[str, ...]
"""What a reply belongs to: a type and the subject of its records, so that it stays below a summary that is changed."""


def target_of(record: Record) -> Target:
    """Return what replies to a record belong to."""
    return record.type, *record.subject


def replied_to(current_state: CurrentState, reply: Reply) -> Record | None:
    """Return the summary or answer that a reply is about, as it is now; None where it was undone."""
    found = current_state.record(reply.to)
    return current_state.latest(type(found), key_of(found.subject)) if found else None


def item_talked_of(current_state: CurrentState, reply: Reply) -> str:
    """Return the item that decides who may see a reply: that of the summary, or of the question that was answered; empty for none."""
    found = current_state.record(reply.to)
    if isinstance(found, Answer):
        question = current_state.latest(Question, found.question)
        return question.item if question else ""
    return found.item if isinstance(found, Summary | PaperAnswer) else ""


def replies_by_question(
    current_state: CurrentState, replies: Mapping[Target, tuple[ReplyView, ...]]
) -> dict[str, tuple[ReplyView, ...]]:
    """Return what was replied to the answers of each question, by the question's id."""
    found: defaultdict[str, tuple[ReplyView, ...]] = defaultdict(tuple)
    for answer in current_state.current(Answer):
        if (said := replies.get(target_of(answer))) and (question := current_state.record(answer.question)):
            found[question.subject[0]] += said
    return dict(found)


def replies_by_target(current_state: CurrentState, names: Mapping[str, str]) -> dict[Target, tuple[ReplyView, ...]]:
    """Return all replies by what they belong to, in the order in which they were written first."""
    found: defaultdict[Target, list[ReplyView]] = defaultdict(list)
    for one in current_state.current(Reply):
        if target := replied_to(current_state, one):
            said = filter(current_state.stands, current_state.of_subject(Reply, one.subject[0]))
            first = min(record.at for record in said)
            view = ReplyView(one.subject[0], one.member, names.get(one.member, ""), one.text, first)
            found[target_of(target)].append(view)
    return {target: tuple(sorted(views, key=lambda one: (one.at, one.id))) for target, views in found.items()}
