"""Cleaning a crawl, one idea a file: characters, HTML, lines, quality, privacy, copies, test sets."""
