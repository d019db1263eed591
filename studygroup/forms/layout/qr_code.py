"""A link as a QR code, for the camera of a phone."""

from __future__ import annotations

import html

import segno

_SQUARE_PX = 4
"""How wide a square of the code is."""


def qr_code(link: str, told: str) -> str:
    """Return a link as SVG, black on white in every theme; made here, without a network.

    ``told`` says to who cannot see it what it is; the link itself is to be beside it.

    >>> qr_code("https://papers.example.org/join#abc", "QR code of the link")[:72]
    '<svg role="img" aria-label="QR code of the link" width="148" height="148'
    """
    made = segno.make(link, error="m", micro=False, boost_error=False)
    drawn = str(made.svg_inline(scale=_SQUARE_PX, border=4, dark="#000", light="#fff", svgclass="sg-qr", lineclass=None))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{html.escape(told)}" ', 1)
