"""Role cards: what the holder of a role does, in a sentence, and questions that help."""

from __future__ import annotations

import msgspec


class RoleCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The card of one role: a ``brief`` says in a sentence or two what its holder does, ``questions`` help them prepare."""

    role: str
    brief: str
    questions: tuple[str, ...] = ()


PRESETS = (
    RoleCard(
        "presenter",
        "You tell the others what the paper says, in about ten minutes, without judging it yet.",
        (
            "Which problem does it solve, and how was that done before?",
            "What is the method, in the fewest words that are still true?",
            "Which figure or table shows the main result?",
        ),
    ),
    RoleCard(
        "sceptic",
        "You look for what does not hold up, as a fair reviewer does.",
        (
            "Which claim has the weakest evidence?",
            "What is compared, and is the comparison fair?",
            "Which experiment would change your mind?",
        ),
    ),
    RoleCard(
        "archaeologist",
        "You find out what the paper builds on, and what became of it.",
        (
            "Which earlier work does it need most, and what does it add?",
            "Which later work uses it, corrects it or replaces it?",
        ),
    ),
    RoleCard(
        "practitioner",
        "You say what it takes to use this.",
        (
            "What would you build with it, and what would it cost?",
            "Which code, data or models are there, and under which licence?",
            "Where would it fail in practice?",
        ),
    ),
    RoleCard(
        "scribe",
        "You write down decisions, questions and actions while the others talk.",
        (
            "What did we decide?",
            "What is still open, and who looks into it?",
            "Did we finish the paper, or do we go on next time?",
        ),
    ),
)
"""The cards of roles that groups often have; a group's own card for a role goes before them."""
