"""What to read of each paper of a session and what to ask about it; a place, a link and a note of this session alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studygroup.forms.kit import widgets
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import STYLE, close, sheet
from studygroup.forms.kit.form_context import DECIDING, FormContext, SaveStatus
from studygroup.forms.kit.inputs import Area, TextLine
from studygroup.forms.kit.pickers import FIELD
from studygroup.journal.types.records import MOST_QUESTIONS, Guide, Plan
from studygroup.publish.blocks import to_on
from studygroup.text.text import to_short_day
from studygroup.workbook.workbook import plan_fields


class GuideForm(widgets.VBox):
    """The session's papers with the part to read and up to five questions each, and where the session meets.

    Parameters
    ----------
    session
        Returns the id of the session that is planned.
    """

    def __init__(self, context: FormContext, session: Callable[[], str]) -> None:
        self.context, self._session, self.receipt = context, session, SaveStatus()
        self.about, self.papers = widgets.HTML(), widgets.VBox()
        line: dict[str, Any] = {"style": STYLE, "layout": FIELD, "refused": self.receipt.refuse}
        self.place = TextLine(description="Place", placeholder="where this session meets, if not as usual", **line)
        self.link = TextLine(description="Meeting link", placeholder="https://… for this session only", **line)
        self.note = TextLine(description="Note", placeholder="what everyone should know before the session", **line)
        self.save_place = widgets.Button(description="Save place and note", layout={"width": "auto"})
        self.save_place.on_click(lambda _: self._save_place())
        self._seen, self._places = "", ("", "", "", "")
        self._items: tuple[str, tuple[str, ...]] = "", ()
        super().__init__([self.about, self.papers, self.place, self.link, self.note, self.save_place, self.receipt])
        sheet(self)
        context.on_change(self.show, *DECIDING)
        self.show()

    def show(self) -> None:
        """Show what is current for the session; what is being typed stays, unless it was changed elsewhere."""
        workbook, session = self.context.workbook, self._session()
        agenda, held = self.context.agenda_for(session), workbook.latest(Plan, session)
        self.about.value = block("told_next", f"For the session of {to_short_day(agenda.start)}.")
        self._seen = held.id if held else ""
        places = (session, *((held.place, held.link, held.note) if held else ("", "", "")))
        if places != self._places:
            self._places = places
            _, self.place.value, self.link.value, self.note.value = places
        works = {work.id: work.title for read in agenda.reads for work in read.works}
        works |= {read.reference: read.title for read in agenda.reads if read.reference and not read.works}
        if (session, tuple(works)) != self._items:
            self._items = session, tuple(works)
            old = self.papers.children
            self.papers.children = tuple(PaperGuide(self, session, item, title) for item, title in works.items())
            for widget in old:
                close(widget)
        for paper in self.papers.children:
            paper.show()

    def _save_place(self) -> None:
        with self.context.acting(self.receipt):
            session = self._session()
            fields = dict(plan_fields(self.context.workbook.latest(Plan, session)))
            fields |= {"place": self.place.value.strip(), "link": self.link.value.strip(), "note": self.note.value.strip()}
            self.context.save(self.receipt, "plan", seen=self._seen, session=session, what="place and note", **fields)


class PaperGuide(widgets.VBox):
    """One paper of a session: the part to read, and its questions, one a line; ``about`` is its item, or an entry that names none."""

    def __init__(self, form: GuideForm, session: str, about: str, title: str) -> None:
        self.form, self.session, self.title = form, session, title
        self.item, self.entry = ("", about) if "/" in about else (about, "")
        refuse = form.receipt.refuse
        self.head = widgets.HTML()
        self.part = TextLine(
            description="Read",
            placeholder="such as sections 1 to 3 (optional)",
            style=STYLE,
            layout=FIELD,
            refused=refuse,
        )
        self.questions = Area(
            description="Questions",
            placeholder=f"one a line, up to {MOST_QUESTIONS}; empty: the usual three",
            style=STYLE,
            layout=FIELD,
            rows=MOST_QUESTIONS,
            refused=refuse,
        )
        self.save = widgets.Button(
            description="Save", tooltip=f"Save what to read of {title}", layout={"width": "auto", "align_self": "flex-start"}
        )
        self.save.on_click(lambda _: self._save())
        self._shown: object = None
        self._seen = ""
        super().__init__([self.head, self.part, self.questions, self.save])

    def show(self) -> None:
        """Show what was said of it for this session, else what was said for an earlier session that read it."""
        held = self.form.context.workbook.latest(Guide, self.session, self.item, self.entry)
        shown = held or last_guide(self.form.context, self.session, self.item, self.entry)
        self._seen = held.id if held else ""
        status = f"as in the session of {to_on(shown.session)}; not saved yet" if shown and not held else ""
        self.head.value = block("found", self.title, "", status)
        if self._shown != (shown.id if shown else ""):
            self._shown = shown.id if shown else ""
            self.part.value = shown.part if shown else ""
            self.questions.value = "\n".join(shown.questions) if shown else ""

    def _save(self) -> None:
        questions = tuple(line.strip() for line in self.questions.value.splitlines() if line.strip())
        about: dict[str, Any] = {
            "item": self.item,
            "entry": self.entry,
            "part": self.part.value.strip(),
            "questions": questions,
        }
        self.form.context.save(
            self.form.receipt, "guide", seen=self._seen, session=self.session, what=f"what to read of {self.title}", **about
        )


def last_guide(context: FormContext, session: str, item: str, entry: str = "") -> Guide | None:
    """Return what was said of a paper for the last session before this one that had something said of it."""
    before = [
        one
        for one in context.workbook.current.current(Guide)
        if (one.item, one.entry) == (item, entry) and one.session < session
    ]
    return max(before, key=lambda one: one.session, default=None)
