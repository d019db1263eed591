"""The browser's part of the members' page: three npm packages, served from here, so that no page asks another host.

They are not in git. ``make vendor`` gets them, and so does whoever builds a wheel or an sdist (hatch_build.py), which carry them;
what was got, and what is packed, is checked by hash. Python's own modules are enough for this one: a build has no others.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studygroup.errors import WebError
from studygroup.storage.atomic import write_atomically

FOLDER = Path(__file__).parents[1] / "vendor"

_MARK = ".complete"
# What the packages unpack to is known; a stranger's archive of that hash there is none.
_LARGEST_FILE = 16 << 20
_PATIENCE_S = 180


@dataclass(frozen=True)
class Package:
    """An npm package in one exact version.

    ``sha512`` is its archive's, as npm writes it; ``keep`` fits the files to serve; ``kept`` is the digest of those files, as
    ``digest_of`` makes it; ``licence`` is the file of ``studygroup/web/licences`` with its terms.
    """

    name: str
    version: str
    sha512: str
    keep: str
    kept: str
    licence: str

    @property
    def folder(self) -> str:
        """Where it is served, below the vendor folder: the address that Solara's page asks for."""
        return f"{self.name}@{self.version}"

    @property
    def mark(self) -> str:
        """What is written down when all of its files are there."""
        return f"{self.sha512}\n{self.keep}\n"


PACKAGES = (
    Package(
        "@widgetti/solara-vuetify3-app",
        "5.2.0",
        "9UMyjf9KASR9PucZ7848upx1gqOqlUnG5Hh5or5CTaN/Um+AxAHQGwv8x4fFJzco/OaccsWdtsqb3bmYAnBo+Q==",
        # Without maps, unminified files, the pages of ipywidgets 7, and fonts for browsers of before 2016.
        r"dist/(.*app8\.min\.js(\.LICENSE\.txt)?|main8\.css|fonts\.css|[0-9a-f]{20}\.woff2)",
        "0d180e64dc27f8cd958c9a75a2bd55fc4cf2a8bd2c8e13d06ded29d528805858",
        "solara-vuetify3-app.txt",
    ),
    Package(
        "requirejs",
        "2.3.6",
        "ipEzlWQe6RK3jkzikgCupiTbTvm4S0/CAU5GlgptkN5SO6F3u0UD0K18wy6ErDqiCyP4J4YYe1HuAShvsxePLg==",
        r"require\.js",
        "286e0d0add20d725531f4a544d1eacd325b776a68056f983128ca8143342f45b",
        "requirejs.txt",
    ),
    Package(
        "font-awesome",
        "4.5.0",
        "XGGY8CN/NT8e5fKOC/K7CESNQ3+2oYOfZqwZcKgEMtcmTiHtFIH+XZWRoU0HtcdwhtSkpWXLfTIUlTdJ4PhX8A==",
        r"css/font-awesome\.min\.css|fonts/fontawesome-webfont\.woff2",
        "b2367d16047831c2e661bb04a22442373fb6dba1e57856c66aecf4a075e5b1ad",
        "font-awesome.txt",
    ),
)


def missing(folder: Path = FOLDER) -> list[Package]:
    """Return the packages whose files are not all in the vendor folder."""

    def is_there(package: Package) -> bool:
        mark = folder / package.folder / _MARK
        return mark.is_file() and mark.read_text() == package.mark

    return [package for package in PACKAGES if not is_there(package)]


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of a package's files and their names; what is written down beside them does not count."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files if name != _MARK]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def damaged(folder: Path = FOLDER) -> list[Package]:
    """Return the packages that are not in the vendor folder just as they were written down, byte for byte."""
    absent = missing(folder)
    return [package for package in PACKAGES if package in absent or digest_of(folder / package.folder) != package.kept]


def unpack(package: Package, archive: bytes, folder: Path) -> int:
    """Write the files of a package that are to be served into ``folder`` and return how many.

    Raises
    ------
    WebError
        The archive is not the one that was written down here, or lacks files.
    """
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if digest != package.sha512:
        raise WebError(f"{package.folder}: the archive's sha512 is {digest}, not {package.sha512}. Nothing of it was used.")
    target = folder / package.folder
    shutil.rmtree(target, ignore_errors=True)
    written = 0
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as packed:
        for entry in packed:
            place = PurePosixPath(*PurePosixPath(entry.name).parts[1:])
            if not entry.isfile() or entry.size > _LARGEST_FILE or not re.fullmatch(package.keep, str(place)):
                continue
            if ".." in place.parts:
                raise WebError(f"{package.folder}: {entry.name} leads out of the package.")
            content = packed.extractfile(entry)
            assert content is not None
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target / place, content.read())
            written += 1
    if not written:
        raise WebError(f"{package.folder}: the archive holds none of the files that are to be served.")
    if (found := digest_of(target)) != package.kept:
        raise WebError(f"{package.folder}: the sha256 of the files that are to be served is {found}, not {package.kept}.")
    (target / _MARK).write_text(package.mark)
    return written


def check(folder: Path = FOLDER) -> None:
    """See that everything is there, so that no page is served that would stay blank.

    Raises
    ------
    WebError
        Something is missing; the message says how to get it, which needs a network once.
    """
    if absent := missing(folder):
        raise WebError(
            f"The page's parts for browsers are missing ({absent[0].folder}). In a clone, get them once, with a network: make vendor. "
            "An installed package has them: install it again"
        )


def fetch(folder: Path = FOLDER) -> None:
    """Get every package that is missing or damaged through npm, which knows its registry, and unpack it into ``folder``.

    Raises
    ------
    WebError
        npm is missing or could not get one, or an archive is not the expected one.
    """
    wanted = damaged(folder)
    if wanted and shutil.which("npm") is None:
        raise WebError(
            f"npm is needed once, to get the page's parts for browsers ({wanted[0].folder}); on Debian: apt-get install npm. Then try again"
        )
    for package in wanted:
        with tempfile.TemporaryDirectory() as place:
            count = unpack(package, _archive(package, Path(place)).read_bytes(), folder)
        print(f"{package.folder}: {count} file{'s' * (count != 1)}", file=sys.stderr)


def _archive(package: Package, place: Path) -> Path:
    """Return a package's archive, which npm put into a folder; npm that stands still is asked once more."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--prefer-offline", "--fetch-retries", "1", package.folder]
    said = ""
    for _ in range(2):
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=_PATIENCE_S)
        except subprocess.TimeoutExpired:
            said = f"nothing came in {_PATIENCE_S} s"
            continue
        archives = list(place.glob("*.tgz"))
        if not done.returncode and len(archives) == 1:
            return archives[0]
        said = (done.stderr.strip() or "no archive came").splitlines()[-1]
    raise WebError(f"npm could not get {package.folder}: {said}. Look at the network, then try again")


if __name__ == "__main__":
    try:
        fetch()
    except WebError as error:
        sys.exit(f"vendor: {error}")
