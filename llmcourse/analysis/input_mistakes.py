"""Inputs that are put together wrongly, so that the harm of each mistake can be measured.

None of them raises an error anywhere: to a model, ids are ids.
"""

from dataclasses import replace

from llmcourse.corpus.windows import NOWHERE, Window


def without_bos(window: Window) -> Window:
    """The window without its first token, `<bos>`, which has seen every text that the model was trained on."""
    return replace(window, ids=window.ids[1:], segments=window.segments[1:], offsets=window.offsets[1:])


def question_first(window: Window) -> Window:
    """The window with the question before the text, as other models have it, and not behind."""
    n = sum(window.segments)  # tokens of text; they stand right behind <bos>
    asked, end = window.ids[1 + n : -1], window.ids[-1]
    return replace(
        window,
        ids=(window.ids[0], *asked, *window.ids[1 : 1 + n], end),
        segments=(0,) * (1 + len(asked)) + (1,) * n + (0,),
        offsets=(NOWHERE,) * (1 + len(asked)) + window.offsets[1 : 1 + n] + (NOWHERE,),
    )
