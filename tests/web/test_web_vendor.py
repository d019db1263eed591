"""The browser's part of the members' page: which archives are taken, and what of them is kept."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from studygroup.errors import WebError
from studygroup.web.page.vendor import PACKAGES, Package, check, damaged, missing, unpack


def archive(**files: bytes) -> bytes:
    """Return an npm archive; names are written with ``__`` for a slash."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo("package/" + name.replace("__", "/"))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def package_of(data: bytes, kept: tuple[tuple[str, bytes], ...] = (("a.js", b"a"),)) -> Package:
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in kept)
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    return Package("some", "1.0.0", digest, r".*\.js", hashlib.sha256(lines.encode()).hexdigest(), "some.txt")


def test_only_what_is_served_is_unpacked(tmp_path: Path) -> None:
    """Maps and sources stay in the archive, and then nothing is missing."""
    data = archive(**{"dist__a.js": b"a", "dist__a.js.map": b"m", "readme": b"r"})
    assert unpack(package_of(data, (("dist/a.js", b"a"),)), data, tmp_path) == 1
    assert (tmp_path / "some@1.0.0" / "dist" / "a.js").read_bytes() == b"a"
    names = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert names == [".complete", "a.js"]


def test_another_archive_is_refused(tmp_path: Path) -> None:
    """One changed byte, and nothing is written."""
    data = archive(**{"a.js": b"a"})
    with pytest.raises(WebError, match="sha512"):
        unpack(package_of(data), archive(**{"a.js": b"b"}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_files_than_those_written_down_are_refused(tmp_path: Path) -> None:
    """As where the choice of what is kept was changed, and its digest was not; what is there counts by its bytes."""
    data = archive(**{"a.js": b"a", "b.js": b"b"})
    with pytest.raises(WebError, match=r"some@1\.0\.0: the sha256 of the files that are to be served is"):
        unpack(package_of(data), data, tmp_path)
    assert missing(tmp_path) == damaged(tmp_path) == list(PACKAGES)


def test_an_archive_cannot_write_outside(tmp_path: Path) -> None:
    """Not even one with the right hash."""
    data = archive(**{"..__..__evil.js": b"a"})
    with pytest.raises(WebError, match="leads out"):
        unpack(package_of(data), data, tmp_path)
    assert not list(tmp_path.rglob("evil.js"))


def test_what_is_missing_or_of_another_version_is_fetched(tmp_path: Path) -> None:
    """A package counts as there only with the hash and the choice of files that are written down now."""
    assert missing(tmp_path) == list(PACKAGES)
    for package in PACKAGES:
        (tmp_path / package.folder).mkdir(parents=True)
        (tmp_path / package.folder / ".complete").write_text(package.mark)
    assert missing(tmp_path) == []
    older = dataclasses.replace(PACKAGES[1], keep="other")
    (tmp_path / older.folder / ".complete").write_text(older.mark)
    assert missing(tmp_path) == [PACKAGES[1]]


def test_nothing_is_served_without_them(tmp_path: Path) -> None:
    """The message says what to do, as soon as it is looked for."""
    with pytest.raises(
        WebError,
        match=r"missing \(@widgetti/solara-vuetify3-app@5\.2\.0\)\. In a clone, .*: make vendor\. An installed package has",
    ):
        check(tmp_path)


def test_the_page_asks_for_these_very_versions() -> None:
    """What Solara's page loads from a CDN is what lies in the vendor folder."""
    import solara.server

    template = (Path(solara.server.__file__).parent / "templates" / "solara.html.j2").read_text()
    for package in PACKAGES[:2]:
        assert "{{cdn}}/" + package.folder + "/" in template
    from solara.server.settings import assets

    assert assets.fontawesome_path == f"/{PACKAGES[2].folder}/css/font-awesome.min.css"
