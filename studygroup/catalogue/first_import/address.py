"""Addresses: what is misspelt in them, when signed ones end, and which two lead to the same place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from studygroup.errors import Severity

# Anything but letters, digits and the marks with which a relative address may begin.
_JUNK_BEFORE = re.compile(r"[^\w/#.?]+(?=https?://)", re.IGNORECASE)
_DOUBLED = re.compile(r"https?:/{0,2}(?=https?://)", re.IGNORECASE)
_MISSPELT = re.compile(r"(?!https?://)h*t+p+(s?)(?::/{1,3}|;//|//)(?=[\w\[])", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)

# Names under which signed addresses carry the second (since 1970) at which they end.
_END_KEYS = ("expires", "x-expires", "exp")

# What an address carries only to count who clicked it. Source: the parameters that Firefox and ClearURLs strip.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|si|ref|ref_src|ref_url|trk|trkinfo|feature|_hsenc|_hsmi|spm|"
    r"share|source|sr_share|cmpid|s|usp|ab_channel|pp|t)",
    re.IGNORECASE,
)
_VIDEO_PATH = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{6,})")
_BRANCH_ENDING = re.compile(
    r"(?:\.git|/(?:tree|blob|src)/(?:main|master)|/(?:blob|tree)/(?:main|master)/readme\.md)/*$", re.IGNORECASE
)


def repair_address(url: str) -> str:
    """Return an address without what cannot belong to it: marks before ``https://``, a doubled or misspelt scheme.

    >>> repair_address("}https://example.org"), repair_address("hhttps://example.org"), repair_address("https:/example.org")
    ('https://example.org', 'https://example.org', 'https://example.org')
    >>> repair_address("notes/lora.md"), repair_address("http://example.org/~ada?x=1#y")
    ('notes/lora.md', 'http://example.org/~ada?x=1#y')
    """
    url = url.strip()
    if found := _JUNK_BEFORE.match(url):
        url = url[found.end() :]
    while found := _DOUBLED.match(url):
        url = url[found.end() :]
    if found := _MISSPELT.match(url):
        url = f"http{found[1].lower()}://{url[found.end() :]}"
    return url.replace(" ", "%20") if " " in url and url[:8].lower().startswith(("http://", "https://")) else url


def expiry(url: str) -> datetime | None:
    """Return when a signed address ends by its own words (UTC), or None.

    Source: Amazon S3, "Authenticating Requests: Using Query Parameters" (``X-Amz-Date``, ``X-Amz-Expires``), of which Google
    Cloud's ``X-Goog-`` is a copy; CloudFront and S3's older ``Expires``; Azure's ``se``; Facebook's hexadecimal ``oe``.

    >>> expiry("https://cdn.example.org/a.pdf?oh=1&oe=64BE66FF")
    datetime.datetime(2023, 7, 24, 11, 56, 47, tzinfo=datetime.timezone.utc)
    """
    if "?" not in url:
        return None
    try:
        query = {key.lower(): value for key, value in parse_qsl(urlsplit(url).query)}
        if "oe" in query and "oh" in query:
            return datetime.fromtimestamp(int(query["oe"], 16), UTC)
        for vendor in ("x-amz", "x-goog"):
            if f"{vendor}-date" in query and f"{vendor}-expires" in query:
                start = datetime.strptime(query[f"{vendor}-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                return start + timedelta(seconds=int(query[f"{vendor}-expires"]))
        if "se" in query and "sig" in query:
            end = datetime.fromisoformat(query["se"])
            return end if end.tzinfo else end.replace(tzinfo=UTC)
        # Without a signature beside it, a number under such a name may be anything.
        if any("sig" in key or "hmac" in key or "token" in key for key in query):
            for key in _END_KEYS:
                if query.get(key, "").isdigit() and len(query[key]) == 10:
                    return datetime.fromtimestamp(int(query[key]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def right_address(url: str, line: int, base_url: str, now: datetime, report: Callable[[int, Severity, str], None]) -> str:
    """Return an address repaired and joined to the list's base; repairs and signed links that have expired are reported."""
    right = repair_address(url)
    if right != url.strip():
        report(line, "note", f"the address {url[:80]} was repaired to {right[:80]}")
    if base_url and is_relative(right):
        right = join_base(right, base_url)
    end = expiry(right)
    if end is not None and end < now:
        report(line, "warning", f"a signed link; it expired on {end:%Y-%m-%d} by its own date: {right[:80]}")
    return right


def join_base(url: str, base_url: str) -> str:
    """Return a relative address joined to where its list stands; one that cannot be joined as it is."""
    try:
        return urljoin(base_url, url)
    except ValueError:
        return url


def is_web(url: str) -> bool:
    """Return whether an address is http(s) and names a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def is_relative(url: str) -> bool:
    """Return whether an address is a path beside the list: no scheme, and not inside the document."""
    return bool(url) and not url.startswith(("#", "//")) and not _SCHEME.match(url)


@lru_cache(maxsize=65536)
def address_key(url: str) -> str:
    """Return what two addresses share that lead to the same page; empty for anything but http(s).

    Left aside: scheme, ``www``, case of the host, trailing slash, fragment, tracking parameters, ``.git``, the main branch,
    and the several forms of a YouTube address.

    >>> address_key("http://www.example.org/a/?utm_source=x#y"), address_key("https://youtu.be/kMb4TmhTlbk?si=Tdbp")
    ('example.org/a', 'youtube.com/watch?v=kMb4TmhTlbk')
    >>> address_key("https://github.com/CarperAI/trlx/tree/main"), address_key("notes/lora.md")
    ('github.com/carperai/trlx', '')
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    path = unquote(parts.path)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(key)]
    if host == "youtu.be" and len(path) > 1:
        host, path, query = "youtube.com", "/watch", [("v", path[1:].split("/")[0])]
    elif host.endswith(("youtube.com", "youtube-nocookie.com")):
        host = "youtube.com"
        if found := _VIDEO_PATH.match(path):
            path, query = "/watch", [("v", found[1])]
        if path == "/watch":
            query = [pair for pair in query if pair[0] == "v"]
    elif host in {"github.com", "gitlab.com", "huggingface.co"}:
        # These hosts take names in any case.
        path = _BRANCH_ENDING.sub("", path.rstrip("/")).lower()
    path = re.sub(r"/(?:index\.(?:html?|php))?$", "", path)
    return f"{host}{path.rstrip('/')}" + ("?" + "&".join(f"{key}={value}" for key, value in sorted(query)) if query else "")
