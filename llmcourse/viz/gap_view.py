"""A widget to play with: hide words of a story, and see what a BERT writes into the gaps, beside the exact truth."""

from typing import Any

import traitlets

from llmcourse.corpus import Tokenizer
from llmcourse.corpus.gaps import gap_probabilities
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.inference.gaps import model_gap_probabilities
from llmcourse.model import BERT
from llmcourse.viz.bertviz_page import static
from llmcourse.viz.cells import visible
from llmcourse.viz.plots import likeliest, next_word_bars
from llmcourse.viz.style import Picture, checked_alt
from llmcourse.viz.widget import PictureWidget

GAP = "▆▆▆"
MOST_FOR_THE_WORLD = 6  # more gaps have more fillings than anybody wants to wait for


class GapView(PictureWidget):
    """A story whose words can be hidden by a click; the model's guesses for one gap beside the world's exact ones.

    A click on a word hides it and asks about it; a click on a gap asks about that one; a second click fills it again.
    `hidden`: the places (numbers of words, from 0) that are hidden at first. `top`: how many guesses to show.
    Raises CourseError for a place outside the story, and for words that the tokenizer does not know.
    """

    _esm = static("common.js") + static("gap_view.js")
    _css = static("widgets.css")

    shown = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        model: BERT,
        tokenizer: Tokenizer,
        world: World,
        text: str,
        hidden: list[int],
        *,
        top: int = 6,
        alt: str | None = None,
    ):
        self._model, self._tokenizer, self._world, self._top = model, tokenizer, world, top
        self._words = list(world.read(text).tokens)
        if not hidden or not all(0 <= place < len(self._words) for place in hidden):
            raise CourseError(f"hidden={hidden} must be places of this story: numbers from 0 to {len(self._words) - 1}")
        self._start = list(hidden)
        self._said: dict[int, dict[str, float]] = {}
        self._truth: dict[int, dict[str, float]] | None = None
        self._answers = 0
        self._hidden, self._chosen = set(hidden), hidden[0]
        alt = alt or (
            f"A story with {len(hidden)} hidden words, and for one of them the model's likeliest guesses as solid bars "
            "above the world's exact probabilities as hatched bars."
        )
        super().__init__(alt=checked_alt(alt))
        self._compute()
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, request: Any, __: Any) -> None:
        """What a click asks for."""
        action = request.get("do") if isinstance(request, dict) else None
        place = request.get("place") if isinstance(request, dict) else None
        if action == "restart":
            self._hidden, self._chosen = set(self._start), self._start[0]
        elif action == "click" and isinstance(place, int) and 0 <= place < len(self._words):
            self.click(place)
        self._compute()  # also where nothing changed: the browser waits for an answer

    def click(self, place: int) -> None:
        """What a click on a word does. The last gap stays: without one there is nothing to ask."""
        if place not in self._hidden or place != self._chosen:
            self._hidden.add(place)
            self._chosen = place
        elif len(self._hidden) > 1:
            self._hidden.remove(place)
            self._chosen = min(self._hidden, key=lambda other: abs(other - place))
        self._compute()

    @property
    def pattern(self) -> list[str | None]:
        """The story's words, None where one is hidden."""
        return [None if place in self._hidden else word for place, word in enumerate(self._words)]

    def _compute(self) -> None:
        self._said = model_gap_probabilities(self._model, self._tokenizer, self.pattern)
        few = len(self._hidden) <= MOST_FOR_THE_WORLD
        self._truth = gap_probabilities(self._world, self.pattern) if few else None
        said, truth = self._said[self._chosen], None if self._truth is None else self._truth[self._chosen]
        rows = [
            {"label": visible(word), "model": said.get(word, 0.0), "truth": truth and truth.get(word, 0.0)}
            for word in likeliest(said, truth or {}, self._top)
        ]
        words = [
            {"text": word, "hidden": place in self._hidden, "guess": self._guess(place)}
            for place, word in enumerate(self._words)
        ]
        self._answers += 1  # every request gets an answer that differs from the one before
        self.shown = {
            "words": words,
            "chosen": self._chosen,
            "rows": rows,
            "note": self._note(),
            "message": "",
            "answer": self._answers,
        }

    def _guess(self, place: int) -> str:
        return visible(next(iter(self._said[place]))) if place in self._said else ""

    def _note(self) -> str:
        right = sum(self._guess(place) == visible(self._words[place]) for place in self._hidden)
        told = f"Hidden here: “{self._words[self._chosen]}”. First guesses right: {right} of {len(self._hidden)}."
        if self._truth is None:
            return told + f" With more than {MOST_FOR_THE_WORLD} gaps the world is not asked: it would take too long."
        said, truth = self._said[self._chosen], self._truth[self._chosen]
        agreement = sum(min(said.get(word, 0.0), p) for word, p in truth.items())
        return told + f" Model and world agree on {agreement:.0%} of the probability."

    def picture(self) -> Picture:
        near = range(max(0, self._chosen - 5), min(len(self._words), self._chosen + 6))
        around = " ".join(GAP if place in self._hidden else self._words[place] for place in near)
        truth = (self._truth or {}).get(self._chosen, {})
        figure = next_word_bars(self._said[self._chosen], truth, title=f"Hidden: “… {around} …”", top=self._top)
        return Picture.of(figure, self.alt)
