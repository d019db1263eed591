"""What the forms that look through the catalogue share: a search as one types, choices, a page of items, and one item's card."""

from __future__ import annotations

from typing import Any, ClassVar

from studygroup.catalogue.items.shelf import Shelf
from studygroup.forms.catalogue_page.item_card import ItemCard
from studygroup.forms.catalogue_page.item_list import FoundItem, ItemList
from studygroup.forms.catalogue_page.readers import Readers
from studygroup.forms.kit import widgets
from studygroup.forms.kit.form import PAGE, STYLE, StatusLine, counted, repeats, sheet
from studygroup.forms.kit.inputs import TextLine
from studygroup.forms.kit.pickers import Pick
from studygroup.storage.shared_files import exists
from studygroup.workbook.workbook import Workbook


class FindForm(widgets.VBox):
    """Items that are found by words and choices, a page at a time; the first of them, or the one that was pressed, has its card shown.

    Attributes
    ----------
    heads
        The heads of the columns.
    noun
        What is found: one, and several.
    example
        What can be typed into the search.
    """

    heads: ClassVar[tuple[str, ...]] = ("Title",)
    noun: ClassVar[tuple[str, str]] = ("paper", "papers")
    example: ClassVar[str] = ""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._shelf: Shelf | None = None
        self._found: list[Any] = []
        self._page, self._chosen = 0, ""
        self.read: Readers | None = None
        self.said = StatusLine()
        self.words = TextLine(
            description="Search", placeholder=self.example, style=STYLE, layout={"width": "auto"}, refused=self.said.refuse
        )
        self.words.add_class("sg-search")
        self.picks = self._make_picks()
        self.clear = widgets.Button(
            description="Clear", tooltip="Clear the search and all choices", layout=widgets.Layout(width="auto")
        )
        self.clear.add_class("sg-as-link")
        self.clear.on_click(lambda _: self._clear())
        self.list = ItemList(self._choose, self.heads, self.noun[1].capitalize())
        self.card = ItemCard(lambda: self._show_card(False))
        self.count = widgets.HTML()
        self.count.add_class("sg-said")
        self.count.add_class("sg-found-count")
        self.back = widgets.Button(description="Previous", tooltip="Previous page", layout={"width": "auto"})
        self.on = widgets.Button(description="Next", tooltip="Next page", layout={"width": "auto"})
        self.back.on_click(lambda _: self._turn(-1))
        self.on.on_click(lambda _: self._turn(1))
        self.turner = repeats(widgets.HBox([self.back, self.on], layout=widgets.Layout()))
        # The lines about what was found have no part in the choices' row, so that it never moves.
        self.fields = widgets.Box([self.words, *self.picks])
        self.fields.add_class("sg-find-fields")
        told = widgets.HBox([self.count, self.clear])
        told.add_class("sg-find-told")
        place = widgets.VBox([self.list, self.turner])
        place.add_class("sg-find-list")
        self.body = widgets.Box([place, self.card])
        self.body.add_class("sg-find-body")
        super().__init__([self.fields, told, self.said, self.body])
        self.add_class("sg-find")
        sheet(self)
        self.show()
        for field in (self.words, *self.picks):
            field.observe(lambda _: self._look(), "value")

    # --- what a kind of form says ---------------------------------------------------------------------------------------

    def _make_picks(self) -> list[Pick]:
        raise NotImplementedError

    def _offer(self, shelf: Shelf) -> None:
        """Offer in the choices what there is now."""
        raise NotImplementedError

    def _look_through(self, shelf: Shelf, words: str) -> list[Any]:
        """Return what fits, as ``_line`` takes it."""
        raise NotImplementedError

    def _line(self, shelf: Shelf, found: Any) -> FoundItem:
        raise NotImplementedError

    def _nothing(self, shelf: Shelf | None) -> str:
        """Return what is said where nothing was found."""
        raise NotImplementedError

    # --- looking --------------------------------------------------------------------------------------------------------

    @property
    def shelf(self) -> Shelf | None:
        """The catalogue as it is looked through; None where there is none yet."""
        if not exists(self.workbook.folder / "catalogue.csv", self.workbook.folder):
            self._shelf = None
        elif self._shelf is None or self._shelf.catalogue is not self.workbook.catalogue:
            self._shelf = Shelf(self.workbook.catalogue)
        return self._shelf

    def show(self) -> None:
        """Show what the catalogue and the journal say now."""
        self.said.value = ""
        with self.workbook.lock, self.said.errors():
            shelf = self.shelf
            # What was entered can only be read beside a catalogue.
            self.read = Readers(self.workbook) if shelf is not None else None
            if shelf is not None:
                self._offer(shelf)
            self._list()

    def _look(self) -> None:
        self._page, self._chosen = 0, ""
        self._show_card(False)
        with self.workbook.lock, self.said.errors():
            self._list()

    def _turn(self, by: int) -> None:
        self._page += by
        self._chosen = ""
        self._list()

    def _list(self) -> None:
        shelf = self.shelf
        self._found = self._look_through(shelf, self.words.value) if shelf is not None else []
        last = max(0, (len(self._found) - 1) // PAGE)
        self._page = min(max(self._page, 0), last)
        begin = self._page * PAGE
        lines = [self._line(shelf, one) for one in self._found[begin : begin + PAGE]] if shelf is not None else []
        if self._chosen not in {line.id for line in lines}:
            self._chosen = lines[0].id if lines else ""
        self.list.show(lines, self._chosen)
        self.back.disabled, self.on.disabled = self._page == 0, self._page == last
        self.turner.layout.display = None if last else "none"
        narrowed = bool(self.words.value.strip() or any(pick.value for pick in self.picks))
        self.clear.layout.display = None if narrowed else "none"
        self.count.value = self._counted(begin, len(lines)) if lines else f"<p>{self._nothing(shelf)}</p>"
        self._fill_card()

    def _counted(self, begin: int, shown: int) -> str:
        found = counted(len(self._found), *self.noun)
        return f"<p>{found}</p>" if len(self._found) == shown else f"<p>{begin + 1:,} to {begin + shown:,} of {found}</p>"

    def _clear(self) -> None:
        self.words.value = ""
        for pick in self.picks:
            pick.value = pick.options[0][1]

    # --- the card -------------------------------------------------------------------------------------------------------

    def _choose(self, item: str) -> None:
        self._chosen = item
        self.list.shown = item
        with self.workbook.lock, self.said.errors():
            self._fill_card()
        self._show_card(True)

    def _show_card(self, shown: bool) -> None:
        """Where it is narrow, show the card in the list's place, or the list again."""
        (self.body.add_class if shown else self.body.remove_class)("sg-has-card")

    def _fill_card(self) -> None:
        shelf = self.shelf
        if shelf is not None and self.read is not None:
            self.card.show(shelf, self._chosen, self.read.facts(self._chosen))
