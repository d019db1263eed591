"""A group's own templates of pages."""

from __future__ import annotations

from pathlib import Path

import nbformat


def own_template(folder: Path, page: str, *sources: str) -> None:
    """Give a workbook a template of its own for a page, ``agenda`` or ``report``, with a cell for each source."""
    target = folder / "notebooks" / "templates"
    target.mkdir(parents=True, exist_ok=True)
    cells = [
        nbformat.v4.new_code_cell('session = ""', metadata={"tags": ["parameters"]}),
        *map(nbformat.v4.new_code_cell, sources),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), target / f"{page}.ipynb")
