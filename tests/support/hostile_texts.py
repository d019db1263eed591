"""Forty texts that would run, load, escape or break something, if one place took them for more than text."""

from __future__ import annotations

HACK = "document.title='hacked'"
OUTSIDE = "outside.example"

HOSTILE = (
    f"<script>{HACK}</script>",
    f"<img src=x onerror={HACK}>",
    f"<svg onload={HACK}>",
    f"<svg><script>{HACK}</script></svg>",
    f"<body onload={HACK}>",
    f'<iframe src="javascript:{HACK}"></iframe>',
    f'<iframe srcdoc="<script>parent.{HACK}</script>"></iframe>',
    f'<a href="javascript:{HACK}">click</a>',
    f"[click](javascript:{HACK})",
    f"[click](JaVaScRiPt:{HACK})",
    f"[click](&#106;avascript:{HACK})",
    f"[click](data:text/html,<script>{HACK}</script>)",
    f"<details open ontoggle={HACK}>x</details>",
    f"<video><source onerror={HACK}></video>",
    f"<input autofocus onfocus={HACK}>",
    f"<math><mtext></math><img src=x onerror={HACK}>",
    f"<style>@import 'https://{OUTSIDE}/x.css'; body {{ display: none }}</style>",
    f"<link rel=stylesheet href=https://{OUTSIDE}/x.css>",
    f'<meta http-equiv=refresh content="0;url=https://{OUTSIDE}">',
    f"<base href=https://{OUTSIDE}/>",
    f"<img src=https://{OUTSIDE}/pixel.png>",
    f"![pixel](https://{OUTSIDE}/pixel.png)",
    f"<object data=https://{OUTSIDE}/x.swf></object>",
    f"<form action=https://{OUTSIDE}><button>Send</button></form>",
    "$\\href{javascript:" + HACK + "}{x}$",
    "$$\\unicode{<img src=x onerror=" + HACK + ">}$$",
    "\\(\\require{html}\\href{javascript:" + HACK + "}{x}\\)",
    f"`<script>{HACK}</script>`",
    f"```html\n<script>{HACK}</script>\n```",
    f"</textarea></title><script>{HACK}</script>",
    f"--><script>{HACK}</script><!--",
    f"]]><script>{HACK}</script>",
    f"{{{{ 7*7 }}}} {{% raw %}} ${{{HACK}}}",
    "*" * 300 + "_" * 300 + "[" * 300 + ">" * 300,
    "# Heading\n\n***\n\n| a | b |\n|---|\n[x]: y\n\n<div><b>never closed",
    "right \u202eto left\u202c and \u2067isolated\u2069",
    '=HYPERLINK("https://outside.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1 \t-1",
    "Zoë O'Brien-李 said \u2028 “hi” \\n & < > \" ' `",
)
