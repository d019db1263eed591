"""The workflows with which GitHub does what is due and publishes the site, as files in the repository."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Literal

import msgspec

from studygroup.errors import NotSavedError
from studygroup.publish.messages import targets
from studygroup.publish.routine import place
from studygroup.storage.atomic import advice_on, write_atomically
from studygroup.storage.git import Git
from studygroup.storage.shared_files import make_folder, read_file
from studygroup.version import __version__
from studygroup.workbook.own_environment import install_words

FOLDER = Path(".github") / "workflows"
DUE, SITE = "studygroup-due.yml", "studygroup-site.yml"

_HEAD = "# Written by `studygroup github`, which replaces it as long as no one edits it: {digest}\n"

_START = """\
    runs-on: ubuntu-latest
    timeout-minutes: 20
    defaults:
      run:
        shell: bash
        working-directory: @INSIDE@
"""

_STORE = "STUDYGROUP_STORE: ${{ secrets.STUDYGROUP_STORE }} # only where the journal is in a database"

_STEPS = """\
      - uses: actions/checkout@v5
        with:
          ref: ${{ github.ref_name }} # as it is now, with what was recorded a moment ago
          fetch-depth: 0
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: python -m pip install @PACKAGE@
"""

_DUE = f"""\
# Does what is due, every hour: docs/routine.md of the studygroup project.
name: What is due

on:
  schedule:
    - cron: "17 * * * *"
  workflow_dispatch:

permissions:
  contents: write

# One run at a time; one that has begun is never stopped in the middle of sending.
concurrency:
  group: studygroup-due
  cancel-in-progress: false

jobs:
  due:
    name: Do what is due
{_START}    outputs:
      changed: ${{{{ steps.changed.outputs.changed }}}}
    steps:
{_STEPS}      - name: Do what is due, and share what was recorded
        env:
          {place.VARIABLE}: github:${{{{ github.repository }}}} # a fork is another place, and sends nothing
          {targets.VARIABLE}: ${{{{ secrets.{targets.VARIABLE} }}}}
          {targets.WHOLE_FILE}: ${{{{ secrets.{targets.WHOLE_FILE} }}}}
          {_STORE}
        run: |
          git config user.name "studygroup"
          git config user.email "studygroup@users.noreply.github.com"
          studygroup due --sync --trust-templates 2>&1 | tee -a "$GITHUB_STEP_SUMMARY"
      - id: changed
        if: always()
        run: |
          if [ "$(git rev-parse HEAD)" != "$GITHUB_SHA" ]; then echo "changed=true" >> "$GITHUB_OUTPUT"; fi

  # What a workflow commits starts no other workflow.
  site:
    name: Publish the site
    needs: due
    if: always() && needs.due.outputs.changed == 'true'
    permissions:
      contents: read
      pages: write
      id-token: write
    uses: ./.github/workflows/{SITE}
    secrets: inherit
"""

_SITE = f"""\
# Publishes the site on GitHub Pages: docs/site.md of the studygroup project.
name: Site

on:
  push:
    branches: [@BRANCH@]
  schedule:
    - cron: "41 3 * * *" # which session is next changes by itself
  workflow_call:
  workflow_dispatch:

permissions:
  contents: read
  pages: write
  id-token: write

concurrency:
  group: studygroup-site
  cancel-in-progress: false

jobs:
  site:
    name: Publish the site
{_START}    environment:
      name: github-pages
      url: ${{{{ steps.deployment.outputs.page_url }}}}
    steps:
{_STEPS}      - uses: actions/configure-pages@v5
      - run: studygroup site --out "$RUNNER_TEMP/site"
        env:
          {_STORE}
      - uses: actions/upload-pages-artifact@v4
        with:
          path: ${{{{ runner.temp }}}}/site
      - id: deployment
        uses: actions/deploy-pages@v4
"""


class WrittenWorkflow(msgspec.Struct, frozen=True):
    """The outcome of one workflow's file: "written", "current" already, or "edited" by someone, so that it was left as it is."""

    path: Path
    state: Literal["written", "current", "edited"]


class Workflows(msgspec.Struct, frozen=True):
    """The outcome of the workflows, and the repository's name at GitHub, ``owner/name``; empty where no remote is there."""

    files: tuple[WrittenWorkflow, ...]
    repository: str


def write_workflows(folder: Path, *, sql: bool = False, dry_run: bool = False) -> Workflows:
    """Write the workflows of a workbook into the repository that it is in, and return what became of each.

    A file that someone edited is left as it is.

    Parameters
    ----------
    sql
        Whether the journal is in a database, for which more is installed there.

    Raises
    ------
    SyncError
        The workbook is not in a git repository.
    NotSavedError
        The disk refused.
    """
    git = Git(folder)
    branch = git.branch() or "main"
    files = []
    for name, text in ((DUE, _DUE), (SITE, _SITE)):
        path = git.root / FOLDER / name
        wanted = _signed(_filled(text, git.inside, branch, _package(folder, sql)))
        found = _found(path, git.root)
        state: Literal["written", "current", "edited"] = (
            "current" if found == wanted else "written" if found is None or _signed(_unsigned(found)) == found else "edited"
        )
        if state == "written" and not dry_run:
            _write(path, wanted, git.root)
        files.append(WrittenWorkflow(path, state))
    return Workflows(tuple(files), _repository(git))


def _filled(text: str, inside: str, branch: str, package: str) -> str:
    for mark, value in (("@INSIDE@", _quoted(inside)), ("@BRANCH@", _quoted(branch)), ("@PACKAGE@", package)):
        text = text.replace(mark, value)
    return text


def _quoted(text: str) -> str:
    """Return a text as YAML takes it, whatever is in it."""
    return msgspec.json.encode(text).decode()


def _package(folder: Path, sql: bool) -> str:
    """Return what pip installs there: the workbook's own checkout of the program, else the program as it was installed here."""
    extra = "[sql]" if sql else ""
    if (folder / "studygroup" / "__init__.py").is_file() and (folder / "constraints.txt").is_file():
        return f"-c constraints.txt '.{extra}'"
    words = [word.replace("[web]", extra) for word in install_words()]
    from_here = any(word.startswith("-") or "file:" in word or "://" not in word for word in words)
    return f'"studygroup{extra}=={__version__}"' if from_here else " ".join(f'"{word}"' for word in words)


def _signed(text: str) -> bytes:
    return (_HEAD.format(digest=hashlib.sha256(text.encode()).hexdigest()[:12]) + text).encode()


def _unsigned(content: bytes) -> str:
    return content.decode(errors="replace").partition("\n")[2]


def _found(path: Path, root: Path) -> bytes | None:
    try:
        return read_file(path, root).replace(b"\r\n", b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotSavedError(f"{path} cannot be read: {error.strerror}.") from None


def _write(path: Path, content: bytes, root: Path) -> None:
    try:
        make_folder(path.parent, root)
    except OSError as error:
        raise NotSavedError(f"{path.parent} cannot be made: {error.strerror}. {advice_on(error)}.") from error
    write_atomically(path, content, root)


def _repository(git: Git) -> str:
    """Return the name at GitHub of the repository that this one is shared with."""
    for remote in ("origin", *git.line("remote").split()):
        if found := re.search(r"github\.com[:/]+([\w.-]+/[\w.-]+?)(?:\.git)?/?$", git.line("config", f"remote.{remote}.url")):
            return found[1]
    return ""
