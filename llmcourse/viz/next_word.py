"""A widget to play with: what a model expects next, beside what the world knows."""

from typing import Any

import traitlets

from llmcourse.corpus import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference import next_token_probabilities
from llmcourse.model import GPT
from llmcourse.viz.bertviz_page import static
from llmcourse.viz.cells import visible
from llmcourse.viz.plots import likeliest, next_word_bars
from llmcourse.viz.style import Picture, checked_alt
from llmcourse.viz.widget import PictureWidget, message_picture


class NextWordView(PictureWidget):
    """The model's probabilities for the next word beside the world's exact ones. Clicking a word appends it.

    `top`: how many words to show, the likeliest of either side.
    """

    _esm = static("common.js") + static("next_word.js")
    _css = static("widgets.css")

    prompt = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self, model: GPT, tokenizer: Tokenizer, world: Any, prompt: str = "", *, top: int = 10, alt: str | None = None
    ):
        alt = alt or (
            f"The next word after “{prompt}”: for each of the {top} likeliest words, the model's probability as a "
            "solid bar above the world's exact probability as a hatched bar."
        )
        self._model, self._tokenizer, self._world, self._top = model, tokenizer, world, top
        self._start = prompt
        self._answers = 0
        self._said: dict[str, float] = {}
        self._truth: dict[str, float] | None = None
        super().__init__(prompt=prompt, alt=checked_alt(alt))
        self._compute()
        self.observe(self._compute, "prompt")
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, request: Any, __: Any) -> None:
        """What the buttons ask for."""
        action = request.get("do") if isinstance(request, dict) else None
        ids = self._ids()
        if action == "restart":
            self.prompt = self._start
        elif action == "undo" and ids:
            self.prompt = self._tokenizer.decode(ids[:-1])
        elif action == "append":
            self.append(str(request.get("word", "")))
        self._compute()  # also where nothing changed: the browser waits for an answer

    def append(self, word: str) -> None:
        """Go on with this word, as a click on it does. An unknown word changes nothing."""
        if word in self._tokenizer.vocabulary:
            self.prompt = self._tokenizer.decode([*self._ids(), self._tokenizer.vocabulary.index(word)])

    def _ids(self) -> list[int]:
        try:
            return self._tokenizer.encode(self.prompt)
        except CourseError:
            return []

    def _compute(self, _: Any = None) -> None:
        message = ""
        try:
            self._said = next_token_probabilities(self._model, self._tokenizer, self.prompt)
        except CourseError as problem:
            message, note = str(problem), self.shown.get("note", "")  # and the last answer stays to be seen
        else:
            self._truth, note = self._world_says()
        self.shown = self._as_shown(message, note)

    def _world_says(self) -> tuple[dict[str, float] | None, str]:
        """The world's exact distribution and a sentence about it; None after what the world would never write."""
        try:
            truth = self._world.next_word(self.prompt)
        except CourseError as reason:
            return None, f"The world has no next word here: {reason}."
        truth = truth or {self._end: 1.0}  # after a whole story
        agreement = sum(min(self._said.get(word, 0.0), p) for word, p in truth.items())
        return truth, f"Model and world agree on {agreement:.0%} of the probability."

    @property
    def _end(self) -> str:
        return self._tokenizer.vocabulary[self._tokenizer.eos_id]

    def _as_shown(self, message: str, note: str) -> dict[str, Any]:
        words = likeliest(self._said, self._truth or {}, self._top)
        rows = [
            {
                "word": word,
                "label": self._label(word),
                "model": self._said.get(word, 0.0),
                "truth": None if self._truth is None else self._truth.get(word, 0.0),
                "ends": word in self._tokenizer.vocabulary[:3],  # a special token cannot be appended
            }
            for word in words
        ]
        self._answers += 1  # every request gets an answer that differs from the one before
        return {"prompt": self.prompt, "rows": rows, "note": note, "message": message, "answer": self._answers}

    def _label(self, word: str) -> str:
        return "(end of story)" if word == self._end else visible(word)

    def picture(self) -> Picture:
        if not self._said:
            return message_picture(self.shown["message"], self.alt)
        before = self.prompt if len(self.prompt) <= 60 else "… " + self.prompt[-60:].split(" ", 1)[-1]
        title = f"What comes next after “{before}”?" if before else "How does a story begin?"
        said = {self._label(word): p for word, p in self._said.items()}
        truth = {self._label(word): p for word, p in (self._truth or {}).items()}
        return Picture.of(next_word_bars(said, truth, title=title, top=self._top), self.alt)
