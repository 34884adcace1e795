"""Corpora by name: `load("world")`, `load("tinyshakespeare")`, and what else is on the list at the end.

A corpus is three lists of documents. The model learns from `train`; choices between models are made on `validation`;
`test` is looked at once, at the very end, so that no choice was ever made to please it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from llmcourse.corpus.downloads import FILES, fetch
from llmcourse.corpus.files import data_folder
from llmcourse.corpus.labelled import Labelled
from llmcourse.corpus.tokenizers import CharTokenizer, Tokenizer, WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Corpus:
    """Documents in three disjoint parts.

    `world` is the source of truth where there is one: the story world's own. `labels` has a class for each document of
    each part, where somebody has labelled them.
    """

    name: str
    description: str
    train: list[str]
    validation: list[str]
    test: list[str]
    make_tokenizer: Callable[[], Tokenizer]
    world: World | None = None
    labels: dict[str, list[int]] = field(default_factory=dict)

    def tokenizer(self) -> Tokenizer:
        """A tokenizer that knows every token of this corpus."""
        return self.make_tokenizer()

    def labelled(self, part: str) -> list[Labelled]:
        """The documents of a part ("train", "validation" or "test") with their labels. Raises CourseError if none."""
        if part not in self.labels:
            have = f"choose one of {', '.join(self.labels)}" if self.labels else "nobody has labelled its documents"
            raise CourseError(f"{self.name} has no labels for {part!r}: {have}")
        return [Labelled(text, label) for text, label in zip(getattr(self, part), self.labels[part], strict=True)]

    def __repr__(self) -> str:
        sizes = f"{len(self.train):,} + {len(self.validation):,} + {len(self.test):,} documents"
        return f"Corpus({self.name!r}, {sizes}: {self.description})"


def load(name: str) -> Corpus:
    """The corpus of this name. Raises CourseError for a name that is not known, or when the text cannot be had."""
    if name not in LOADERS:
        nearest = get_close_matches(name, LOADERS, n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise CourseError(f"there is no corpus {name!r}: choose one of {', '.join(LOADERS)}{hint}")
    return LOADERS[name]()


def load_world() -> Corpus:
    """The stories in the course's data folder: one story a line."""
    world = World()
    folder = data_folder() / "world"
    parts = {}
    for part in ("train", "validation", "test"):
        path = folder / f"{part}.txt"
        if not path.is_file():
            raise CourseError(f"{path} is missing; run: llmcourse data build")
        parts[part] = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    return Corpus(
        name="world",
        description="short stories, written by a generator that knows the probability of each",
        make_tokenizer=lambda: WordTokenizer.for_world(world),
        world=world,
        train=parts["train"],
        validation=parts["validation"],
        test=parts["test"],
    )


def load_tiny_shakespeare() -> Corpus:
    """Scenes from Shakespeare's plays, as one long document for each part (fetched once; 1.1 MB).

    The first 90% are for training, as everywhere; validation and test are the two halves of the rest.
    """
    text = fetch(FILES["tinyshakespeare"]).read_bytes().decode("utf-8")
    first, second = len(text) * 90 // 100, len(text) * 95 // 100
    return Corpus(
        name="tinyshakespeare",
        description="40,000 lines of Shakespeare, to be read by characters",
        train=[text[:first]],
        validation=[text[first:second]],
        test=[text[second:]],
        make_tokenizer=lambda: CharTokenizer.for_texts([text]),
    )


def load_sst2() -> Corpus:
    """Sentences from film reviews, each labelled 1 (it praises) or 0 (it does not); fetched once, 1 MB.

    Socher et al. (2013), Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank, with the split
    into whole sentences that most papers use: 6,920 to learn from, 872 for choices and 1,821 for the end.
    """
    names = {"train": "train", "validation": "dev", "test": "test"}
    parts = {part: read_labelled(fetch(FILES[f"sst2-{name}"]), n_classes=2) for part, name in names.items()}
    texts = {part: [example.text for example in examples] for part, examples in parts.items()}
    return Corpus(
        name="sst2",
        description="sentences from film reviews, labelled 1 (praise) or 0",
        make_tokenizer=lambda: WordTokenizer.for_texts(texts["train"], special=["<unk>", "<mask>"]),
        labels={part: [example.label for example in examples] for part, examples in parts.items()},
        train=texts["train"],
        validation=texts["validation"],
        test=texts["test"],
    )


def read_labelled(path: Path, n_classes: int) -> list[Labelled]:
    """Labelled texts from a file with one a line: the text, a tab, the number of its class.

    Raises CourseError, with the number of the line, where that is not so.
    """
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text, tab, label = line.rpartition("\t")
        if not tab or not label.isascii() or not label.isdigit() or not int(label) < n_classes:
            raise CourseError(
                f"{path}, line {number}: there must be a text, a tab and a label from 0 to {n_classes - 1}"
            )
        examples.append(Labelled(text, int(label)))
    return examples


LOADERS: dict[str, Callable[[], Corpus]] = {
    "world": load_world,
    "tinyshakespeare": load_tiny_shakespeare,
    "sst2": load_sst2,
}
