"""Notebooks stay clean: JupyterLab saves those of a workbook without what their cells put out.

This is an extension of Jupyter's server. The file that switches it on comes with the package (``jupyter_server_config.d``), so
that it works in a fresh clone and in a workbook made by ``studygroup new``, in a git repository or not. A git filter would
not do: git takes a file whose size differs for changed, whatever its filter makes of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from studygroup.storage.shared_files import read_file

# What JupyterLab adds while cells run or are folded; it would differ from one machine to the next.
_OF_A_RUN = ("ExecuteTime", "collapsed", "execution", "heading_collapsed", "hidden", "scrolled")
_SETTINGS = re.compile(r"^\s*\[tool\.studygroup\]", re.M)


def strip(notebook: dict[str, Any]) -> None:
    """Take outputs, counts and everything else that a run leaves behind out of a notebook, given as its JSON.

    >>> notebook = {"cells": [{"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": ["a name"], "source": "1"}]}
    >>> strip(notebook)
    >>> notebook["cells"]
    [{'cell_type': 'code', 'execution_count': None, 'metadata': {}, 'outputs': [], 'source': '1'}]
    """
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
        for name in _OF_A_RUN:
            cell.get("metadata", {}).pop(name, None)
    about = notebook.get("metadata", {})
    for name in ("widgets", "signature"):
        about.pop(name, None)
    if language := about.get("language_info", {}).get("name"):
        about["language_info"] = {"name": language}
    kernel = about.get("kernelspec", {})
    if kernel.get("name") == "python3":
        kernel["display_name"] = "Python 3"


def belongs_to_a_workbook(path: Path) -> bool:
    """Return whether a notebook lies in the ``notebooks`` folder of a workbook."""
    for folder in path.parents:
        if folder.name == "notebooks":
            try:
                return bool(
                    _SETTINGS.search(
                        read_file(folder.parent / "pyproject.toml", folder.parent, 1 << 20).decode(errors="replace")
                    )
                )
            except OSError:
                return False
    return False


def strip_on_save(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Strip a workbook's notebook that is about to be saved; Jupyter's server calls this."""
    root = getattr(contents_manager, "root_dir", "")
    if model.get("type") != "notebook" or not model.get("content") or not root:
        return
    if belongs_to_a_workbook(Path(root, path.strip("/"))):
        strip(model["content"])


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "studygroup.storage.notebook_saving"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(strip_on_save)
