"""A question that a form asks before it does what one click cannot undo, or what may not be meant."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import close
from studygroup.journal.types.records import Person
from studygroup.text.text import or_list
from studygroup.workbook.workbook import Workbook

Answer = tuple[str, Callable[[], object]]


class Confirm(widgets.VBox):
    """A sentence that says what is about to happen, with a button for each answer; nothing is shown until something is asked.

    Only the first click on an answer counts: a double click does one thing.
    """

    children: Sequence[widgets.Widget]

    def __init__(self) -> None:
        super().__init__(layout=widgets.Layout(display="none"))
        self.add_class("sg-editor")

    @property
    def is_open(self) -> bool:
        """Whether a question waits for its answer."""
        return bool(self.children)

    def ask(self, question: str, *answers: Answer, leave: str = "Leave it as it is", danger: bool = False) -> None:
        """Ask, instead of what was asked before.

        Parameters
        ----------
        question
            Says what will happen; plain text.
        answers
            (label, what to do) pairs, the one that was meant first.
        leave
            The label of the answer that does nothing.
        danger
            Whether the first answer takes something away.
        """
        words = widgets.HTML(f"<p>{html.escape(question)}</p>")
        words.add_class("sg-said")
        style = "danger" if danger else "primary"
        buttons = [self._button(label, act, style if number == 0 else "") for number, (label, act) in enumerate(answers)]
        row = widgets.HBox([*buttons, self._button(leave, lambda: None, "")], layout={"flex_flow": "row wrap"})
        row.add_class("sg-buttons")
        self._show([words, row])

    def dismiss(self) -> None:
        """Ask no longer."""
        self._show([])

    def _show(self, children: Sequence[widgets.Widget]) -> None:
        old, self.children = self.children, children
        self.layout.display = None if children else "none"
        for widget in old:
            close(widget)

    def _button(self, label: str, act: Callable[[], object], style: str) -> widgets.Button:
        button = widgets.Button(description=label, button_style=style, layout={"width": "auto"})

        def answered(_: object) -> None:
            self.dismiss()
            act()

        button.on_click(answered)
        return button


def ask_who(
    confirm: Confirm, workbook: Workbook, name: str, known: Callable[[Person], object], new: Callable[[str], object]
) -> bool:
    """Add a new person, unless their name is nearly that of someone on the roster: then ask; return whether that is asked."""
    like = workbook.people_like(name)[:3]
    confirm.dismiss()
    if not like:
        new(name)
        return False
    confirm.ask(
        f"Is {name.strip()[:80]} {or_list(person.name for person in like)}?",
        *((f"Yes, it’s {person.name}", lambda person=person: known(person)) for person in like),
        ("No, add a new person", lambda: new(name)),
        leave="Add no one",
    )
    return True
