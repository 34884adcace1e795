"""The pipeline: one stage after the other, with everything that lay on the way kept for inspection.

The order is not a matter of taste. Text must be out of its HTML before its lines can be judged; characters must be
repaired before two texts can be compared; frames must be gone before copies are looked for, or all pages of a site look
like copies of each other; cheap filters come before dear ones.
"""

from collections.abc import Callable, Iterable, Mapping

from llmcourse.corpus.cleaning.characters import clean_characters
from llmcourse.corpus.cleaning.checks import Texts, checked_texts
from llmcourse.corpus.cleaning.decontaminate import drop_contaminated
from llmcourse.corpus.cleaning.exact import drop_exact_copies
from llmcourse.corpus.cleaning.html import main_text
from llmcourse.corpus.cleaning.lines import common_lines, sentence_lines, without_lines
from llmcourse.corpus.cleaning.near import drop_near_copies
from llmcourse.corpus.cleaning.privacy import redact
from llmcourse.corpus.cleaning.quality import complaints

Stage = Callable[[Mapping[int, str]], Texts]


def each(change: Callable[[str], str]) -> Stage:
    """The stage that makes the same change to each text."""
    return lambda texts: {number: change(text) for number, text in texts.items()}


def keep_good_lines(texts: Mapping[int, str]) -> Texts:
    """Lines that are sentences, and that are not on page after page; joined, for a story is one text."""
    sentences = each(sentence_lines)(texts)
    common = common_lines(sentences)
    return {number: " ".join(without_lines(text, common).split()) for number, text in sentences.items()}


def drop_poor_texts(texts: Mapping[int, str]) -> Texts:
    """The texts of which no rule complains."""
    return {number: text for number, text in texts.items() if not complaints(text)}


def stages(held_out: Iterable[str] = ()) -> dict[str, Stage]:
    """The course's pipeline by the names of its stages; `held_out` are the documents of the test set."""
    tests = list(held_out)
    return {
        "HTML": each(main_text),
        "characters": each(clean_characters),
        "lines": keep_good_lines,
        "quality": drop_poor_texts,
        "privacy": each(redact),
        "exact copies": drop_exact_copies,
        "near copies": drop_near_copies,
        "test set": lambda texts: drop_contaminated(texts, tests),
    }


def clean(texts: Mapping[int, str], through: Mapping[str, Stage]) -> dict[str, Texts]:
    """What is there in the beginning (under the name "crawl") and after each stage."""
    found = {"crawl": dict(checked_texts(texts))}
    for name, stage in through.items():
        found[name] = stage(list(found.values())[-1])
    return found
