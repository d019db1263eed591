"""The biggest session that pages have to hold: forty members, three papers, twelve summaries with math."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from studygroup.meeting.before.planning import close_session, plan_session
from studygroup.workbook.workbook import Workbook
from tests.conftest import SETTINGS, Clock

SESSION, NEXT = "2026-11-20", "2026-11-27"
MEMBERS = 40
_NAMES = ("Ada Lovelace", "Bo Chen", "Zoë O'Brien", "Ramón y Cajal", "Grace Hopper", "Emmy Noether", "Lin Wei", "Tim Okafor")
_TITLES = (
    "Finetuned Language Models Are Zero-Shot Learners",
    "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models",
    "LoRA: Low-Rank Adaptation of Large Language Models",
)
_SECTIONS = ("Basics", "Reinforcement Learning from Human Feedback", "Retrieval, Tools and Agents", "Data", "Evaluation")
_ZONES = ("Europe/London", "America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata")
_BIG_IDEA = (
    "Tune on many tasks that are written as instructions, and the model does tasks without examples that it has never seen."
)
_RELEVANCE = "A prompt can be a plain request, so that we can drop our bank of examples: it comes from $p(c \\mid x) \\propto e^{s(c, x)}$."
_NOTES = "The loss falls as $$L(N) = \\left(\\frac{N_c}{N}\\right)^{\\alpha_N}$$ and below 8B parameters tuning hurts.\n\n- breadth first\n- then depth"


def big_workbook(root: Path, steps: int = 31) -> Workbook:
    """Make a group of forty whose next session is after the biggest one; its syllabus has so many steps."""
    (root / "lists").mkdir(parents=True)
    zones = ", ".join(f'"{zone}"' for zone in _ZONES)
    (root / "pyproject.toml").write_text(
        SETTINGS.replace('zones = ["UTC", "America/New_York", "Asia/Kolkata"]', f"zones = [{zones}]")
    )
    titles = [*_TITLES, *(f"A Paper on Subject {number} of This Field" for number in range(4, steps + 1))]
    section = [_SECTIONS[number * len(_SECTIONS) // steps] for number in range(steps)]
    (root / "catalogue.csv").write_text(
        "id,title,kind,url,authors,year,arxiv,doi,section,importance,about,released,parameters,context_length,licence,links\n"
        + "".join(
            f'p{n},{title},paper,https://example.org/p{n},Jason Wei; Maarten Bosma; Vincent Zhao; Kelvin Guu,2021,,,"{where}",'
            "It explains where instruction tuning comes from and why a tuned model needs fewer examples in its prompt than a raw one.,"
            "A model of 137 billion parameters was tuned on dozens of data sets rewritten as instructions and got better at new kinds of task.,"
            ",,,,\n"
            for n, (title, where) in enumerate(zip(titles, section, strict=True), start=1)
        )
    )
    (root / "lists" / "basics.csv").write_text(
        "entry,position,number,line,section,title,url,items,columns\n"
        + "".join(
            f'p{n},{n},{n},{n},"{where}",{title},https://example.org/p{n},p{n},{{}}\n'
            for n, (title, where) in enumerate(zip(titles, section, strict=True), start=1)
        )
    )
    clock = Clock(datetime(2026, 11, 13, 12, tzinfo=UTC))
    book = Workbook(root, clock)
    ids = [book.add_person(_NAMES[0], role="facilitator").member]
    for number in range(1, MEMBERS):
        name = _NAMES[number] if number < len(_NAMES) else f"Member {number} of the Group"
        ids.append(book.add_person(name, by=ids[0]).member)
    _hold(book, ids)
    clock.now += timedelta(days=8)
    plan_session(book, NEXT, by=ids[0], steps=[4, 5, 6], roles={"presenter": ids[3], "scribe": ids[4]})
    for number, member in enumerate(ids[:30]):
        book.enter("rsvp", by=member, session=NEXT, member=member, answer=("yes", "yes", "maybe", "no")[number % 4])
    return book


def _hold(book: Workbook, ids: list[str]) -> None:
    """Hold the session with three papers, at which everyone does everything."""
    plan_session(book, SESSION, by=ids[0], steps=[1, 2, 3], roles={"presenter": ids[1], "scribe": ids[2]})
    for number, member in enumerate(ids):
        if number % 5:
            book.enter("rsvp", by=member, session=SESSION, member=member, answer=("yes", "yes", "maybe", "no")[number % 4])
        state = ("present", "present", "late", "absent", "excused")[number % 5]
        book.enter("attendance", by=ids[0], session=SESSION, member=member, state=state)
        for paper in ("p1", "p2", "p3"):
            if number % 3:
                book.enter("reading", by=member, session=SESSION, member=member, item=paper, status="read")
    for number in range(12):
        member, paper = ids[number], f"p{number % 3 + 1}"
        notes = _NOTES if number % 4 == 0 else ""
        book.enter(
            "summary",
            by=member,
            session=SESSION,
            member=member,
            item=paper,
            big_idea=_BIG_IDEA,
            relevance=_RELEVANCE,
            text=notes,
        )
        book.enter("rating", by=member, session=SESSION, member=member, item=paper, rating=2 + number % 4)
    for number in range(6):
        text = f"How much of the gain number {number + 1} is format, and how much is the data itself?"
        asked = book.enter("question", by=ids[number], session=SESSION, member=ids[number], item="p1", text=text)
        if number < 2:
            book.enter(
                "answer",
                by=ids[5],
                session=SESSION,
                question=asked.id,
                member=ids[5],
                text="Half and half, as the appendix shows.",
            )
        book.enter("action", by=ids[0], session=SESSION, text=f"Find list {number + 1} of templates", owner=ids[number])
    for number in range(3):
        book.enter(
            "note", by=ids[0], session=SESSION, text=f"We read paper {number + 7} before the next section.", decision=True
        )
        book.enter("note", by=ids[2], session=SESSION, text="The options after a question matter: only classes are compared.")
    book.enter(
        "material", by=ids[1], session=SESSION, item="p1", label="Slides", url="https://example.org/slides", role="slides"
    )
    close_session(book, SESSION, by=ids[0])
