"""Measure both weekly notebooks in a real JupyterLab and a real Chromium, with a big group; prints a table, or JSON.

forms_speed.py                        200 members, 300 works in the syllabus, 52 sessions
forms_speed.py --sessions 5 --each 2  a smaller journal
forms_speed.py --json

Each line shows the median and the quickest time. A form, or a tab that is opened for the first time, stands when its last change is painted; a click is answered when what became of it is painted. Both are
measured in the page, from the moment the cell is run or the button pressed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pandas as pd
from journal_data import ITEMS, Writer, write_journal

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from studygroup.catalogue.items.columns import COLUMNS  # noqa: E402
from studygroup.forms.layout.week_screen import GROUP, PREPARE, WRAP_UP  # noqa: E402
from studygroup.forms.member_page.member_screen import READING, SYLLABUS  # noqa: E402
from studygroup.meeting.before.planning import plan_session  # noqa: E402
from studygroup.workbook.workbook import Workbook  # noqa: E402
from tests.support.chromium import chromium_path, started_chromium  # noqa: E402
from tests.support.in_lab import PLACES, Seat, running_lab  # noqa: E402

STANDS_MS, ANSWERS_MS = 500, 150
"""What is aimed at, in milliseconds."""
TIMES = 5
"""How often each is done."""

SETTINGS = """\
[tool.studygroup]
name = "Big"
syllabus = "basics"
facilitators = ["member-000"]

[[tool.studygroup.slots]]
valid_from = {first}
weekday = "{weekday}"
time = "{time}"
zone = "UTC"
every = "week"
length_min = 90
"""

OPENED = {"week": (GROUP, PREPARE, WRAP_UP), "member": (READING, SYLLABUS)}
"""The tabs that are opened one after the other; another one is open first."""

Click = tuple[str, str, str]
"""The text of a cell, or ``week.`` and a form of the facilitator's screen; what is done in its form as JavaScript (``form`` and ``find``), and when it is answered."""

# `find` takes words that a button's name begins with; `said` is what the form's lines say of the last click.
CLICKS: dict[str, list[Click]] = {
    "week": [
        ("week.people", "find(turn % 2 ? 'Cancel' : 'Change').click()", "turn % 2 ? !named('Cancel') : named('Cancel')"),
        ("week.people", "find('Next').click()", "true"),
        ("week.people", "type('Search', word(turn))", "true"),
        ("week.plan", "find('Add next step').click()", "saved()"),
        ("week.plan", "find('Up').click()", "saved()"),
        ("week.plan", "pick('Presenter', turn + 2)", "saved()"),
        ("week.plan", "type('Add', word(turn))", "true"),
        ("week.agenda", "find(turn % 2 ? 'Hide' : 'Preview').click()", "named(turn % 2 ? 'Preview' : 'Hide')"),
        ("week.announce", "find(['Reminder', 'Agenda'][turn % 2]).click()", "true"),
        ("week.attendance", "find(['Late', 'Here'][turn % 2], 30).click()", "saved()"),
        ("week.attendance", "find('Next').click()", "true"),
        ("week.attendance", "type('Search', word(turn))", "true"),
        ("week.timer", "find(turn % 2 ? 'Pause' : turn ? 'Go on' : 'Start').click()", "named(turn % 2 ? 'Go on' : 'Pause')"),
        ("week.notes", "type('Note', 'A note ' + turn, true); find('Add note').click()", "saved()"),
        ("week.questions", "type('Question', 'Why ' + turn + '?', true); find('Add question').click()", "saved()"),
        ("week.questions", "find('Dropped', turn).click()", "saved()"),
        ("week.actions", "type('Action', 'Do it ' + turn, true); find('Add action').click()", "saved()"),
        ("week.actions", "find('Done', turn + 3).click()", "saved()"),
        (
            "week.materials",
            "type('Title', 'Slides ' + turn, true); type('Address', 'https://example.org/' + turn, true);"
            " find('Add link').click()",
            "saved()",
        ),
        ("week.close", "find(turn % 2 ? 'Undo' : 'Close').click()", "saved()"),
        ("week.history", "find('Next').click()", "true"),
        ("week.history", "pick('Person', turn + 2)", "true"),
    ],
    "member": [
        ("member.next", "find(['Maybe', 'Yes'][turn % 2]).click()", "saved()"),
        ("member.reads", "find(['Reading', 'Read', 'Skimmed'][turn % 3]).click()", "saved()"),
        ("member.reads", "find(String(turn % 5 + 1)).click()", "saved()"),
        ("member.summary", "type('Big idea', 'It scales ' + turn, true); find('Save summary').click()", "saved()"),
        ("member.summary", "pick('Paper', turn % 2 ? 0 : 40)", "true"),
        (
            "member.materials",
            "type('Title', 'Slides ' + turn, true); type('Address', 'https://example.org/m' + turn, true);"
            " find('Add link').click()",
            "saved()",
        ),
        ("member.questions", "type('Open questions', 'How ' + turn + '?', true); find('Ask').click()", "saved()"),
        ("member.syllabus", "find(['Read', 'Skimmed'][turn % 2], 20).click()", "saved()"),
        ("member.syllabus", "find('Next').click()", "true"),
        ("member.syllabus", "type('Search', word(turn))", "true"),
    ],
}

IN_PAGE = """
window.measured = (() => {
  const QUIET_MS = 300;
  const panel = () => window.jupyterapp.shell.currentWidget;
  const cells = () => panel().content.widgets.filter(cell => cell.model.type === 'code');
  const cellOf = text => cells().find(cell => cell.model.sharedModel.source.trim().split('\\n').at(-1) === text);
  const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
  const wait = ms => new Promise(done => setTimeout(done, ms));
  // Resolves with the time of the last change that is followed by quiet, once a condition holds.
  async function settled(root, holds, begin, limit = 60000) {
    let last = 0;
    const watch = new MutationObserver(() => { last = performance.now(); });
    watch.observe(root, {childList: true, subtree: true, attributes: true, characterData: true});
    try {
      while (performance.now() - begin < limit) {
        await painted();
        if (last && holds() && performance.now() - last > QUIET_MS) return last - begin;
      }
      return null;
    } finally { watch.disconnect(); }
  }
  async function inView(cell) {
    const place = panel().content.widgets.indexOf(cell);
    if (panel().content.activeCellIndex === place) return;
    panel().content.activeCellIndex = place;
    await panel().content.scrollToItem(place, 'start');
    await wait(300);
  }
  async function stands(text) {
    const cell = cellOf(text);
    await inView(cell);
    const begin = performance.now();
    const done = settled(cell.node, () => cell.node.querySelector('.jp-OutputArea-output .jupyter-widgets')?.offsetHeight > 0, begin);
    await window.jupyterapp.commands.execute('notebook:run-cell');
    return done;
  }
  // Opens a tab of the facilitator's screen; its forms are made when that is done for the first time.
  async function opens(name) {
    const tabs = document.querySelector('.sg-tabs');
    const tab = [...tabs.querySelectorAll('[role=tab]')].find(one => one.textContent.trim() === name);
    const begin = performance.now();
    const drawn = () => [...tabs.querySelectorAll(':is(.sg-columns, .sg-cards)')].some(one => one.offsetParent && one.offsetHeight > 100)
      && tab.getAttribute('aria-selected') === 'true';
    const done = settled(tabs, drawn, begin);
    const box = tab.getBoundingClientRect();
    const at = {bubbles: true, button: 0, clientX: box.left + box.width / 2, clientY: box.top + box.height / 2};
    tab.dispatchEvent(new PointerEvent('pointerdown', at));
    tab.dispatchEvent(new PointerEvent('pointerup', at));
    return done;
  }
  async function formOf(text) {
    if (!/^(week|member)\\./.test(text)) {
      await inView(cellOf(text));
      return cellOf(text).node.querySelector('.jp-OutputArea');
    }
    const part = () => document.querySelector(`.sg-part-${text.split('.')[1]}`);
    if (!part()?.offsetParent) await opens(window.tabOf[text.split('.')[1]]);
    const head = part().querySelector(':scope > .sg-fold-head[aria-expanded=false]');
    if (head) {
      // Its fields come one after the other.
      const drawn = settled(part(), () => part().querySelector('.sg-form button')?.offsetParent, performance.now(), 20000);
      head.click();
      await drawn;
    }
    while (!part().querySelector('.sg-form')) await wait(50);
    return part();
  }
  async function answers(text, act, answered, turn) {
    const form = await formOf(text);
    const name = button => (button.getAttribute('aria-label') || button.textContent).replace('✓', '').trim();
    const buttons = () => [...form.querySelectorAll('button')].filter(one => one.offsetParent && !one.disabled);
    const named = words => buttons().find(one => name(one).startsWith(words));
    const find = (words, place = 0) => {
      const found = buttons().filter(one => name(one).startsWith(words) && one.getAttribute('aria-pressed') !== 'true');
      if (!found.length) throw new Error('no button ' + words + ' in ' + text);
      return found[place % found.length];
    };
    const field = label => [...form.querySelectorAll('input, textarea, select')].find(one =>
      one.offsetParent && (one.labels?.[0]?.textContent.trim() === label || one.getAttribute('aria-label') === label));
    const type = (label, words) => {
      const place = field(label);
      if (!place) throw new Error('no field ' + label + ' in ' + text);
      place.value = words;
      for (const kind of ['input', 'change']) place.dispatchEvent(new Event(kind, {bubbles: true}));
    };
    const pick = (label, place) => {
      const list = field(label);
      if (!list) throw new Error('no list ' + label + ' in ' + text);
      list.selectedIndex = place % list.options.length;
      list.dispatchEvent(new Event('change', {bubbles: true}));
    };
    const word = turn => ['00', '12', '1', '05', ''][turn % 5];
    const said = () => [...form.querySelectorAll('.sg-receipt .sg-said')].map(one => one.textContent).join(' ');
    let told = false;
    const hear = new MutationObserver(changes => { told ||= changes.some(one => one.target.parentElement?.closest('.sg-said')
      || one.target.closest?.('.sg-said')); });
    hear.observe(form, {childList: true, subtree: true, characterData: true});
    const saved = () => told && /✓|⚠/.test(said());
    const begin = performance.now();
    const done = settled(form, () => eval(answered), begin, 20000);
    eval(act);
    const took = await done;
    hear.disconnect();
    return [took, said()];
  }
  return {stands, opens, answers};
})(); 0
"""


def write_group(folder: Path, *, members: int, sessions: int, each: int) -> int:
    """Write a workbook whose syllabus names every work once, and whose next session began ten minutes ago; return its records."""
    now = datetime.now(UTC) - timedelta(minutes=10)
    first = now.date() - timedelta(weeks=sessions)
    (folder / "lists").mkdir(parents=True)
    settings = SETTINGS.format(first=first, weekday=f"{now:%A}".lower(), time=f"{now:%H:%M}")
    (folder / "pyproject.toml").write_text(settings, encoding="utf-8")
    sections = [f"Part {number // 30 + 1}" for number in range(len(ITEMS))]
    columns = {column: [""] * len(ITEMS) for column in COLUMNS}
    columns |= {"id": ITEMS, "title": ITEMS, "kind": ["paper"] * len(ITEMS), "section": sections}
    pd.DataFrame(columns).to_csv(folder / "catalogue.csv", index=False, lineterminator="\n")
    steps = [
        (item, place, place, place + 2, f"Basics > {section}", item, "", item, "{}")
        for place, (item, section) in enumerate(zip(ITEMS, sections, strict=True), 1)
    ]
    names = ["entry", "position", "number", "line", "section", "title", "url", "items", "columns"]
    pd.DataFrame(steps, columns=names).to_csv(folder / "lists" / "basics.csv", index=False, lineterminator="\n")
    writer = Writer(members=[f"member-{number:03}" for number in range(members)])
    count = write_journal(folder / "sessions", sessions=sessions, each=each, writer=writer, first=first)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    book = Workbook(folder)
    plan_session(book, book.schedule.next(book.clock()).id, by="member-000", steps=[1, 2, 3])
    return count


class Measured(NamedTuple):
    """What was done in the form of a cell, how many milliseconds each time took, and what went wrong, if anything."""

    cell: str
    what: str
    took_ms: list[float]
    wrong: str = ""


def measure(seat: Seat, notebook: str, times: int) -> Iterator[Measured]:
    """Run the notebook, then each cell and each click so many times."""
    seat.page.evaluate(IN_PAGE)
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text())["cells"]
    sources = ["".join(cell["source"]).strip().splitlines()[-1] for cell in cells if cell["cell_type"] == "code"]
    seat.run_all()
    for source in sources:
        if not source.endswith(".open()"):
            yield _several(
                source, "stands", [[seat.page.evaluate("text => measured.stands(text)", source), ""] for _ in range(times)]
            )
    if notebook in OPENED:
        seat.page.evaluate("tabs => { window.tabOf = tabs; }", PLACES[notebook])
        for tab in OPENED[notebook]:
            yield _several(tab, "stands", [[seat.page.evaluate("tab => measured.opens(tab)", tab), ""]])
    for source, act, answered in CLICKS[notebook]:
        done = [
            seat.page.evaluate("given => measured.answers(...given)", [source, act, answered, turn]) for turn in range(times)
        ]
        yield _several(source, act, done)


def _several(cell: str, what: str, done: list[Any]) -> Measured:
    wrong = next((said for _, said in done if "⚠" in said), "")
    if any(took is None for took, _ in done):
        wrong = wrong or "nothing came of it"
    return Measured(cell, what, [took for took, _ in done if took is not None], wrong)


def main() -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--members", type=int, default=200)
    options.add_argument("--sessions", type=int, default=52)
    options.add_argument("--each", type=int, default=4, help="records of a member in a session")
    options.add_argument("--times", type=int, default=TIMES, help="how often each is done")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found: list[Measured] = []
    if chromium_path() is None:
        sys.exit("No Chromium is on this machine; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as place, started_chromium() as browser:
        book = Path(place) / "book"
        count = write_group(book, members=chosen.members, sessions=chosen.sessions, each=chosen.each)
        print(f"{chosen.members} members, {len(ITEMS)} works, {chosen.sessions} sessions, {count:,} records", file=sys.stderr)
        for notebook in CLICKS:
            home = Path(place) / notebook
            home.mkdir()
            with running_lab(book, home, STUDYGROUP_MEMBER="member-000") as lab:
                seat = Seat(browser, lab.notebook(book, notebook), height=1_000)
                for one in measure(seat, notebook, chosen.times):
                    found.append(one)
                    if not chosen.json:
                        show(one)
                seat.close()
    if chosen.json:
        print(json.dumps(found))


def show(one: Measured) -> None:
    """Print one line of the table: median and quickest."""
    limit = STANDS_MS if one.what == "stands" else ANSWERS_MS
    middle, best = (median(one.took_ms), min(one.took_ms)) if one.took_ms else (0.0, 0.0)
    mark = "!" if one.wrong or middle > limit else " "
    print(f"{mark} {middle:5.0f} {best:5.0f} ms  {one.cell:18} {one.what} {one.wrong}", flush=True)


if __name__ == "__main__":
    main()
