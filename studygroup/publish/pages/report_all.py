"""Every session's report: several at a time, on kernels that are used again, those that would come out the same left alone."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import msgspec

from studygroup.errors import PageError, StudygroupError
from studygroup.group.schedule import Session
from studygroup.journal.types.records import Attendance, Close, Plan
from studygroup.meeting.after.report import known_of, report_of
from studygroup.publish.pages.freshness import Freshness, is_shipped
from studygroup.publish.pages.kernels import Kernel, end_thread
from studygroup.publish.pages.report_run import write_report
from studygroup.publish.pages.run import Generated
from studygroup.workbook.workbook import Workbook


class Reports(msgspec.Struct, frozen=True):
    """The outcome of every session's report: written, left as it was, or not to be had, with why; in order of the sessions."""

    made: dict[str, Generated]
    unchanged: tuple[str, ...]
    failed: dict[str, str]


class _Task(msgspec.Struct, frozen=True):
    session: Session
    made_from: str


OnDone = Callable[[int, int], None]
"""Called after each report with how many of how many are done."""


def sessions_to_report(workbook: Workbook) -> list[Session]:
    """Return the sessions that have begun, were not cancelled, and of which something says that they took place or were planned."""
    entered = workbook.current
    named = {record.session for kind in (Plan, Attendance, Close) for record in entered.current(kind)}
    return [one for one in workbook.schedule.earlier(workbook.clock()) if one.id in named]


def make_all_reports(
    workbook: Workbook, *, force: bool = False, pdf: bool = False, jobs: int | None = None, on_done: OnDone | None = None
) -> Reports:
    """Write every session's report that is not as it would come out now.

    A report that fails does not keep the others from being written.

    Parameters
    ----------
    force
        Also write those that are as they would come out.
    pdf
        Whether to print each page to a PDF file too.
    jobs
        How many at a time; else as many as there are cores.

    Raises
    ------
    CatalogueError
        The settings name a syllabus that is not there, or the catalogue cannot be read.
    """
    sessions, known, freshness = sessions_to_report(workbook), known_of(workbook), Freshness(workbook)
    endings = (".html", ".md", ".pdf") if pdf else (".html", ".md")
    tasks, unchanged = [], []
    for session in sessions:
        made_from = freshness.made_from(report_of(workbook, session.id, known))
        if not force and freshness.is_fresh(workbook.folder / "sessions" / session.id, made_from, endings):
            unchanged.append(session.id)
        else:
            tasks.append(_Task(session, made_from))
    # What a template of the group's own leaves behind inside a module, no reset finds: each run gets a kernel of its own.
    folder = workbook.folder if is_shipped(workbook) else None

    def make(task: _Task, kernel: Kernel | None) -> Generated:
        return write_report(workbook, task.session, lambda: task.made_from, pdf=pdf, kernel=kernel)

    kernels = None if folder is None else partial(Kernel, folder, workbook.clock())
    found = dict(_in_parallel(tasks, make, kernels, jobs or os.cpu_count() or 1, on_done))
    order = [task.session.id for task in tasks]
    return Reports(
        made={session: made for session in order if isinstance(made := found[session], Generated)},
        unchanged=tuple(unchanged),
        failed={session: str(error) for session in order if isinstance(error := found[session], StudygroupError)},
    )


def _in_parallel(
    tasks: Iterable[_Task],
    make: Callable[[_Task, Kernel | None], Generated],
    kernels: Callable[[], Kernel] | None,
    jobs: int,
    on_done: OnDone | None,
) -> Iterator[tuple[str, Generated | StudygroupError]]:
    """Yield each session's outcome as it comes; ``kernels`` makes those that are used again, None for one a task."""
    waiting: queue.SimpleQueue[_Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    total, stop = waiting.qsize(), threading.Event()
    done: queue.SimpleQueue[tuple[str, Generated | Exception]] = queue.SimpleQueue()
    threads = [
        threading.Thread(target=_work, args=(waiting, done, make, kernels, stop), name=f"report-{number}")
        for number in range(min(jobs, total))
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, total + 1):
            session, outcome = done.get()
            if isinstance(outcome, Exception) and not isinstance(outcome, StudygroupError):
                raise outcome
            yield session, outcome
            if on_done:
                on_done(number, total)
    finally:
        # Also after Ctrl-C: what has begun is finished, kernels are ended, nothing new begins.
        stop.set()
        for thread in threads:
            thread.join()


def _work(
    waiting: queue.SimpleQueue[_Task],
    done: queue.SimpleQueue[tuple[str, Generated | Exception]],
    make: Callable[[_Task, Kernel | None], Generated],
    kernels: Callable[[], Kernel] | None,
    stop: threading.Event,
) -> None:
    """Make reports until none is waiting, all on one kernel as long as it answers."""
    kernel: Kernel | None = None
    try:
        while not stop.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            outcome: Generated | Exception
            try:
                if kernel is None and kernels is not None:
                    kernel = kernels()
                outcome = make(task, kernel)
            except Exception as error:
                outcome = error
            done.put((task.session.id, outcome))
            kernel = _ready_again(kernel, isinstance(outcome, Generated))
    finally:
        if kernel is not None:
            kernel.close()
        end_thread()


def _ready_again(kernel: Kernel | None, good: bool) -> Kernel | None:
    """Return a kernel that forgot its last notebook, or None where it failed or does not answer."""
    if kernel is None:
        return None
    try:
        if good:
            kernel.reset()
            return kernel
    except PageError:
        pass
    kernel.close()
    return None
