"""What all pages of a graded class share: each is one file, for a large screen, a phone, paper or a reader's voice."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from llmcourse.course.display import inline
from llmcourse.course.outcome import Kind

STYLE = """
:root { color-scheme: light dark; --ink: #1b1e21; --paper: #fff; --soft: #f1f3f5; --line: #8a929a; --link: #0b57b0; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --paper: #16181b; --soft: #23272b; --line: #767e86; --link: #8ab8f5; }
}
body { color: var(--ink); background: var(--paper); }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem 1.2rem 4rem; }
h1 { line-height: 1.2; margin: .6rem 0 .2rem; }
h2 { margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
h3 { margin: 1.8rem 0 .3rem; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
p { margin: .4rem 0; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; }
caption { text-align: left; padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
.name { min-width: 8rem; }
.wide { min-width: 18rem; overflow-wrap: anywhere; }
.words { min-width: 6rem; }
.short { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
ul.odd { list-style: none; padding: 0; }
ul.odd > li { border-left: 6px solid var(--line); padding-left: .8rem; margin: 0 0 1rem; }
ul.odd ul, .remark ul { margin: .1rem 0; padding-left: 1.1rem; }
a { color: var(--link); }
pre { overflow-x: auto; background: var(--soft); padding: .7rem .9rem; border-radius: 4px; line-height: 1.4; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .92em; }
.found { border-left: 6px solid var(--edge, var(--line)); padding: .1rem 0 .1rem .8rem; margin: .5rem 0; }
.remark { border: 1px dashed var(--line); border-radius: 4px; padding: .4rem .8rem; margin: .5rem 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print { body { max-width: none; } pre { white-space: pre-wrap; } }
"""


def page(title: str, body: str) -> str:
    """A whole page that needs no other file."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def text(words: str) -> str:
    """Words from anywhere as HTML: nothing in them is taken for a tag. Code stands between `backquotes`."""
    return inline(visible(words))


def code(source: str, label: str) -> str:
    """A listing that can be scrolled with the keyboard as well."""
    label = html.escape(label, quote=True)
    return f'<pre tabindex="0" role="region" aria-label="{label}"><code>{html.escape(visible(source))}</code></pre>'


def sign(kind: Kind) -> str:
    """The sign of an outcome, with its words for whoever does not see it."""
    return f'<span aria-hidden="true">{kind.sign}</span><span class="unseen">{kind.words}</span>'


def outcome(kind: Kind) -> str:
    """An outcome in sign and words."""
    return f'<span aria-hidden="true">{kind.sign}</span> {kind.words}'


def bullets(items: Sequence[str]) -> str:
    """Sentences as a list."""
    return "<ul>" + "".join(f"<li>{text(item)}</li>" for item in items) + "</ul>"


def table(label: str, headings: Sequence[str], rows: Iterable[Sequence[str]], kinds: Sequence[str]) -> str:
    """A table whose cells are HTML already, the first of each row being its heading.

    Args:
        label: what the table holds, for its caption.
        kinds: the class of each column: "name", "words", "wide", "short" or "number".
    """
    head = "".join(f'<th scope="col" class="{kind}">{cell}</th>' for cell, kind in zip(headings, kinds, strict=True))
    body = ""
    for first, *rest in rows:
        cells = "".join(f'<td class="{kind}">{cell}</td>' for cell, kind in zip(rest, kinds[1:], strict=True))
        body += f'<tr><th scope="row" class="{kinds[0]}">{first}</th>{cells}</tr>\n'
    caption = html.escape(label)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{html.escape(label, quote=True)}">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def visible(words: str) -> str:
    """Without characters that a page or a terminal would obey instead of showing them."""
    return "".join(c if c in "\n\t" or (c.isprintable() and not "\u202a" <= c <= "\u202e") else "\ufffd" for c in words)
