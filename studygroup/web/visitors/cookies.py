"""The cookies of the members' page: one that says who is here, for this host and this page's path alone."""

from __future__ import annotations

from starlette.responses import Response

NAME = "studygroup"


def cookie_name(origin: str, prefix: str = "", name: str = NAME) -> str:
    """Return a cookie's full name; under HTTPS one that no neighbouring host can set.

    >>> cookie_name("http://127.0.0.1:8321"), cookie_name("https://papers.example.org")
    ('studygroup', '__Host-studygroup')
    >>> cookie_name("https://hub.example.org", "/services/members")
    '__Secure-studygroup'
    """
    if not origin.startswith("https:"):
        return name
    # The stronger kind is for a whole host; a page below a path keeps its cookies from its neighbours by the path.
    return f"__Secure-{name}" if prefix else f"__Host-{name}"


def set_cookie(response: Response, origin: str, prefix: str, value: str, age_s: int, name: str = NAME) -> None:
    """Have a browser keep a cookie that no script can read; with an age of 0, forget it."""
    response.set_cookie(
        cookie_name(origin, prefix, name),
        value,
        max_age=age_s,
        path=f"{prefix}/",
        httponly=True,
        samesite="lax",
        secure=origin.startswith("https:"),
    )


def read_cookie(header: str, name: str) -> str:
    """Return a cookie's value from a Cookie header, or empty.

    >>> read_cookie("a=1; studygroup=x=y", "studygroup")
    'x=y'
    """
    for part in header.split(";"):
        found, _, value = part.strip().partition("=")
        if found == name:
            return value
    return ""
