"""Every rule of the import can be switched off by itself, and the benchmark of the rules says what each one earns."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import rules

LIST = "# List\n\n- [Small gates](https://example.org/1) by Ana Berg\n- Slow waves, Tom Lund. [pdf](https://example.org/2)\n"


def test_a_rule_that_is_off_is_off_everywhere() -> None:
    """No module of the import still uses a rule while it is off; afterwards all is as it was."""
    found = rules.rules()
    for rule in found:
        rule.switch(rule.off)
        still = [
            (owner, name)
            for owner in (*rules.MODULES, *rules.classes())
            for name, value in vars(owner).items()
            if any(one is rule.on for _, one in rules.inside(value))
        ]
        rule.switch(rule.on)
        assert (rule.name, still) == (rule.name, [])
    assert [(one.name, id(one.on)) for one in found] == [(one.name, id(one.on)) for one in rules.rules()]


def test_rules_that_decide_a_small_list() -> None:
    """Without *by* an author is lost, and without labels *pdf* is a title; a rule of tables changes nothing."""
    file = ("l.md", LIST.encode())
    before = {"l": rules.read(*file)}
    named = {rule.name: rule for rule in rules.rules()}
    for name, count in {
        "vocabulary.names.BY_BEFORE": 2,
        "vocabulary.labels.label_form": 2,
        "documents.table._is_bare": 0,
    }.items():
        found = rules.changed(named[name], {"l": file}, before, lambda _: False)
        assert (name, sum(found.values())) == (name, count)


def test_each_rule_has_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark prints a line a rule, with what it changes or which case needs it, and names the rules that earn too little."""
    (tmp_path / "list.md").write_text(LIST, encoding="utf-8")
    idle = rules.main([tmp_path], "lines.evidence.below_its_title", whole=True)
    line, end = capsys.readouterr().out.splitlines()
    assert idle == 0
    assert end == "0 rules earn too little"
    assert line.split(maxsplit=1)[0] == "lines.evidence.below_its_title"
    assert line.endswith(" 0 entries on 0 lists; needed by case “A title in bold with its link on the line below”")
