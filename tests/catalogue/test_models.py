"""Models compared: which ones fit, by numbers in the ways lists write them, and licences by family."""

from __future__ import annotations

import json
import math

import pytest

from studygroup.catalogue.items.csv_table import empty_items
from studygroup.catalogue.items.models import MODEL_COLUMNS, models
from studygroup.catalogue.merging.importer import import_lists
from studygroup.catalogue.recognise.reading_list import parse_reading_list
from studygroup.errors import CatalogueError
from studygroup.workbook.workbook import Workbook
from tests.support.command_line import Run
from tests.support.command_line import run as run

TABLE = """\
# Models

| Language Model | Release Date | Link | Params (B) | Context Length | Licence |
|---|---|---|---|---|---|
| Birch | 2023/02 | [B](https://example.org/birch) | 7 - 70 | 4096 | Custom |
| Cedar | 2023/05 | [C](https://example.org/cedar) | 7 | 84k (ALiBi) | Apache 2.0, CC BY-SA-3.0 |
| Elm | 2023/04 | [E](https://example.org/elm) | 20 | 2048 | Apache 2.0 |
| Fir | 2022 | [F](https://example.org/fir) | 3, 12 | 512, 8192 | MIT |
| Hazel | 2021/08 | [H](https://example.org/hazel) | 0.1 - 14 | infinity (RNN) | Apache 2.0 |
| Larch | 2022/11 | [L](https://example.org/larch) | 176 | | CC BY-NC-4.0 |
| Rowan | 2022/11 | [R](https://example.org/rowan) | 1.3T | 2,048 | OpenRAIL-M v1 |

- [A paper on trees](https://arxiv.org/abs/2001.00001)
"""

FITS = {
    ("apache", "13B", "8k"): ["cedar", "hazel"],
    ("apache", "", ""): ["cedar", "elm", "hazel"],
    ("Apache-2.0", "7", ""): ["cedar", "hazel"],
    ("mit", "", "8192"): ["fir"],
    ("cc by-sa", "", ""): ["cedar"],
    ("cc-by-nc", "", ""): ["larch"],
    ("cc by", "", ""): [],
    ("rail", "", ""): ["rowan"],
    ("custom", "", ""): ["birch"],
    ("", "500M", ""): ["hazel"],
    ("", "13B", "4k"): ["birch", "cedar", "fir", "hazel"],
    ("", "", "8k"): ["cedar", "fir", "hazel"],
    ("", "", ""): ["birch", "cedar", "elm", "fir", "hazel", "larch", "rowan"],
}


@pytest.mark.parametrize("asked", FITS)
def test_the_models_that_a_person_would_pick(asked: tuple[str, str, str]) -> None:
    """A model fits if its smallest size and its longest context do; what is not said fits no condition on it."""
    items = import_lists(empty_items(), {}, [parse_reading_list(TABLE, "models")]).items
    assert models(items, *asked)["id"].tolist() == FITS[asked]


def test_numbers_stand_beside_what_the_list_says() -> None:
    """Sizes in full, an unending context as infinity, nothing as NaN."""
    items = import_lists(empty_items(), {}, [parse_reading_list(TABLE, "models")]).items
    table = models(items).set_index("id")
    assert ("id", *table.columns) == MODEL_COLUMNS
    assert table.loc["birch", ["parameters", "parameters_from", "parameters_to"]].tolist() == ["7 - 70", 7e9, 70e9]
    assert table.loc["rowan", ["parameters_from", "context_to"]].tolist() == [1.3e12, 2048]
    assert (table.loc["hazel", "context_to"], math.isnan(table.loc["larch", "context_to"])) == (math.inf, True)
    assert table.loc["cedar", "licence_family"] == "Apache-2.0, CC BY-SA"


def test_what_is_no_number_is_refused() -> None:
    """With what to write instead."""
    with pytest.raises(CatalogueError, match="'many' is not a context length; write a number such as 13B, 8k or 2048"):
        models(empty_items(), min_context="many")
    with pytest.raises(CatalogueError, match="'7 - 70' is not a number of parameters"):
        models(empty_items(), max_parameters="7 - 70")
    assert models(empty_items(), "apache", "13B", "8k").empty


@pytest.mark.slow
def test_the_command_compares(run: Run, workbook: Workbook) -> None:
    """As a table, among those that words find, and as JSON; nothing at all asks for a condition."""
    (workbook.folder / "models.md").write_text(TABLE)
    run("import", "models.md")
    shown = run("search", "--licence", "apache", "--max-parameters", "13B", "--min-context", "8k").stdout
    assert [line.split()[0] for line in shown.splitlines()] == ["id", "cedar", "hazel"]
    assert [one["id"] for one in json.loads(run("search", "hazel", "--licence", "apache", "--json").stdout)] == ["hazel"]
    assert json.loads(run("search", "hazel", "--licence", "apache", "--json").stdout)[0]["context_to"] is None
    assert "No model matches" in run("search", "--licence", "gpl").stderr
    assert "write words to look for" in run("search", code=2).stderr
