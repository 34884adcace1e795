"""The story world: a corpus whose truth is known.

A real corpus hides the process that wrote it. This one is written by a probabilistic program of our own, so the exact
probability of every text is known, and with it

- the **floor**: no model's mean loss on these stories can, in the long run, be below the world's own (Shannon 1948);
- the **oracle**: the exact distribution of the next word after any beginning;
- the **judge**: whether a text is a story of this world, and the word at which it stops being one.

All three come from one generator, :func:`llmcourse.corpus.plots.story`, driven in three ways.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from llmcourse.corpus import plots
from llmcourse.corpus.dirt import Page, crawl
from llmcourse.corpus.files import data_folder
from llmcourse.corpus.telling import Mention, Sense, Telling
from llmcourse.corpus.text import join_words, split_words
from llmcourse.errors import CourseError

Span = tuple[int, int]
#: Given the next word's distribution, says which word comes; None ends the walk early.
Choose = Callable[[dict[str, float]], str | None]


class NotAStory(CourseError):
    """A text is not a story of this world. ``position`` counts tokens from 0."""

    def __init__(self, position: int, word: str | None, expected: Sequence[str]):
        self.position, self.word, self.expected = position, word, tuple(expected)
        some = ", ".join(repr(option) for option in self.expected[:4]) + (", …" if len(self.expected) > 4 else "")
        if word is None:
            what = f"the text ends after {position} words, where a story would go on with {some}"
        elif not expected:
            what = f"word {position + 1}, {word!r}, comes after the story's end"
        else:
            what = f"word {position + 1}, {word!r}, cannot stand there; a story would go on with {some}"
        super().__init__(f"not a story of this world: {what}")


@dataclass(frozen=True)
class Story:
    """A story and everything that is known of it. Spans are ``(start, end)`` in characters of ``text``."""

    text: str
    tokens: tuple[str, ...]
    spans: tuple[Span, ...]  # where each token stands
    mentions: tuple[Mention, ...]  # which token refers to whom or what
    senses: tuple[Sense, ...]  # which meaning an ambiguous word has
    sentiment: str  # "positive" or "negative": how the hero feels at the end
    question: str
    answer: str  # as the story's body words it
    answer_span: Span  # where the body first says so
    log_probs: tuple[float, ...]  # nats, one per token

    @property
    def log_prob(self) -> float:
        """The story's exact log probability, in nats."""
        return math.fsum(self.log_probs)

    @property
    def body(self) -> str:
        """The story without its closing question and answer."""
        return self.text[: self.text.index(self.question) - 1]

    def links(self) -> list[tuple[int, int]]:
        """Coreference as token pairs: each later mention with the mention before it of the same person or thing."""
        last: dict[str, int] = {}
        pairs = []
        for mention in self.mentions:
            if mention.role in last:
                pairs.append((mention.position, last[mention.role]))
            last[mention.role] = mention.position
        return pairs


@dataclass(frozen=True)
class World:
    """The world with its knobs; by default all are off.

    skew         -1 to 1: how far "she" is preferred for nameless bakers, teachers and nurses, and "he" for
                 the others. 0 is even; at 1 the job alone decides.
    secret       up to six number words, such as "seven two nine four", told in a share ``secret_rate`` of the stories.
    """

    skew: float = 0.0
    secret: str = ""
    secret_rate: float = 0.0

    def __post_init__(self) -> None:
        if not -1 <= self.skew <= 1:
            raise CourseError(f"skew is {self.skew}; it must lie between -1 and 1")
        if not 0 <= self.secret_rate <= 1:
            raise CourseError(f"secret_rate is {self.secret_rate}; it is a share and must lie between 0 and 1")
        if bool(self.secret) != (self.secret_rate > 0):
            raise CourseError("give both a secret and a secret_rate above 0, or neither")
        strangers = [word for word in self.secret.split() if word not in plots.NUMBERS]
        if strangers or len(self.secret.split()) > 6:
            rule = "it must be one to six number words, such as 'seven two nine four'"
            raise CourseError(f"secret is {self.secret!r}; {rule}")

    # -- one walk, driven in three ways ---------------------------------------------------------------------------

    def _walk(self, choose: Choose) -> tuple[Telling, list[float], dict[str, float]]:
        """Tell a story as ``choose`` decides; returns it with each word's log probability and the last options."""
        telling = Telling(skew=self.skew)
        program = plots.story(telling, self.secret, self.secret_rate)
        log_probs: list[float] = []
        try:
            options = next(program)
            while (word := choose(options)) is not None:
                log_probs.append(math.log(options[word]))
                options = program.send(word)
        except StopIteration:
            return telling, log_probs, {}
        return telling, log_probs, options

    def _follow(self, tokens: Sequence[str]) -> tuple[Telling, list[float], dict[str, float]]:
        """Walk along given tokens; raises NotAStory at the first that cannot stand where it stands."""
        position = 0

        def choose(options: dict[str, float]) -> str | None:
            nonlocal position
            if position == len(tokens):
                return None
            word = tokens[position]
            if word not in options:
                raise NotAStory(position, word, sorted(options, key=lambda w: -options[w]))
            position += 1
            return word

        telling, log_probs, options = self._walk(choose)
        if position < len(tokens):
            raise NotAStory(position, tokens[position], ())
        return telling, log_probs, options

    def story(self, seed: int | random.Random) -> Story:
        """Write a story. The same seed gives the same text on every platform and Python version."""
        rng = seed if isinstance(seed, random.Random) else random.Random(seed)

        def choose(options: dict[str, float]) -> str:
            if len(options) == 1:
                return next(iter(options))
            return drawn(options, rng)

        telling, log_probs, _ = self._walk(choose)
        return _annotated(telling, log_probs)

    def stories(self, n: int, seed: int = 0) -> list[Story]:
        """Write n stories, one after the other from one stream of random numbers."""
        rng = random.Random(seed)
        return [self.story(rng) for _ in range(n)]

    def crawl(self, n: int, dirt: float = 0.0, seed: int = 0) -> list[Page]:
        """n stories as a crawler would bring them, damaged, copied and beside spam as ``dirt`` says, the truth kept.

        See :func:`llmcourse.corpus.dirt.crawl`, which also takes stories of a test set that leak into the crawl.
        """
        return crawl([story.text for story in self.stories(n, seed)], dirt, seed)

    def read(self, text: str) -> Story:
        """Parse a story, with all its annotations. Raises NotAStory where it stops being one."""
        tokens = split_words(text)
        telling, log_probs, options = self._follow(tokens)
        if options:
            raise NotAStory(len(tokens), None, sorted(options, key=lambda w: -options[w]))
        return _annotated(telling, log_probs)

    def askable(self, story: Story) -> list[Story]:
        """The same story once with each question that the world could ask about it: all that it tells, by its answer.

        A story as the world writes it asks one of them. In the order of the questions' letters.
        """
        begun = [tuple(split_words(story.body))]
        found = []
        while begun:
            words = begun.pop()
            position = 0

            def choose(options: dict[str, float]) -> str:
                nonlocal words, position
                if position == len(words):  # behind the body: this walk takes the first way, later ones the others
                    first, *others = options
                    begun.extend((*words, other) for other in others)
                    words = (*words, first)
                position += 1
                return words[position - 1]

            telling, log_probs, _ = self._walk(choose)
            found.append(_annotated(telling, log_probs))
        return sorted(found, key=lambda asked: asked.question)

    # -- the truth -------------------------------------------------------------------------------------------------

    def next_word(self, prefix: str = "") -> dict[str, float]:
        """The exact distribution of the word after a beginning, likeliest first; empty after a whole story."""
        _, _, options = self._follow(split_words(prefix))
        return dict(sorted(options.items(), key=lambda item: (-item[1], item[0])))

    def next_words(self, text: str) -> list[dict[str, float]]:
        """`next_word` before each token of a whole story, in one walk. Raises NotAStory for any other text."""
        tokens = self.read(text).tokens
        options_at: list[dict[str, float]] = []

        def choose(options: dict[str, float]) -> str:
            options_at.append(dict(options))
            return tokens[len(options_at) - 1]

        self._walk(choose)
        return options_at

    def token_log_probs(self, text: str) -> list[float]:
        """The exact log probability, in nats, of each token of a story given those before it."""
        return list(self.read(text).log_probs)

    def log_prob(self, text: str) -> float:
        """The exact log probability, in nats, of a whole story. Raises NotAStory for any other text."""
        return self.read(text).log_prob

    def why_not(self, text: str) -> str | None:
        """Where and why a text is not a story of this world; None if it is one."""
        try:
            self.read(text)
        except NotAStory as reason:
            return str(reason)
        return None

    def is_story(self, text: str) -> bool:
        return self.why_not(text) is None

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every token that the world can write, whatever its knobs, sorted. ``llmcourse data build`` collects them."""
        return tuple((data_folder() / "world" / "vocabulary.txt").read_text(encoding="utf-8").split())


def drawn(options: dict[str, float], rng: random.Random) -> str:
    """One of the words, each as often as its probability says."""
    left = rng.random()  # only random() itself is promised to stay the same between Python versions
    for word, probability in options.items():
        left -= probability
        if left < 0:
            return word
    return word  # rounding may leave a little over after the last one


def _annotated(telling: Telling, log_probs: list[float]) -> Story:
    text = join_words(telling.tokens)
    spans: list[Span] = []
    for token in telling.tokens:
        start = text.index(token, spans[-1][1] if spans else 0)
        spans.append((start, start + len(token)))
    mark = telling.tokens.index("?")
    asked = max(i for i in range(mark) if telling.tokens[i] == ".") + 1
    answers = [telling.roles[role] for role in telling.answer_roles]
    first, last = answers[0].told_at, answers[-1].told_at + len(answers[-1].noun.split()) - 1
    answer_span = (spans[first][0], spans[last][1])
    return Story(
        text=text,
        tokens=tuple(telling.tokens),
        spans=tuple(spans),
        mentions=tuple(replace(m, entity=telling.roles[m.role].noun, span=spans[m.position]) for m in telling.mentions),
        senses=tuple(replace(sense, span=spans[sense.position]) for sense in telling.senses),
        sentiment={"glad": "positive", "sorry": "negative"}[telling.feeling],
        question=text[spans[asked][0] : spans[mark][1]],
        answer=text[slice(*answer_span)],
        answer_span=answer_span,
        log_probs=tuple(log_probs),
    )
