"""Samples as they improve: what a model writes at each stage of its training, judged by the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from llmcourse.corpus import Tokenizer, join_words, split_words
from llmcourse.errors import CourseError
from llmcourse.inference import sample_text
from llmcourse.model import GPT
from llmcourse.viz.training import LiveOutput

LEFT = 'style="text-align: left; vertical-align: top"'  # notebooks align cells to the right


@dataclass(frozen=True)
class Sample:
    """What the model wrote at a step. `fault` is the first word that no story has there; None where there is none."""

    step: int
    text: str
    judged: bool = False
    fault: int | None = None

    @property
    def verdict(self) -> str:
        if not self.judged:
            return ""
        return "✓ as in the world" if self.fault is None else f"✗ wrong from word {self.fault + 1} on"


class SampleTable:
    """Samples in the order in which they were written. Shows itself as a table, with wrong words underlined."""

    def __init__(self, samples: Sequence[Sample]):
        self.samples = list(samples)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": repr(self)}

    def __repr__(self) -> str:  # the same on every machine, whatever the samples are
        return f"A table of {len(self.samples)} samples: training step, what the model wrote, the world's verdict."

    def html(self) -> str:
        judged = any(sample.judged for sample in self.samples)
        head = ["step", "the model writes", *(["the world says"] if judged else [])]
        rows = [[f"{s.step:,}", marked(s), *([escape(s.verdict)] if judged else [])] for s in self.samples]
        return (
            f"<table><thead><tr>{''.join(f'<th {LEFT}>{cell}</th>' for cell in head)}</tr></thead><tbody>"
            + "".join(f"<tr>{''.join(f'<td {LEFT}>{cell}</td>' for cell in row)}</tr>" for row in rows)
            + "</tbody></table>"
        )


def marked(sample: Sample) -> str:
    """The sample's text as HTML, with the word that went wrong underlined."""
    if sample.fault is None:
        return escape(sample.text)
    tokens = split_words(sample.text)
    before, after = join_words(tokens[: sample.fault]), join_words(tokens[: sample.fault + 1])
    word, rest = after[len(before) :].strip(), join_words(tokens)[len(after) :]
    space = " " if after[len(before) :].startswith(" ") else ""
    return f"{escape(before)}{space}<u><b>{escape(word)}</b></u>{escape(rest)}"


class LiveSamples:
    """A callback that lets the model write at every `every`-th evaluation, and shows all it wrote so far.

    With a `world`, each sample is judged. `temperature` 0 takes the likeliest word. Sampling draws from a generator of
    its own, so it does not change the training run.
    """

    def __init__(
        self,
        model: GPT,
        tokenizer: Tokenizer,
        prompt: str = "",
        *,
        world: Any = None,
        every: int = 1,
        temperature: float = 1.0,
        seed: int = 0,
        max_new_tokens: int = 40,
    ):
        self.model, self.tokenizer, self.prompt, self.world = model, tokenizer, prompt, world
        self.every, self.temperature, self.seed, self.max_new_tokens = every, temperature, seed, max_new_tokens
        self.samples: list[Sample] = []
        self._evaluations = 0
        self._output = LiveOutput()

    def on_start(self, run: Any = None) -> None:
        self.write(getattr(run, "step", 0))

    def on_eval(self, step: int, validation_loss: float = 0.0) -> None:
        self._evaluations += 1
        if self._evaluations % self.every == 0:
            self.write(step)

    def write(self, step: int) -> None:
        """Let the model write once more, and show it."""
        text = sample_text(
            self.model,
            self.tokenizer,
            self.prompt,
            temperature=self.temperature,
            seed=self.seed,
            max_new_tokens=self.max_new_tokens,
        )
        self.samples.append(judged_sample(step, text, self.world))
        self._output.show(SampleTable(self.samples))


def judged_sample(step: int, text: str, world: Any) -> Sample:
    """The sample with the world's verdict: whether a story can begin like this."""
    if world is None:
        return Sample(step, text)
    try:
        world.next_word(text)
    except CourseError as reason:
        return Sample(step, text, judged=True, fault=getattr(reason, "position", 0))
    return Sample(step, text, judged=True)
