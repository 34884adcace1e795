"""What every command that trains a model has in common: nothing is lost on the way, and a card goes with the result."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.checkpoint import save_model
from llmcourse.model.families import LanguageModel
from llmcourse.model.task_model import TaskModel
from llmcourse.storage import write_atomically
from llmcourse.training.batches import Batches
from llmcourse.training.callbacks import ProgressBar, SaveCheckpoint
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team, gathered
from llmcourse.training.loop import train
from llmcourse.training.run import History

KEEP_EVERY = 200  # steps


def run_beside(out: Path, resume: bool = False) -> Path:
    """Where the run is kept: beside the model to be. Raises CourseError where it is to be resumed and is not there."""
    path = out.with_suffix(".run.safetensors")
    if resume and not path.exists():
        raise CourseError(f"there is no {path} to resume; leave --resume out to begin a new run")
    return path


def kept_run(
    out: Path,
    model: LanguageModel,
    batches: Batches,
    config: TrainConfig,
    validation: Sequence[str],
    resume: bool = False,
    callbacks: Sequence[Any] = (),
) -> History:
    """`train` with a progress bar; the run itself is kept beside `out`, and with `resume` goes on from there."""
    path = run_beside(out, resume)
    watchers = [ProgressBar(), SaveCheckpoint(path, every=KEEP_EVERY), *callbacks]
    return train(model, batches, config, watchers, validation, resume=path if resume else None)


def ship(
    out: Path,
    model: LanguageModel | TaskModel,
    tokenizer: Tokenizer,
    notes: Mapping[str, Any],
    card: Callable[[str, Any, Mapping[str, Any]], str],
    finished: bool = True,
) -> None:
    """Write the model to `out` and its card, `card(name, model, notes)`, beside it.

    The run that was kept is no longer needed once it has `finished`. All processes of a team have to call this.
    """
    model = gathered(model)
    if Team.current().leads:
        save_model(out, model, tokenizer, **notes)
        write_atomically(out.with_suffix(".md"), card(out.stem, model, notes).encode("utf-8"))
        if finished:
            run_beside(out).unlink(missing_ok=True)
