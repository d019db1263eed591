"""How far one member is with the syllabus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studygroup.group.states import HAS_READ
from studygroup.meeting.before.agenda import StepProgress, progress_of
from studygroup.meeting.facts.syllabus import Step


def own_progress(steps: Sequence[Step], statuses: Mapping[str, str], chosen: Sequence[Step] = ()) -> StepProgress:
    """Return how much of the syllabus a member has read: a step counts when all of its items were read or skimmed.

    Parameters
    ----------
    statuses
        The member's reading status by item id.
    chosen
        The next session's steps.
    """
    read = {step.number: "read" for step in steps if step.items and all(statuses.get(item) in HAS_READ for item in step.items)}
    return progress_of(steps, read, chosen)


def own_progress_in_words(progress: StepProgress) -> str:
    """Return a member's progress as a sentence.

    >>> from studygroup.meeting.before.agenda import SectionProgress
    >>> own_progress_in_words(StepProgress(1, 1, 3, (SectionProgress("Data", ("covered", "here", "ahead")),)))
    'You’ve read 1 of 3 steps; 1 is due for the next session. Data: 1 of 3.'
    """
    here = f"; {progress.here} {'is' if progress.here == 1 else 'are'} due for the next session" if progress.here else ""
    sections = " ".join(f"{section.name or 'The list'}: {section.covered} of {section.total}." for section in progress.sections)
    return f"You’ve read {progress.covered} of {progress.total} steps{here}. {sections}"
