"""Three invented sites, each with its own idea of a web page around the text that one came for.

The first marks its parts with the tags made for them, the second with the class names of its style sheet, the third
is a table of the old kind, in which nothing says what is what.
"""

from html import escape
from random import Random

from llmcourse.corpus.dirt.page import between, pick

HEADLINES = (
    "Mia’s evening",
    "A walk and a wonder",
    "What the owl saw",
    "Tom’s café stories",
    "Lost & found",
    "A fine day",
)
TEASERS = ("Ten lamps you will not believe", "Why cats sit", "The best kite of the year", "A mill for sale")
REMARKS = ("first!", "nice one :)", "I liked the old page better", "same here in the harbor", "who wrote this?")


def page_html(paragraphs: list[str], rng: Random) -> str:
    """A whole page with these paragraphs in it, on one of the three sites. No two pages are the same."""
    return pick(rng, (lantern, plaza, hearth))([escape(text, quote=False) for text in paragraphs], rng)


def lantern(paragraphs: list[str], rng: Random) -> str:
    body = "\n".join(f"<p>{text}</p>" for text in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(pick(rng, HEADLINES))} | The Lantern</title>
<style>nav li {{display: inline}} .ad {{color: #d00}}</style>
<script>var visit = {{id: "{between(rng, 100000, 999999)}", seen: [1, 2]}}; if (visit.id) {{ track(visit); }}</script>
</head><body><header><nav><ul>
<li><a href="/">Home</a></li><li><a href="/new">New</a></li><li><a href="/in">Log in</a></li>
</ul></nav></header>
<main><article><h1>{escape(pick(rng, HEADLINES))}</h1>
<!-- story {between(rng, 1, 99999)} -->
{body}
</article></main>
<aside class="related"><h2>Read next</h2><a href="/{between(rng, 1, 999)}">{pick(rng, TEASERS)}</a></aside>
<footer><p>&copy; 2026 The Lantern &middot; <a href="/terms">Terms</a> &middot; All rights reserved.</p></footer>
</body></html>"""


def plaza(paragraphs: list[str], rng: Random) -> str:
    body = "<br>\n".join(paragraphs)
    return f"""<html><head><title>plaza - {escape(pick(rng, HEADLINES))}</title>
<script src="/js/{between(rng, 1000, 9999)}.js"></script></head><body>
<div class="cookie-banner">We use cookies. <button>Accept all</button></div>
<div id="menu" class="nav"><a href="/">Start</a> | <a href="/people">People</a> | <a href="/sell">Sell</a></div>
<div class="post"><div class="post-title">{escape(pick(rng, HEADLINES))}</div>
<div class="post-body">{body}</div>
<div class="share">Share this with {between(rng, 2, 900)} friends</div></div>
<div id="comments"><p>{pick(rng, REMARKS)}</p><p>{pick(rng, REMARKS)}</p></div>
<div class="footer">Plaza, the place for everybody. Session {between(rng, 10**8, 10**9)}</div></body></html>"""


def hearth(paragraphs: list[str], rng: Random) -> str:
    body = "<br><br>\n".join(paragraphs)
    return f"""<HTML><BODY BGCOLOR="#FFFFCC"><CENTER><FONT SIZE=5>{escape(pick(rng, HEADLINES))}</FONT></CENTER>
<TABLE WIDTH=90%><TR><TD VALIGN=top>Hearth Stories<BR>page {between(rng, 1, 9999)}<BR>[ back ] [ on ]</TD>
<TD>{body}</TD></TR>
<TR><TD COLSPAN=2>Hearth is kept by friends and asks for no money. You are visitor {between(rng, 1000, 99999)}.<BR>
Best viewed in a window of 800 by 600, with a cup of tea.</TD></TR></TABLE></BODY></HTML>"""
