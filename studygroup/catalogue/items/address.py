"""Which addresses lead to the same place, and which are addresses on the web at all."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

# What an address carries only to count who clicked it. Source: the parameters that Firefox and ClearURLs strip.
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|si|ref|ref_src|ref_url|trk|trkinfo|feature|_hsenc|_hsmi|spm|"
    r"share|source|sr_share|cmpid|s|usp|ab_channel|pp|t)",
    re.IGNORECASE,
)
_VIDEO_PATH = re.compile(r"/(?:embed|shorts|live|v)/([\w-]{6,})")
_INDEX_PAGE = re.compile(r"/(?:index\.(?:html?|php))?$")
_BRANCH_ENDING = re.compile(
    r"(?:\.git|/(?:tree|blob|src)/(?:main|master)|/(?:blob|tree)/(?:main|master)/readme\.md)/*$", re.IGNORECASE
)


def is_web(url: str) -> bool:
    """Return whether an address is http(s) and names a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


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
    path = _INDEX_PAGE.sub("", path)
    return f"{host}{path.rstrip('/')}" + ("?" + "&".join(f"{key}={value}" for key, value in sorted(query)) if query else "")
