"""Lines: a sentence ends in a full stop, a menu does not; and what stands on many pages belongs to none.

Papers: Raffel et al. 2020, "Exploring the Limits of Transfer Learning" (C4: only lines that end in a terminal
punctuation mark, and have some words); Wenzek et al. 2020, "CCNet" (paragraphs that many pages share).
"""

from collections import Counter
from collections.abc import Collection, Mapping

from llmcourse.corpus.cleaning.checks import checked_share, checked_text, checked_texts, checked_whole

ENDS = (".", "!", "?", '"', "”")


def sentence_lines(text: str, least_words: int = 1) -> str:
    """The lines that end like a sentence and have at least `least_words` words."""
    checked_whole("least_words", least_words)
    lines = (line.strip() for line in checked_text(text).splitlines())
    return "\n".join(line for line in lines if line.endswith(ENDS) and len(line.split()) >= least_words)


def common_lines(texts: Mapping[int, str], share: float = 0.02, least_words: int = 5) -> set[str]:
    """Lines that stand on more than this share of the pages (and on three at least), short ones aside.

    Digits count as alike, so that "You are visitor 731." is one line with all its numbers.
    """
    checked_share("share", share)
    pages = Counter(line for text in checked_texts(texts).values() for line in {template(x) for x in text.splitlines()})
    most = max(2, share * len(texts))
    return {line for line, count in pages.items() if count > most and len(line.split()) >= least_words}


def without_lines(text: str, lines: Collection[str]) -> str:
    """The text without those of its lines that are among `lines`, as `common_lines` writes them."""
    return "\n".join(line for line in checked_text(text).splitlines() if template(line) not in lines)


def template(line: str) -> str:
    """The line with each digit as a 0, and nothing around it."""
    return "".join("0" if character.isdigit() else character for character in line.strip())
