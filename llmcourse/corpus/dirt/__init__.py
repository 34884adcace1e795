"""Dirt for the cleaning chapter: what the web does to clean documents, with the truth kept.

    crawl(documents, dirt=0.3)  ->  pages, each with the story it tells and all that was done to it

Nothing here was taken from the web: sites, offers, addresses and foreign words are all invented.
"""

from llmcourse.corpus.dirt.crawl import KINDS, crawl
from llmcourse.corpus.dirt.page import Page

__all__ = ["KINDS", "Page", "crawl"]
