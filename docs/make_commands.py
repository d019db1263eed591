"""Write docs/commands.md from what each command says of itself; `make docs` runs it, and a test compares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from studygroup.commands.cli import command_line

PAGE = Path(__file__).parent / "commands.md"
INTRODUCTION = """# Commands

Here you look up what each command does and which options it takes. `make docs` writes this page from the commands' own help, which
`--help` prints as well. Most commands take `--workbook DIR`; without it, the workbook is found upwards from the current folder. Exit codes: 0 done, 1
could not, 2 wrong usage.
"""
# What the page says once for all commands.
EVERYWHERE = {"--help", "--workbook DIR"}


def commands(group: Any, context: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Yield each command's words, the command and its context; those of a group behind each other."""
    for name, command in sorted(group.commands.items()):
        within = command.context_class(command, info_name=name, parent=context)
        if getattr(command, "commands", None):
            yield from commands(command, within, (*words, name))
        else:
            yield " ".join((*words, name)), command, within


def section(words: str, command: Any, context: Any) -> str:
    """Return a command's part of the page: what it does, examples, how it is written, and its options."""
    paragraphs = (command.help or "").split("\n\n")
    examples = [one.removeprefix("Example: ") for one in paragraphs if one.startswith("Example: ")]
    says = [" ".join(one.split()) for one in paragraphs if not one.startswith("Example: ")]
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    parts = [f"## `studygroup {words}`", *map(_cell, says), f"Usage: `{usage}`"]
    if examples:
        parts.append("```bash\n" + "\n".join(examples) + "\n```")
    records = filter(None, (one.get_help_record(context) for one in command.get_params(context)))
    rows = [(name.replace("|", r"\|"), _cell(does)) for name, does in records if name not in EVERYWHERE]
    if rows:
        parts.append(
            "\n".join(
                ["| argument or option | what it does |", "|---|---|", *(f"| `{name}` | {does} |" for name, does in rows)]
            )
        )
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    """Return a sentence of a help text as Markdown: options as code, and no sign of Markdown by chance."""
    marked = re.sub(r"(?<![`\w-])--[a-z][a-z-]*", r"`\g<0>`", " ".join(text.split()))
    return re.sub(r"([\\*_|<>\[\]])(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\\1", marked)


def page() -> str:
    """Return the page."""
    app = command_line()
    context = app.context_class(app, info_name="studygroup")
    return "\n".join([INTRODUCTION, *(section(*one) for one in commands(app, context))])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
