"""The training loop.

Everything before this file prepares it, and everything after it only watches. One step: take a batch, compute the
loss, send gradients back, clip them, set the learning rate, update the weights, forget the gradients.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from llmcourse.training.batches import Batches, Row
from llmcourse.training.callbacks import announce
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team, spread, whole
from llmcourse.training.evaluation import evaluate
from llmcourse.training.gradients import backward, compiled, determinism
from llmcourse.training.interrupt import StopButton
from llmcourse.training.optimizer import make_optimizers, set_learning_rate
from llmcourse.training.run import History, LastGoodWeights, Run
from llmcourse.training.schedules import SCHEDULES
from llmcourse.training.state import load_state


def train(
    model: nn.Module,
    batches: Batches,
    config: TrainConfig,
    callbacks: Iterable[Any] = (),
    validation: Sequence[str | Row] = (),
    resume: str | Path | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> History:
    """Train the model in place and return what happened.

    callbacks:  objects with some of the methods of `Callback`
    validation: documents to `evaluate` the model on, every `config.eval_every` steps and at the end
    resume:     a file of SaveCheckpoint, to go on as if the run had never stopped
    clock:      what tells the time, in seconds

    An interrupt (Ctrl-C, the kernel's stop button, SIGTERM) keeps the model trained so far and sets
    `history.interrupted`. Under `torchrun` the processes share each batch; the result is that of one process.
    Raises TrainingDiverged on a loss that is not a number, and leaves the last good weights in the model.
    """
    team = Team.current()
    device = next(model.parameters()).device
    forward = spread(model, team, config.engine)
    run = Run(model, batches, config, make_optimizers(model, config), team=team)
    if resume is not None:
        load_state(resume, run)
    if config.compile:
        forward = compiled(forward, batches.peek().to(device))
    callbacks = list(callbacks)
    measure = partial(evaluate, tokenizer=batches.tokenizer, cut_long=batches.cut_long, objective=batches.objective)
    history, schedule, last_good = run.history, SCHEDULES[config.schedule], LastGoodWeights(model)
    started = clock() - history.seconds
    announce(callbacks, "on_start", run)
    try:
        model.train()
        with StopButton() as stop, determinism(config.deterministic):
            while run.progress < 1 and not stop.pressed and not run.out_of_patience:
                run.step += 1
                # What dropout drops depends on the step and the process alone: a resumed run needs no more than that.
                torch.manual_seed(1_000_003 * config.seed + run.step + 500_009 * team.rank)

                batch = next(batches)
                loss = backward(forward, batch, config, team)
                grad_norm = whole(nn.utils.clip_grad_norm_(model.parameters(), config.clip))
                last_good.check(run, loss, grad_norm)

                multiplier = schedule(run.progress, total=1.0, warmup=config.warmup, final=config.final)
                set_learning_rate(run.optimizers, multiplier)
                for optimizer in run.optimizers:
                    optimizer.step()
                    optimizer.zero_grad()

                stop.pressed, history.seconds = team.settle(stop.pressed, clock() - started, device)
                history.tokens += batch.scored
                history.grad_norms.append(grad_norm.item())
                history.lrs.append(config.lr * multiplier)
                history.losses.append(loss.item())
                evaluated = validation and is_time_to_evaluate(run)
                if evaluated:
                    history.validation.append((run.step, measure(model, validation)))
                announce(callbacks, "on_step", run.step, history.losses[-1], history.lrs[-1], history.grad_norms[-1])
                if evaluated:
                    announce(callbacks, "on_eval", *history.validation[-1])
        history.interrupted = stop.pressed and run.progress < 1
        history.stopped_early = run.out_of_patience and not history.interrupted
    except KeyboardInterrupt:  # pressed twice, or not in the main thread
        history.interrupted = True
    finally:
        model.eval()
        announce(callbacks, "on_end", history)
    return history


def is_time_to_evaluate(run: Run) -> bool:
    """After every `eval_every` steps, and after the last one."""
    return run.progress >= 1 or (run.config.eval_every > 0 and run.step % run.config.eval_every == 0)
