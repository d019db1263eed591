"""Throws bytes at what reads other people's files: entries or problems must come out, never an exception, never a hang.

    python benchmarks/fuzz.py markdown --seconds 60

Targets: markdown, html, bibtex, csv, yaml, json (an import, and the lists written out again), records (a file of the journal). What
breaks is written to a file whose name is printed; to make a test of it, put those bytes into tests/catalogue/test_fuzz.py.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORMS = ("markdown", "html", "bibtex", "csv", "yaml", "json")

SEEDS = {
    "html": [
        "<!doctype html><nav><li><a href='/'>Home</a></nav><h2>Papers</h2><table><tr><th rowspan=2>Date<th>Paper<tr><td>"
        "<a href='https://example.org/a'>Small Gates</a></table><ul><li>Lee A (2012). Bark. <i>Woods</i></ul><!-- c --><footer>f</footer>"
    ],
    "bibtex": [
        "@article{a, title={Trees}, author={Ada Lovelace and Bo Chen}, year=2017, url={https://arxiv.org/abs/1706.03762}}\n"
    ],
    "csv": ["title,url,year\nTrees,https://arxiv.org/abs/1706.03762,2017\n", 'Titel;Link\n"a;b";https://example.org\n'],
    "yaml": ["- title: Trees\n  url: https://arxiv.org/abs/1706.03762\n  links: {slides: https://example.org/s.pdf}\n"],
    "json": [
        '{"title": "L", "items": [{"_id": "1", "type": "paper", "id": "1706.03762", "title": "Trees", "note": {"text": "a"}}]}',
        '[{"title": "Trees", "author": [{"family": "B", "given": "A"}], "issued": {"date-parts": [[2017]]}, "DOI": "10.1000/1"}]',
    ],
}


def check_import(data: bytes, form: str) -> None:
    """Import bytes as a list of one form, write it out, and look at what is always true of it."""
    from studygroup.catalogue.export.export import to_csv, to_markdown
    from studygroup.catalogue.items.table import Catalogue
    from studygroup.catalogue.merging.importer import import_lists, to_json
    from studygroup.catalogue.reading.form import Source
    from studygroup.catalogue.recognise.formats import parse_source
    from studygroup.errors import ReadingListError

    try:
        one = parse_source(Source("fuzzed", "fuzzed", data, form), "", "fuzzed")
    except ReadingListError:
        return
    assert [entry.position for entry in one.entries] == [*range(1, len(one.entries) + 1)]
    assert all(problem.message and problem.line >= 0 for problem in one.problems)
    # Merging and writing out take much longer than reading, so every eighth input goes all the way.
    if zlib.crc32(data) % 8:
        return
    empty = Catalogue()
    result = import_lists(empty.items, empty.lists, [one])
    to_json(result)
    catalogue = Catalogue(result.items, dict(result.frames))
    to_csv(catalogue, "fuzzed")
    to_markdown(catalogue, "fuzzed")


def check_records(data: bytes) -> None:
    """Read bytes as a records file: every line that decodes is used, every other is reported."""
    from studygroup.journal.files.files import FilesStore
    from studygroup.journal.types.repair import scan

    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as place:
        folder = Path(place) / "sessions"
        path = folder / "2026-11-27" / "records" / "ada.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        journal = FilesStore(folder).read()
        lines = [*scan(folder)]
        used = {line.envelope.id for line in lines if line.whole and line.envelope}
        assert {record.id for record in journal.records} | {one.envelope.id for one in journal.unknown} == used
        reported = {problem.line for problem in journal.problems}
        assert all(line.number in reported for line in lines if not line.whole or not line.envelope)


def seeds(target: str) -> list[bytes]:
    """Return inputs to start from: the cases of the tests, or a few lines."""
    if target == "markdown":
        cases = "\n".join(path.read_text() for path in sorted((ROOT / "tests" / "cases").glob("*.md")))
        return [case.encode() for case in re.findall(r"~~~~markdown\n(.*?)~~~~", cases, re.DOTALL)]
    if target == "records":
        from datetime import UTC, datetime

        from studygroup.journal.types.lines import encode, new_record

        now = datetime(2026, 11, 27, 23, tzinfo=UTC)
        made = [
            new_record("note", now=now, by="ada", session="2026-11-27", text="Hello"),
            new_record("reading", now=now, by="ada", session="2026-11-27", member="ada", item="lora", status="read"),
        ]
        return [b"".join(encode(record) + b"\n" for record in made), b"<<<<<<< HEAD\n"]
    return [seed.encode() for seed in SEEDS[target]]


def main() -> None:
    """Run one target for some time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=[*FORMS, "records"])
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: pip install 'studygroup[fuzz]', on Linux with a Python that it has wheels for.")
    with atheris.instrument_imports(include=["studygroup.catalogue", "studygroup.journal", "studygroup.text.text"]):
        import studygroup.catalogue.export.export
        import studygroup.catalogue.merging.importer
        import studygroup.catalogue.recognise.formats
        import studygroup.journal.files.files  # noqa: F401 - instrumented while it is imported

    def one_input(data: bytes) -> None:
        if given.target == "records":
            check_records(data)
        else:
            check_import(data, given.target)

    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds(given.target)):
            (Path(corpus) / str(number)).write_bytes(seed)
        crashes = ROOT / "build" / "fuzz"
        crashes.mkdir(parents=True, exist_ok=True)
        limits = [
            f"-max_total_time={given.seconds}",
            "-timeout=20",
            "-rss_limit_mb=4096",
            "-max_len=8192",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={crashes}/{given.target}-", corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
