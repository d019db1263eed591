"""The command line: one command parses, calls one function and prints. Results on stdout, messages on stderr.

Exit codes: 0 done, 1 could not, 2 wrong usage.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from studygroup.commands.console import WorkbookDir, app, say
from studygroup.errors import StudygroupError
from studygroup.text.terminal import as_typed_here, guard_terminals
from studygroup.version import __version__

# Only the module of the command that was typed is imported: a command starts in a third of the time.
COMMANDS = {
    "new_command": ("new", "demo"),
    "page_commands": ("agenda", "report", "site"),
    "lab_command": ("lab",),
    "catalogue_commands": ("import", "search", "same", "different", "fill", "links", "export"),
    "member_commands": ("member", "me", "forget"),
    "record_commands": ("record",),
    "table_commands": ("show", "ledger", "ballots", "times", "rotation", "schedule"),
    "history_commands": ("history", "undo", "copy"),
    "message_commands": ("announce", "due", "github"),
    "web_commands": ("invite", "serve"),
    "settings_commands": ("settings", "set"),
    "upkeep_commands": ("sync", "check", "upgrade"),
}
"""The commands of each module, in the order in which help lists them."""

VERSION = "--version"

_WORDS = {"str": "TEXT", "int": "NUMBER", "path": "PATH", "file": "FILE", "directory": "DIR", "%Y-%m-%d": "DATE"}
"""What an option takes, by how typer's name for it begins."""

# What typer answers for a Ctrl-C.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    _speak_utf8()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets its escape instead of an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    guard_terminals()
    code = _run()
    if code == _INTERRUPTED:
        say("studygroup: Interrupted. What was there before is as it was.")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def load(command: str = "") -> typer.Typer:
    """Return the application with one command, or with all where it is none of ours or not given."""
    known = [module for module, commands in COMMANDS.items() if command in commands]
    for module in () if command == VERSION else known or COMMANDS:
        import_module(f"studygroup.commands.{module}")
    return app


def command_line(command: str = "") -> Any:
    """Return what reads the command line, with the commands of ``load``; help names what an option takes in a person's words."""
    line: Any = typer.main.get_command(load(command))
    _name_values(line, line.context_class(line))
    return line


def _name_values(command: Any, context: Any) -> None:
    """Give every value that a command takes a word, where typer would print a type of Python's."""
    for inner in getattr(command, "commands", {}).values():
        _name_values(inner, context)
    for one in command.params:
        if one.param_type_name == "argument":
            one.metavar = one.metavar or one.name.upper()
            one.display_type_rich = _no_type
        elif one.metavar is None and not one.is_flag:
            kind = one.display_type(context).strip("<>").removeprefix("list[").removesuffix("]")
            one.metavar = next((word for start, word in _WORDS.items() if kind.startswith(start)), kind)


def _no_type(ctx: object) -> str:
    """Stand for the type that typer prints behind an argument."""
    return ""


def _typed(words: Sequence[str]) -> str:
    """Return the command among what was typed; empty where none was, as for help."""
    rest = iter(words)
    for word in rest:
        if word == "--workbook":
            next(rest, None)
        elif word == VERSION or not word.startswith("-"):
            return word
    return ""


def _run() -> object:
    """Run the command that was typed, tell what went wrong, and return the exit code; of a command that is done, what it returns."""
    try:
        return command_line(_typed(sys.argv[1:]))(standalone_mode=False)
    except StudygroupError as error:
        say(f"studygroup: {error}")
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        say(f"studygroup: {error.filename or 'The output'}: {error.strerror or error}.")
    except Exception as error:
        # click's own errors know how to show themselves; anything else is a defect of ours, told in a sentence all the same.
        if show := getattr(error, "show", None):
            if isinstance(message := getattr(error, "message", None), str):
                error.message = as_typed_here(message)  # type: ignore[attr-defined]
            show()
            return getattr(error, "exit_code", 2)
        if os.environ.get("STUDYGROUP_DEBUG"):
            raise
        say(f"studygroup: {type(error).__name__}: {error}. This should not happen; STUDYGROUP_DEBUG=1 shows where.")
    return 1


def _speak_utf8() -> None:
    """Start again in UTF-8 where the locale knows ASCII alone, as under LC_ALL=C: names, folders and files are UTF-8 all the same."""
    if sys.getfilesystemencoding() == "ascii" and not sys.flags.utf8_mode:
        # Whatever this process starts, such as kernels, follows it.
        os.environ["PYTHONUTF8"] = "1"
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    workbook: WorkbookDir = None,
    version: Annotated[
        bool, typer.Option(VERSION, is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    context.obj = workbook


if __name__ == "__main__":
    main()
