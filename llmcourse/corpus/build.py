"""Making the committed data again, byte for byte: ``llmcourse data build`` and ``llmcourse data check``."""

import hashlib
import random
from pathlib import Path

from llmcourse.corpus.plots import story
from llmcourse.corpus.telling import Telling
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

#: Split name to (number of stories, seed). The seeds differ, and a story that an earlier split holds is drawn again.
SPLITS = {"test": (1_000, 3), "validation": (1_000, 2), "train": (20_000, 1)}
MANIFEST = "MANIFEST.sha256"
EXPLORATIONS = 4_000


def splits() -> dict[str, list[str]]:
    """The texts of each split. No text stands twice, neither within a split nor across them."""
    world, seen, made = World(), set[str](), {}
    for name, (count, seed) in SPLITS.items():
        rng = random.Random(seed)
        texts: list[str] = []
        while len(texts) < count:
            text = world.story(rng).text
            if text not in seen:
                seen.add(text)
                texts.append(text)
        made[name] = texts
    return made


def explore(walks: int = EXPLORATIONS) -> list[str]:
    """Every token that the world can write, sorted: all words *offered* on many walks that take each offer alike.

    Walking without regard to probability reaches rare turns soon; counting offers, not choices, needs each turn once.
    """
    rng, offered = random.Random(0), set[str]()
    for _ in range(walks):
        program = story(Telling(), secret="zero one two three four five six seven eight nine ten", secret_rate=0.1)
        try:
            options = next(program)
            while True:
                offered.update(options)
                options = program.send(list(options)[int(rng.random() * len(options))])
        except StopIteration:
            pass
    return sorted(offered)


def build(folder: Path) -> list[Path]:
    """Write the splits, the vocabulary and the manifest into a data folder; returns the files written."""
    world_folder = folder / "world"
    try:
        world_folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, texts in splits().items():
            written.append(_write(world_folder / f"{name}.txt", texts))
        written.append(_write(world_folder / "vocabulary.txt", explore()))
        written.append(write_manifest(folder))
    except OSError as error:
        why = f"cannot write the data to {folder}: {error.strerror}"
        raise CourseError(f"{why}; give a folder you may write to") from None
    return written


def check(folder: Path) -> list[str]:
    """What is wrong with a data folder, a line each: files missing, changed, or not in the manifest."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return [f"{manifest} is missing; run: llmcourse data build"]
    wrong = []
    lines = [line.split("  ", 1) for line in manifest.read_text(encoding="utf-8").splitlines()]
    listed = {name: digest for digest, name in lines}
    for name, digest in listed.items():
        if not (folder / name).is_file():
            wrong.append(f"{name} is missing; {_remedy(name)}")
        elif _sha256(folder / name) != digest:
            wrong.append(f"{name} is not as the manifest says; {_remedy(name)}")
    wrong += [f"{name} is not in the manifest" for name in _files(folder) if name not in listed]
    return wrong


def _remedy(name: str) -> str:
    """What brings a file back: stories can be written again to the byte, trained weights cannot."""
    return "run: llmcourse data build" if name.startswith("world/") else f"run: git restore data/{name}"


def write_manifest(folder: Path) -> Path:
    """Write the SHA-256 of every data file, in the format that ``sha256sum --check`` reads."""
    return _write(folder / MANIFEST, [f"{_sha256(folder / name)}  {name}" for name in _files(folder)])


def _files(folder: Path) -> list[str]:
    """The data files by their paths relative to the folder. Markdown describes data; it is none."""
    kept = (".txt", ".safetensors", ".json")
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in kept)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, lines: list[str]) -> Path:
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))  # bytes: "\n" on Windows too
    return path
