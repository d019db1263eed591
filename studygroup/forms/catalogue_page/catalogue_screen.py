"""The catalogue's screen: a header that says what comes next, and tabs to browse, compare models, import, fill and export."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from studygroup.catalogue.online.metadata import lacking
from studygroup.errors import StudygroupError
from studygroup.forms.catalogue_page.follow import titles_of
from studygroup.forms.kit import widgets
from studygroup.forms.kit.assist import Assist
from studygroup.forms.kit.blocks import block
from studygroup.forms.kit.form import counted
from studygroup.forms.layout.checklist import ScreenStep
from studygroup.forms.layout.frame import Frame
from studygroup.forms.layout.next_bar import NextBar
from studygroup.forms.layout.tabs import LazyTabs
from studygroup.storage.shared_files import exists
from studygroup.workbook.workbook import Workbook

BROWSE, MODELS, IMPORT, FILL, EXPORT = "Browse", "Models", "Import", "Fill", "Export"

CATALOGUE_TABS: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    BROWSE: {"main": (("browse", ""),)},
    MODELS: {"main": (("models", ""),)},
    IMPORT: {
        "main": (("importing", "Import a list"),),
        "side": (("shipped", "Lists that come with the program"), ("follow", "The group’s list")),
    },
    FILL: {"main": (("filling", "Authors and years"),)},
    EXPORT: {"main": (("exporting", "Write a list out"),)},
}
"""The columns of each tab from left to right, and the forms in each from top to bottom, with their headings."""


class CatalogueScreen(widgets.VBox):
    """Everything that is done with the catalogue, on one screen.

    Parameters
    ----------
    form
        Returns a form by its name; it is made then.
    """

    def __init__(self, workbook: Workbook, form: Callable[[str], Any]) -> None:
        self.workbook, self._form = workbook, form
        self.frame = Frame(self.show)
        self.head = widgets.HTML()
        self.next = NextBar(self._do)
        top = widgets.HBox([self.head, self.next])
        top.add_class("sg-head")
        self._browse = widgets.VBox(layout=widgets.Layout())
        self._browsing = ""
        self.tabs = LazyTabs([(tab, partial(self._columns, tab)) for tab in CATALOGUE_TABS], BROWSE)
        within = widgets.VBox([self.frame, top, self.tabs, Assist()])
        # As in every form, a double click is one click, and letters are no commands of JupyterLab.
        for name in ("sg-week", "sg-form"):
            within.add_class(name)
        super().__init__([within])
        self.add_class("sg-screen")
        self.add_class("sg-catalogue")
        self.show()

    def show(self) -> None:
        """Show in the header what the catalogue has, and what comes next."""
        with self.workbook.lock:
            try:
                papers, lists = self._counts()
                titles = titles_of(self.workbook)
                follows = titles.get(self.workbook.settings.syllabus, "")
                self.head.value = block("catalogue_head", self.workbook.settings.name, _in_words(papers, lists), follows)
                self.next.show(self._step(papers, titles), "Everything is filled in. Plan the next session in week.ipynb.")
                self._show_browse(papers)
            except (StudygroupError, OSError) as error:
                self.head.value = block("catalogue_head", self.workbook.settings.name, "", "")
                self.next.show(None, str(error).splitlines()[0])

    def _counts(self) -> tuple[int, int]:
        if not exists(self.workbook.folder / "catalogue.csv", self.workbook.folder):
            return 0, 0
        catalogue = self.workbook.catalogue
        return len(catalogue.items), len(catalogue.lists)

    # --- what comes next ------------------------------------------------------------------------------------------------

    def _step(self, papers: int, titles: dict[str, str]) -> ScreenStep | None:
        """Return what comes next: import, choose what the group reads, look up what is missing; None when all is done."""
        importing = self._form("importing") if self.tabs.is_made(IMPORT) else None
        if importing is not None and (ready := importing.ready):
            told = f"{counted(ready, 'entry is', 'entries are')} ready: look at the preview, then import."
            return ScreenStep("import", "", "", False, told, "Import", "importing", IMPORT, "import")
        if not papers:
            return ScreenStep("list", "", "", False, "The catalogue is empty.", "Choose a list", "shipped", BROWSE)
        if self.workbook.settings.syllabus not in titles:
            act = "follow" if len(titles) == 1 else ""
            label = "Read this list" if act else "Choose a list"
            return ScreenStep("follow", "", "", False, "The group reads no list yet.", label, "follow", IMPORT, act)
        return self._step_to_fill()

    def _step_to_fill(self) -> ScreenStep | None:
        filling = self._form("filling") if self.tabs.is_made(FILL) else None
        if filling is not None and filling.to_save:
            told = f"{counted(filling.to_save, 'cell was', 'cells were')} found: look at the rows, then save."
            return ScreenStep("save", "", "", False, told, "Save", "filling", FILL, "save")
        if number := filling.left if filling is not None else len(lacking(self.workbook.catalogue.items)):
            told = f"{counted(number, 'paper lacks', 'papers lack')} authors or a year."
            return ScreenStep("fill", "", "", False, told, "Look them up", "filling", FILL, "fill")
        return None

    def _do(self, step: ScreenStep) -> None:
        """Do what the header's button says, where one click can; and go there in any case."""
        acts: dict[str, Callable[[], object]] = {
            "import": lambda: self._form("importing").write(),
            "follow": lambda: self._form("follow").follow_only(),
            "fill": lambda: self._form("filling").start(),
            "save": lambda: self._form("filling").write(),
        }
        self.go_to(step.tab, step.place)
        if step.act:
            acts[step.act]()
            self.show()

    def go_to(self, tab: str, place: str) -> None:
        """Open a tab, and show a place of it."""
        with self.workbook.lock:
            self.tabs.turn_to(tab)
        self.frame.go(place)

    def look_at(self, title: str) -> None:
        """Show what an import of a list that comes with the program would come to."""
        self.go_to(IMPORT, "importing")
        with self.workbook.lock:
            self._form("importing").look_at(title)
            self.show()

    # --- laying out -----------------------------------------------------------------------------------------------------

    def _columns(self, tab: str) -> widgets.Widget:
        if tab == BROWSE:
            return self._browse
        made = [self._column(place, parts) for place, parts in CATALOGUE_TABS[tab].items()]
        box = widgets.Box(made)
        for name in ("sg-columns", f"sg-{tab.lower().replace(' ', '-')}"):
            box.add_class(name)
        if tab in (IMPORT, FILL):
            watched = self._form("importing" if tab == IMPORT else "filling")
            watched.save.observe(lambda _: self.show(), "disabled")
        return box

    def _show_browse(self, papers: int) -> None:
        """Show on the tab Browse the catalogue, or where there is nothing in it the lists to begin with."""
        name, title = ("browse", "") if papers else ("shipped", "Choose a list to begin with")
        shown = "sg-looking" if papers else "sg-begin"
        if self._browsing == name:
            return
        self._browsing = name
        box = widgets.Box([self._column("main", ((name, title),))])
        for one in ("sg-columns", "sg-browse", shown):
            box.add_class(one)
        self._browse.children = [box]

    def _column(self, place: str, parts: tuple[tuple[str, str], ...]) -> widgets.Widget:
        column = widgets.VBox([self._part(name, title) for name, title in parts])
        column.add_class(f"sg-{place}")
        return column

    def _part(self, name: str, title: str) -> widgets.Widget:
        """Return a form below its heading, or by itself."""
        head = []
        if title:
            head = [widgets.HTML(block("part_head", title))]
            head[0].add_class("sg-part-head")
        box = widgets.VBox([*head, self._form(name)])
        for one in (*(["sg-part"] if title else ["sg-whole"]), f"sg-part-{name}", f"sg-at-{name}"):
            box.add_class(one)
        return box


def _in_words(papers: int, lists: int) -> str:
    return f"{counted(papers, 'paper')} in {counted(lists, 'list')}" if papers else ""
