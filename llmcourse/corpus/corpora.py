"""Corpora by name: `load("world")`, `load("tinyshakespeare")`, and whatever is added to the list at the end.

A corpus is three lists of documents. The model learns from `train`; choices between models are made on `validation`;
`test` is looked at once, at the very end, so that no choice was ever made to please it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from llmcourse.corpus.downloads import FILES, fetch
from llmcourse.corpus.files import data_folder
from llmcourse.corpus.tokenizers import CharTokenizer, Tokenizer, WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Corpus:
    """Documents in three disjoint parts. `world` is the source of truth where there is one: the story world's own."""

    name: str
    description: str
    train: list[str]
    validation: list[str]
    test: list[str]
    make_tokenizer: Callable[[], Tokenizer]
    world: World | None = None

    def tokenizer(self) -> Tokenizer:
        """A tokenizer that knows every token of this corpus."""
        return self.make_tokenizer()

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
        **parts,
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


LOADERS: dict[str, Callable[[], Corpus]] = {
    "world": load_world,
    "tinyshakespeare": load_tiny_shakespeare,
}
