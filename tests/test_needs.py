"""What the tests need beside Python: skipped on a context, a failure in CI; what `make` runs of them, and what it installs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.needs import only_marked, program

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_program_fails_in_ci_alone(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[Exception]) -> None:
    """The message says which package brings it."""
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no-such-thing is not on this machine; on Debian: apt-get install such-things"):
        program("no-such-thing", "such-things")


def test_make_test_installs_what_is_missing_before_anything_else() -> None:
    """Browser, database, both proxies and npm, in one go, where make runs as root with apt."""
    missing = "chromium postgresql nginx caddy npm"
    assert f"apt-get install -y -q --no-install-recommends {missing}" in would_run("test", f"MISSING={missing}")[0]


def would_run(*words: str) -> list[str]:
    """Return the lines that make would run, continued lines as they are written."""
    # What make tells the makes that it starts, as it does while it runs this test, is not for this one.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(["make", "-n", *words], cwd=ROOT, env=own, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_one_test_is_run_alone_and_without_the_checks() -> None:
    """`make test ONE=…` starts pytest with what was named; without ONE, format, lint and types come first."""
    one = "tests/test_needs.py::test_one_test_is_run_alone_and_without_the_checks"
    assert would_run("test", f"ONE={one}", "MISSING=")[-1] == f".venv/bin/pytest {one}"
    assert not any("ruff" in line or "mypy" in line for line in would_run("test", f"ONE={one}"))
    assert any("mypy" in line for line in would_run("test", "ONE="))


@pytest.mark.parametrize("marker", ["browser", "server"])
def test_no_test_starts_a_browser_or_a_server_unmarked(marker: str) -> None:
    """So that `make check` leaves out every test that does; this one is not marked."""
    with pytest.raises(pytest.fail.Exception, match=f"write @pytest.mark.{marker} above it"):
        only_marked(marker)


def test_a_fixture_marks_its_tests(pytester: pytest.Pytester) -> None:
    """A test that uses the browser or a database through another fixture is marked; its neighbour is not."""
    pytester.makeconftest("from tests.conftest import pytest_collection_modifyitems")
    pytester.makeini("[pytest]\nmarkers =\n  browser:\n  server:\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def cluster(): ...

        @pytest.fixture
        def filled(cluster): ...

        @pytest.fixture
        def browser(): ...

        def test_page(browser): ...
        def test_rows(filled): ...
        def test_text(tmp_path): ...
        """
    )
    for marks, name in {"browser": "test_page", "server": "test_rows", "not browser and not server": "test_text"}.items():
        shown = pytester.runpytest("--collect-only", "-q", "-m", marks).stdout.str()
        assert re.findall(r"::(\w+)", shown) == [name]
