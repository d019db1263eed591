"""The agenda's pages: run by papermill for real, exported, and opened in a real browser without a network."""

from __future__ import annotations

import json
import multiprocessing
import re
import resource
import signal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest
from markdown_it import MarkdownIt

from studygroup.errors import CatalogueError, NotSavedError, PageError, TemplateError
from studygroup.meeting.after.report import report_of
from studygroup.meeting.before.agenda import SectionProgress, StepProgress, agenda_of
from studygroup.meeting.before.planning import plan_session
from studygroup.publish.charts import progress_chart, progress_in_words
from studygroup.publish.pages.agenda_page import AgendaPage
from studygroup.publish.pages.agenda_run import make_agenda_page
from studygroup.publish.pages.freshness import Freshness
from studygroup.publish.pages.report_run import make_report_page
from studygroup.workbook.workbook import Workbook
from tests.conftest import SETTINGS, Clock, write_workbook
from tests.support.alone import alone
from tests.support.templates import own_template

ADA = "ada-lovelace"
LAST, SESSION = "2026-11-13", "2026-11-20"
SITE = "https://papers.example.org/club"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one agenda, made once for the tests that only look at it."""
    settings = SETTINGS.replace('syllabus = "basics"', f'syllabus = "basics"\nsite_address = "{SITE}/"')
    root = write_workbook(tmp_path_factory.mktemp("made") / "book", settings)
    book = Workbook(root, Clock())
    book.add_person("Ada <b>Lovelace</b>", role="facilitator")
    plan_session(book, SESSION, by="ada-b-lovelace-b", steps=[1, 3, 4], roles={"presenter": "ada-b-lovelace-b"})
    make_agenda_page(book, SESSION)
    return root / "sessions" / SESSION


@pytest.mark.slow
def test_the_agenda_is_a_notebook_a_page_and_markdown(made: Path) -> None:
    """All three hold what is read; the notebook is valid and holds no path of this machine."""
    assert sorted(path.name for path in made.iterdir() if not path.name.startswith(".")) == [
        "agenda.html",
        "agenda.ipynb",
        "agenda.md",
        "records",
    ]
    notebook = nbformat.read(made / "agenda.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert str(made.parents[1]) not in (made / "agenda.ipynb").read_text()
    for name in ("agenda.html", "agenda.md"):
        text = (made / name).read_text()
        assert "Few-Shot Learners" in text
        assert "Ann Lee, Bo Chen, Cy Diaz and 2 others" in text


def test_the_markdown_is_what_one_would_paste_into_a_chat(made: Path) -> None:
    """Headings, times in every zone, links, the running order; people's marks are escaped; nothing is empty."""
    text = (made / "agenda.md").read_text()
    for line in [
        "# Thursday papers: Friday 20 November 2026",
        "- UTC: Fri 20 Nov, 23:00–00:30",
        "- New York: Fri 20 Nov, 18:00–19:30 EST",
        "- Kolkata: Sat 21 Nov, 04:30–06:00 IST",
        "90 minutes · presenter Ada \\<b\\>Lovelace\\</b\\> · no scribe yet",
        "Voice: #papers-voice · Chat: #papers · [How to join](https://meet.example.org/papers)",
        "### [Few-Shot Learners](https://arxiv.org/abs/2005.14165)",
        "Ann Lee, Bo Chen, Cy Diaz and 2 others · 2020 · no. 1 of 5, Start",
        "*Why it matters:* It began prompting.",
        "Also: [Code](https://example.org/code)",
        r"**[A Talk on \*Stars\* & \<Pipes\>](https://example.org/talk)**",
        "No link yet; ask in the channel.",
        r"| 23:10 | **The paper in brief** (Ada \<b\>Lovelace\</b\>): The problem, the method and the main result, without judging yet. | 20 |",
        "0 of 5 finished, 3 more in this session. Start: 0 of 2. Later: 0 of 3.",
        "- Fri 27 Nov, 23:00 UTC: Tuned Models (likely)",
    ]:
        assert line in text.splitlines()
    assert "\n\n\n" not in text


class _Elements(HTMLParser):
    """Collects what a page holds, with the stack of open elements."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_holds_no_script_and_asks_for_nothing(made: Path) -> None:
    """Its policy allows neither; the chart is drawn on the page, with words; links are http(s)."""
    page = _Elements()
    page.feed((made / "agenda.html").read_text())
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "iframe", "object", "embed", "form", "b"}
    [policy] = [
        attributes["content"] for tag, attributes in page.seen if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    words = [attributes["aria-label"] for tag, attributes in page.seen if tag == "svg"]
    assert words[:2] == ["1 this session, 1 ahead", "2 this session, 1 ahead"]
    links = [attributes["href"] or "" for tag, attributes in page.seen if tag == "a"]
    assert links
    assert all(link.startswith("https://") for link in links)
    assert {f"{SITE}/{path}" for path in (f"sessions/{SESSION}.html", "sessions/index.html", "list.html")} < {*links}
    assert f"{SITE}/items/few-shot.html" in links
    assert [tag for tag, _ in page.seen if tag == "h1"] == ["h1"]
    shared = {attributes["property"]: attributes["content"] for _, attributes in page.seen if "property" in attributes}
    assert shared == {
        "og:type": "article",
        "og:title": "Fri 20 Nov · Few-Shot Learners · A Talk and Few-Shot Learners · Several Papers",
        "og:description": "Friday 20 November 2026, 23:00 UTC · 90 minutes · presenter Ada <b>Lovelace</b> · no scribe yet",
        "og:site_name": "Thursday papers",
        "og:url": f"{SITE}/sessions/{SESSION}.html",
    }


@pytest.mark.parametrize("width", [1200, 375])
def test_a_browser_opens_the_page_without_a_network(made: Path, browser: Any, width: int) -> None:
    """No failed request, no console message, no sideways scrolling, and every outside address would be refused."""
    with alone(browser, width) as window:
        page = window.open((made / "agenda.html").as_uri())
        assert page.title() == "Fri 20 Nov · Few-Shot Learners · A Talk and Few-Shot Learners · Several Papers"
        assert [one.bounding_box()["height"] for one in page.locator(".chart svg").all()] == [16, 16]
        assert window.wrong == []


def test_it_prints_on_paper(made: Path, browser: Any, tmp_path: Path) -> None:
    """A PDF of a few pages comes out."""
    context = browser.new_context()
    page = context.new_page()
    page.goto((made / "agenda.html").as_uri())
    page.pdf(path=tmp_path / "agenda.pdf", format="A4")
    assert 1 <= (tmp_path / "agenda.pdf").read_bytes().count(b"/Type /Page\n") <= 5
    context.close()


@pytest.mark.slow
def test_making_it_again_replaces_what_was_generated_and_nothing_typed(workbook: Workbook, folder: Path) -> None:
    """Records stay byte for byte; a page that someone edited is kept beside the new one; where nothing changed, all is as it was."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    first, _ = make_agenda_page(workbook, SESSION)
    session = folder / "sessions" / SESSION
    records = {path: path.read_bytes() for path in session.rglob("*.jsonl")}
    (session / "agenda.md").write_text("my own words")
    (session / "notes.txt").write_text("typed")
    plan_session(workbook, SESSION, by=ADA, steps=[2])
    changed = {path: path.read_bytes() for path in records}
    again, _ = make_agenda_page(workbook, SESSION)
    assert again.files == first.files
    assert again.kept == (session / "agenda.edited-1.md",)
    assert (session / "agenda.edited-1.md").read_text() == "my own words"
    assert "Tuned Models" in (session / "agenda.md").read_text()
    assert {path: path.read_bytes() for path in records} == changed
    assert (session / "notes.txt").read_text() == "typed"
    made = [file.read_bytes() for file in again.files]
    third, _ = make_agenda_page(workbook, SESSION)
    assert third.kept == ()
    assert [file.read_bytes() for file in third.files] == made


@pytest.mark.slow
def test_a_cell_that_raises_keeps_the_run_and_the_last_good_agenda(workbook: Workbook, folder: Path) -> None:
    """The message names the cell and the error; a later good run takes the failed one away."""
    session = folder / "sessions" / SESSION
    make_agenda_page(workbook, SESSION)
    good = {path.name: path.read_bytes() for path in session.iterdir() if path.is_file()}
    own_template(folder, "agenda", "print('so far')", "# a comment\nvalue = {}\nvalue['absent']")
    with pytest.raises(TemplateError) as caught:
        make_agenda_page(workbook, SESSION)
    assert "raised KeyError: 'absent'. The line: value['absent']." in str(caught.value)
    assert f"Cell 3 of {folder}/notebooks/templates/agenda.ipynb" in str(caught.value)
    assert {name: (session / name).read_bytes() for name in good} == good
    failed = nbformat.read(session / "agenda.failed.ipynb", as_version=4)
    assert any("so far" in json.dumps(cell.get("outputs", [])) for cell in failed.cells)
    (folder / "notebooks" / "templates" / "agenda.ipynb").unlink()
    make_agenda_page(workbook, SESSION)
    assert not (session / "agenda.failed.ipynb").exists()


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{", "could not be run: NotJSONError"),
        ('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', ""),
        ('{"a": 1}', "could not be run: "),
    ],
)
def test_a_template_that_is_no_notebook_is_told(workbook: Workbook, folder: Path, template: str, message: str) -> None:
    """In a sentence that names it; a notebook without a kernel's name runs on ours."""
    (folder / "notebooks" / "templates").mkdir(parents=True)
    (folder / "notebooks" / "templates" / "agenda.ipynb").write_text(template)
    if message:
        with pytest.raises(PageError, match=message):
            make_agenda_page(workbook, SESSION)
    else:
        make_agenda_page(workbook, SESSION)


@pytest.mark.usefixtures("own_kernel")
def test_a_kernel_that_dies_is_told(workbook: Workbook, folder: Path) -> None:
    """As when the machine runs out of memory."""
    own_template(folder, "agenda", "import os; os._exit(3)")
    with pytest.raises(PageError, match=r"The kernel that ran .* died"):
        make_agenda_page(workbook, SESSION)


LAUNCHERS = {
    "noisy": "import os\nos.write(1, b'noise\\n')\nos.write(2, b'noise\\n')\n"
    "from ipykernel.kernelapp import launch_new_instance\nlaunch_new_instance()\n",
    "broken": "import os\nos.write(2, b'noise\\n')\nraise SystemExit('There is no room for a kernel.\\n\\n')\n",
}


@pytest.mark.usefixtures("own_kernel")
@pytest.mark.parametrize("launcher", ["noisy", "broken"])
def test_what_the_process_of_a_kernel_says_of_its_own_reaches_no_terminal(
    launcher: str,
    workbook: Workbook,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Such as tracebacks of its last moments; where it does not start, the last line says why."""
    (tmp_path / "launcher").mkdir()
    (tmp_path / "launcher" / "ipykernel_launcher.py").write_text(LAUNCHERS[launcher])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "launcher"))
    if launcher == "noisy":
        make_agenda_page(workbook, SESSION)
    else:
        with pytest.raises(PageError, match=r"^A kernel could not be started: There is no room for a kernel\.$"):
            make_agenda_page(workbook, SESSION)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_wrong_setting_is_told_as_such(workbook: Workbook, folder: Path) -> None:
    """Not as a cell of the template that raised; nothing is left behind."""
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', 'syllabus = "basisc"'))
    with pytest.raises(CatalogueError, match=r"There is no list 'basisc' \(did you mean 'basics'\?\)"):
        make_agenda_page(Workbook(folder, workbook.clock), SESSION)
    assert list(folder.rglob("agenda*")) == []


@pytest.mark.slow
def test_a_group_s_own_template_may_show_anything(workbook: Workbook, folder: Path) -> None:
    """Tables, pictures, Markdown, text and what is printed come onto the page, cleaned; no warning is printed."""
    own_template(
        folder,
        "agenda",
        "import pandas as pd\npd.DataFrame({'a<b': ['<script>x</script>']})",
        "from IPython.display import SVG, Image, Markdown\nMarkdown('*words* <script>y</script>')",
        'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\')',
        "import base64\nImage(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))",
        "print('printed <b>')\n{'plain': 1}",
    )
    make_agenda_page(workbook, SESSION)
    page, text = ((folder / "sessions" / SESSION / f"agenda.{ending}").read_text() for ending in ("html", "md"))
    elements = _Elements()
    elements.feed(page)
    assert [(attributes.get("src") or "")[:22] for tag, attributes in elements.seen if tag == "img"] == [
        "data:image/svg+xml;bas",
        "data:image/png;base64,",
    ]
    assert "script" not in {tag for tag, _ in elements.seen}
    for words in ("<em>words</em>", "printed &lt;b&gt;", "{&#39;plain&#39;: 1}"):
        assert words in page
    for words in ("*words*", "    printed <b>", "    {'plain': 1}", "(a picture; it is on the page)"):
        assert words in text


def _make_with_little_room(folder: Path) -> None:
    from tests.conftest import Clock

    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        make_agenda_page(Workbook(folder, Clock()), SESSION)
    except (NotSavedError, OSError) as error:
        (folder / "message").write_text(f"{type(error).__name__}: {error}")


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_half_written(workbook: Workbook, folder: Path) -> None:
    """Old pages stand whole, and the message says why."""
    make_agenda_page(workbook, SESSION)
    session = folder / "sessions" / SESSION
    good = {path.name: path.read_bytes() for path in session.iterdir()}
    process = multiprocessing.get_context("spawn").Process(target=_make_with_little_room, args=(folder,))
    process.start()
    process.join()
    assert (folder / "message").read_text().startswith("NotSavedError: ")
    assert {path.name: path.read_bytes() for path in session.iterdir()} == good


def test_a_file_in_the_folders_place_is_told(workbook: Workbook, folder: Path) -> None:
    """As when someone saved a file called sessions."""
    (folder / "sessions").rmdir()
    (folder / "sessions").write_text("")
    with pytest.raises(NotSavedError, match="could not be made"):
        make_agenda_page(workbook, SESSION)


def test_hostile_text_stays_text(workbook: Workbook, folder: Path) -> None:
    """What a list or a member may hold neither runs nor breaks the page."""
    hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)>|`$x$[a](javascript:b)"
    catalogue = folder / "catalogue.csv"
    catalogue.write_text(
        catalogue.read_text()
        .replace("Few-Shot Learners,paper", f'"{hostile}",paper')
        .replace("It began prompting.", f'"{hostile}"')
        .replace("Ann Lee;", f"{hostile.replace(';', '')};")
    )
    listed = folder / "lists" / "basics.csv"
    listed.write_text(
        listed.read_text().replace("Few-Shot Learners,https", f'"{hostile}",https').replace("Basics > Start", hostile)
    )
    page = AgendaPage(agenda_of(Workbook(folder, workbook.clock)))
    for block in (page.heading(), page.reads(), page.order(), page.discussion(), page.progress(), page.upcoming()):
        elements = _Elements()
        elements.feed(block.html)
        assert not {tag for tag, _ in elements.seen} & {"script", "iframe"}
        assert all(name in {"src", "alt", "width"} for tag, attributes in elements.seen if tag == "img" for name in attributes)
        rendered = _Elements()
        rendered.feed(MarkdownIt("gfm-like", {"linkify": False}).render(block.markdown))
        assert not {tag for tag, _ in rendered.seen} & {"script", "img"}
        assert not [attributes for tag, attributes in rendered.seen if "javascript" in str(attributes)]


def test_a_cancelled_or_empty_agenda_has_no_empty_headings(workbook: Workbook, folder: Path) -> None:
    """Only what there is to say is said."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    plan_session(workbook, SESSION, by=ADA, cancelled=True, why="Holiday")
    page = AgendaPage(agenda_of(workbook, SESSION))
    assert "This session is cancelled." in page.heading().markdown
    blocks = (page.reads(), page.order(), page.discussion(), page.progress())
    assert [(block.html.strip(), block.markdown.strip()) for block in blocks] == [("", "")] * 4
    # Nothing invites to a session that does not take place.
    assert not any(words in page.heading().html for words in ("23:00", "90 minutes", "#papers", "meet.example.org"))
    assert not any(words in page.heading().markdown for words in ("23:00", "90 minutes", "#papers", "meet.example.org"))
    settings = folder / "pyproject.toml"
    settings.write_text(settings.read_text().replace('syllabus = "basics"', ""))
    bare = AgendaPage(agenda_of(Workbook(folder, workbook.clock), "2026-11-27"))
    assert "The group has no reading list yet" in bare.reads().markdown
    assert bare.progress().markdown.strip() == ""


@pytest.mark.slow
def test_agenda_and_report_lead_to_each_other_without_a_site(workbook: Workbook, folder: Path) -> None:
    """To what is in the workbook's folder, and to nothing that is not there; a report is fresh until it could lead to its agenda."""
    workbook.add_person("Ada Lovelace", role="facilitator")
    for day in (LAST, SESSION):
        plan_session(workbook, day, by=ADA, steps=[1])
        workbook.enter("attendance", by=ADA, session=day, member=ADA, state="present")

    def links(session: str, name: str) -> list[str | None]:
        page = _Elements()
        page.feed((folder / "sessions" / session / f"{name}.html").read_text())
        return [attributes["href"] for tag, attributes in page.seen if tag == "a" and "://" not in (attributes["href"] or "")]

    make_report_page(workbook, LAST)
    assert links(LAST, "report") == []
    fresh = Freshness(workbook).made_from(report_of(workbook, LAST))
    make_agenda_page(workbook, LAST)
    assert Freshness(workbook).made_from(report_of(workbook, LAST)) != fresh
    make_report_page(workbook, LAST)
    make_agenda_page(workbook, SESSION)
    assert (links(LAST, "report"), links(LAST, "agenda")) == (["agenda.html"], ["report.html"])
    assert links(SESSION, "agenda") == [f"../{LAST}/report.html"]
    assert (folder / "sessions" / SESSION / f"../{LAST}/report.html").is_file()


def test_the_chart_is_the_same_for_the_same_progress(workbook: Workbook) -> None:
    """A box a step, told apart by shape; the words say the same."""
    progress = agenda_of(workbook).progress
    assert progress is not None
    chart = progress_chart(progress)
    assert chart == progress_chart(progress)
    rows, rest = chart.split('<ul class="key">')
    assert [rows.count(f'class="{state}"') for state in ("covered", "here", "ahead")] == [0, 1, 1]
    assert "Not started: Later (3)" in rest
    assert progress_in_words(progress) == "0 of 5 finished, 1 more in this session. Start: 0 of 2. Not started: Later (3)."


def test_the_agenda_is_json_for_machines(workbook: Workbook) -> None:
    """Everything in it is plain data."""
    decoded = msgspec.json.decode(msgspec.json.encode(agenda_of(workbook)))
    assert decoded["reads"][0]["works"][0]["title"] == "Few-Shot Learners"


@pytest.mark.slow
def test_cells_are_counted_while_they_run(workbook: Workbook) -> None:
    """A form's bar is told of each cell when it is done; the page is the same as without.

    Meanwhile this process stays in its folder: other threads make pages in it too.
    """
    told: list[tuple[int, int]] = []
    here, places = Path.cwd(), set()

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        places.add(Path.cwd())

    generated, _ = make_agenda_page(workbook, on_cell=tell)
    assert places == {here}
    page = generated.files[1].read_bytes()
    total = told[-1][1]
    assert total > 5
    assert [done for done, _ in told] == list(range(1, total + 1))
    make_agenda_page(workbook)
    assert generated.files[1].read_bytes() == page


def test_a_long_list_stays_a_small_chart() -> None:
    """Up to 75 steps of a section are boxes, more are one bar; of many sections, finished ones take one line, which names a few."""

    def chart(*sections: tuple[str, ...]) -> str:
        steps = [step for section in sections for step in section]
        parts = tuple(SectionProgress(f"Part {number}", section) for number, section in enumerate(sections))
        return progress_chart(StepProgress(steps.count("covered"), steps.count("here"), len(steps), parts))

    def rows(made: str) -> list[int]:
        return [row.count("<rect") for row in made.split('<ul class="key">')[0].split("</svg>")[:-1]]

    assert rows(chart(("covered",) * 6 + ("here",) + ("ahead",) * 8)) == [15]
    assert rows(chart(("covered",) * 40 + ("ahead",) * 35)) == [75]
    bar = chart(("covered",) * 143 + ("here",) * 2 + ("ahead",) * 155)
    assert rows(bar) == [3]
    assert 'aria-label="143 finished, 2 this session, 155 ahead"' in bar
    ends = [float(x) + float(wide) for x, wide in re.findall(r'x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', bar)]
    assert ends[0] < ends[1] < ends[2] < 280
    many = chart(*[("covered",) * 20] * 9, ("covered", "ahead"), ("ahead",) * 30)
    assert rows(many) == [2]
    assert "Finished: Part 0 (20), Part 1 (20)" in many and "Not started: Part 10 (30)" in many
    named = "Part 2 (8), Part 3 (8), Part 4 (8), Part 5 (8), Part 6 (8), Part 7 (8), Part 8 (8)"
    started = ("covered",) * 8
    assert f"Not started: Part 1 (8), {named}, Part 9 (4)<" in chart(started, *[("ahead",) * 8] * 8, ("ahead",) * 4)
    assert f"Not started: Part 1 (8), {named}, and 29 more sections (228)<" in chart(
        started, *[("ahead",) * 8] * 36, ("ahead",) * 4
    )
