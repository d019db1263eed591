"""Files, folders, standard input and addresses become sources, or an error that says what to do."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from studygroup.catalogue.merging.source import Limits, Source, read_sources
from studygroup.catalogue.online.download import download_of
from studygroup.catalogue.reading.form import form_of
from studygroup.errors import ReadingListError

LIST = b"# Trees\n\n- [How Oaks Grow](oaks.md)\n"


class Handler(BaseHTTPRequestHandler):
    """Answers by path, as the servers do that lists are on."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self, status: int, data: bytes = b"", kind: str = "text/plain; charset=utf-8", **headers: str) -> None:
        """Send one whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        """Answer one request."""
        head, _, number = self.path.rpartition("/")
        if self.path in ANSWERS:
            status, data, kind, headers = ANSWERS[self.path]
            self.answer(status, data, kind, **headers)
        elif self.path in SLOW:
            with self.server.quiet():  # type: ignore[attr-defined]
                SLOW[self.path](self)
        elif head == "/status":
            self.answer(int(number), b"no")
        elif head == "/hops":
            self.answer(302, Location=f"/hops/{int(number) - 1}" if int(number) else "/lists/trees.md")
        else:
            self.answer(200, LIST, "text/markdown")

    def begin(self, **headers: str) -> None:
        """Send the head of an answer whose body comes bit by bit."""
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def endless(self) -> None:
        """Send 100 MB."""
        self.begin()
        for _ in range(100_000):
            self.wfile.write(b"x" * 1000)

    def drip(self) -> None:
        """Send a line now and then, until the client hangs up."""
        self.begin()
        while True:
            self.wfile.write(b"- a\n")
            self.wfile.flush()
            time.sleep(0.05)

    def silent(self) -> None:
        """Answer nothing before the client hangs up."""
        self.rfile.read(1)

    def cut(self) -> None:
        """Send less than was announced."""
        self.begin(**{"Content-Length": "1000"})
        self.wfile.write(b"- a")


PLAIN = "text/plain; charset=utf-8"
ANSWERS: dict[str, tuple[int, bytes, str, dict[str, str]]] = {
    "/away": (302, b"", PLAIN, {"Location": "http://example.org/list.md"}),
    "/file": (302, b"", PLAIN, {"Location": "file:///etc/hostname"}),
    "/page": (200, b"<!DOCTYPE html><p>Trees", "text/html; charset=utf-8", {}),
    "/disguised": (200, b"\n<!-- hello -->\n<html><p>Trees", PLAIN, {}),
    "/picture.md": (200, b"\x89PNG\r\n\x1a\n" + bytes(50), PLAIN, {}),
    "/paper": (200, b"abc", "application/pdf", {}),
    "/refs": (200, b"@book{a, title={B}}", "application/x-bibtex", {}),
    "/big": (200, b"x" * 3000, PLAIN, {}),
}
SLOW = {"/endless": Handler.endless, "/drip": Handler.drip, "/silent": Handler.silent, "/cut": Handler.cut}


class Server(ThreadingHTTPServer):
    """A server whose clients may hang up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""

    def quiet(self) -> AbstractContextManager[None]:
        """Return a block in which a client may hang up."""
        return suppress(OSError)


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def refused(*words: str, **given: object) -> str:
    with pytest.raises(ReadingListError) as caught:
        read_sources(words, **given)  # type: ignore[arg-type]
    return str(caught.value)


# --- files, folders, standard input -----------------------------------------------------------------------------------


def test_a_file_is_called_as_its_stem(tmp_path: Path) -> None:
    """The form is told by the ending."""
    file = tmp_path / "trees.md"
    file.write_bytes(LIST)
    assert read_sources([str(file)]) == [Source("trees", str(file), LIST, "markdown")]


def test_standard_input_is_a_dash() -> None:
    """Its form is told by its content."""
    data = b"title,link\nHow Oaks Grow,https://example.org/a\n"
    assert read_sources(["-"], io.BytesIO(data)) == [Source("list", "standard input", data, "csv")]


def test_a_folder_stands_for_the_lists_below_it(tmp_path: Path) -> None:
    """Sorted; hidden folders, installed packages and other files are left out."""
    for name in ("b.md", "a/c.BIB", "a/d.csv", "e.yml", "f.txt", ".git/g.md", "node_modules/h.md", ".venv/i.md", "a/.j.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("- x\n")
    found = [(source.name, source.form) for source in read_sources([str(tmp_path)])]
    assert found == [("c", "bibtex"), ("d", "csv"), ("b", "markdown"), ("e", "yaml")]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    """A missing file, an address without its scheme, a folder without lists, two lists of one name."""
    assert refused(str(tmp_path / "no.md")) == f"There is no file or folder {str(tmp_path / 'no.md')!r}."
    assert "write https://github.com/ada/oaks" in refused("github.com/ada/oaks")
    assert "There is no reading list in the folder" in refused(str(tmp_path))
    assert "holds a NUL" in refused("a\0b")
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Trees.md").write_bytes(LIST)
    assert "would both become the list trees; import one of them with --list NAME" in refused(str(tmp_path))


def test_no_permission_is_said(tmp_path: Path) -> None:
    """A file that cannot be opened names the reason."""
    file = tmp_path / "a.md"
    file.write_bytes(LIST)
    file.chmod(0)
    if os.geteuid() == 0:
        # root may read every file, so the question is asked as no one.
        for folder in (tmp_path, *tmp_path.parents[:3]):
            folder.chmod(folder.stat().st_mode | 0o111)
        os.seteuid(65534)
    try:
        assert refused(str(file)) == f"{file} cannot be read: Permission denied."
    finally:
        if os.getuid() == 0:
            os.seteuid(0)


def test_too_large_and_no_text(tmp_path: Path) -> None:
    """Files and standard input have the limits of addresses."""
    file = tmp_path / "a.csv"
    file.write_bytes(b"PK\x03\x04" + bytes(30))
    assert "is no text" in refused(str(file))
    assert "a spreadsheet can be saved as CSV" in refused(str(file))
    assert "standard input is larger than 1e-05 MB" in refused("-", stdin=io.BytesIO(LIST), limits=Limits(size_bytes=10))
    assert "is no text" in refused("-", stdin=io.BytesIO(bytes(range(32)) * 4))


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"", "markdown"),
        (LIST, "markdown"),
        (b"Some words, and more.\nOther words, and less.\n", "markdown"),
        (b"| title | link |\n|---|---|\n| a | b |\n", "markdown"),
        (b"---\ntitle: Trees\n---\n\n- [A](b)\n", "markdown"),
        (b"- Paper: [A](https://example.org)\n- Paper: [B](https://example.org)\n", "markdown"),
        (b"% refs\n\n@Article{a,\n title={B}}\n", "bibtex"),
        (b"- title: A\n  url: https://example.org\n- title: B\n", "yaml"),
        (b"# my list\npapers:\n  - title: A\n", "yaml"),
        (b"title;link\nA, or B;https://example.org\n", "csv"),
        (b"title\tlink\nA\thttps://example.org\n", "csv"),
        ("title,link\nZoë,https://example.org\n".encode("utf-16"), "csv"),
    ],
)
def test_form_is_told_by_content(data: bytes, form: str) -> None:
    """Where neither ending nor content type says it."""
    assert form_of(data) == form


# --- addresses --------------------------------------------------------------------------------------------------------


def test_an_address_is_read(host: str) -> None:
    """Its base is itself, its name the page's; the content type tells the form."""
    place = f"{host}/lists/trees.md"
    assert read_sources([place]) == [Source("trees", place, LIST, "markdown", place)]
    assert read_sources([f"{host}/refs"])[0].form == "bibtex"


def test_redirects_are_followed_five_times(host: str) -> None:
    """Not six times, and never away from https."""
    assert read_sources([f"{host}/hops/4"])[0].data == LIST
    assert "was redirected more than 5 times" in refused(f"{host}/hops/5")
    assert "only https:// addresses are. It leads to http://example.org/list.md." in refused(f"{host}/away")
    assert "only https:// addresses are. It leads to file:///etc/hostname." in refused(f"{host}/file")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/status/404", "there is nothing at that address (404)"),
        ("/status/403", "the server does not show it to everyone (403)"),
        ("/status/429", "the server asks to wait (429)"),
        ("/status/500", "the server has a problem (500)"),
        ("/status/204", "the server answered 204"),
        ("/page", "a web page, not with a list; give the raw address of its Markdown"),
        ("/disguised", "a web page, not with a list"),
        ("/picture.md", "is no text"),
        ("/paper", "is application/pdf, not text"),
        ("/cut", "cannot be read"),
    ],
)
def test_answers_that_are_no_list(host: str, path: str, said: str) -> None:
    """Each says what is wrong and what to do."""
    assert said in refused(f"{host}{path}")


def test_size_and_time_are_limited(host: str) -> None:
    """Announced or not, at once or drop by drop."""
    for path in ("/big", "/endless"):
        assert "is larger than 0.002 MB" in refused(f"{host}{path}", limits=Limits(size_bytes=2000))
    for path in ("/silent", "/drip"):
        assert "answers too slowly" in refused(f"{host}{path}", limits=Limits(read_s=0.4, total_s=0.5))


def test_no_one_answers() -> None:
    """A port where nothing listens, and a name that does not exist."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert "cannot be reached" in refused(f"http://127.0.0.1:{taken.getsockname()[1]}/a.md")

    def unknown(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Name or service not known", request=request)

    with httpx.Client(transport=httpx.MockTransport(unknown)) as client:
        assert "Name or service not known); is this machine online" in refused("https://no.example/a.md", client=client)


@pytest.mark.parametrize(
    "word",
    ["http://example.org/a.md", "ftp://example.org/a.md", "file:///etc/hostname", "https://", "https://[::1", "https://a:b/c"],
)
def test_other_addresses_are_refused(word: str) -> None:
    """Before anything is asked for."""
    assert word in refused(word)


def serving(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_repository_is_its_readme() -> None:
    """Whatever its case; relative links lead to the repository's pages."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = str(request.url) == "https://raw.githubusercontent.com/ada/oaks/HEAD/readme.md"
        return httpx.Response(200, content=LIST) if found else httpx.Response(404)

    with serving(answer) as client:
        [source] = read_sources(["https://github.com/ada/oaks"], client=client)
    base = "https://github.com/ada/oaks/blob/HEAD/README.md"
    assert source == Source("oaks", "https://github.com/ada/oaks", LIST, "markdown", base)


def test_nothing_leads_to_this_machine() -> None:
    """An address on the web cannot send us to what only this machine can reach; a password in it is not shown."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "https://127.0.0.1:8888/secret"})

    with serving(answer) as client:
        said = refused("https://ada:secret@example.org/a.md", client=client)
    assert said == "https://example.org/a.md is not read: it leads to this machine itself."


@pytest.mark.parametrize(
    ("page", "asked", "base", "name"),
    [
        ("https://github.com/ada/oaks.git", "raw.githubusercontent.com/ada/oaks/HEAD/README.md", "github.com/ada/oaks/blob/HEAD/README.md", "oaks"),
        ("https://github.com/ada/oaks/tree/dev/b", "raw.githubusercontent.com/ada/oaks/dev/b/README.md", "github.com/ada/oaks/blob/dev/b/README.md", "b"),
        ("https://github.com/ada/oaks/raw/main/x.bib?a#b", "raw.githubusercontent.com/ada/oaks/main/x.bib", "github.com/ada/oaks/blob/main/x.bib", "x"),
        ("https://raw.githubusercontent.com/ada/oaks/refs/heads/main/README.md", "raw.githubusercontent.com/ada/oaks/refs/heads/main/README.md", "github.com/ada/oaks/blob/main/README.md", "oaks"),
        ("https://gitlab.com/g/h/oaks/-/blob/main/a.md", "gitlab.com/g/h/oaks/-/raw/main/a.md", "gitlab.com/g/h/oaks/-/blob/main/a.md", "a"),
        ("https://codeberg.org/ada/oaks/src/branch/main/README.md", "codeberg.org/ada/oaks/raw/branch/main/README.md", "codeberg.org/ada/oaks/src/branch/main/README.md", "oaks"),
        ("https://gist.github.com/ada/0123abcd", "gist.githubusercontent.com/ada/0123abcd/raw", "gist.github.com/ada/0123abcd", "0123abcd"),
        ("https://example.org/lists/trees.md", "example.org/lists/trees.md", "example.org/lists/trees.md", "trees"),
        ("https://www.example.org/", "www.example.org/", "www.example.org/", "example"),
    ],
)  # fmt: skip
def test_pages_of_repositories(page: str, asked: str, base: str, name: str) -> None:
    """A page's address is turned into that of the file behind it."""
    target = download_of(page)
    assert (target.addresses[0], target.base_url, target.name) == (f"https://{asked}", f"https://{base}", name)


def test_only_an_address_imports_httpx(tmp_path: Path) -> None:
    """Importing a file stays quick."""
    (tmp_path / "a.md").write_bytes(LIST)
    code = "import sys; from studygroup.catalogue.merging.source import read_sources; read_sources(sys.argv[1:]); print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.md")], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
