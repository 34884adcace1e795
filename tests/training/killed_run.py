"""A short training that saves itself at every step and goes on from its checkpoint when it is started again.

    python killed_run.py CHECKPOINT STEPS

For each line that it reads it starts one process that trains, and says what becomes of it: `pid 123`, then `step 1`,
`step 2`, … and at last `ended -9`. (To import PyTorch takes longer than to train: this way it is done only once.)
"""

import os
import sys
from pathlib import Path

from llmcourse.corpus import WordTokenizer
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, Callback, SaveCheckpoint, TrainConfig, train


def say(what: str, number: int) -> None:
    """A whole line at once: `print` may write a line in pieces, and the process is killed between two of them."""
    os.write(sys.stdout.fileno(), f"{what} {number}\n".encode())


class SayStep(Callback):
    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        say("step", step)


def run(checkpoint: Path, steps: int, every: int, callbacks: list[Callback]) -> None:
    tokenizer = WordTokenizer([f"w{number}" for number in range(10)])
    documents = [" ".join(f"w{(start + i) % 10}" for i in range(3 + start % 9)) for start in range(50)]
    model = GPT(ModelConfig(tokenizer.vocab_size, context=16, d_model=16, n_layers=1, n_heads=2, dropout=0.1))
    model.initialize(0)
    batches = Batches(documents, tokenizer, context=16, batch_size=4)
    resume = checkpoint if checkpoint.exists() else None
    train(model, batches, TrainConfig(steps=steps), [SaveCheckpoint(checkpoint, every), *callbacks], resume=resume)


if __name__ == "__main__":
    import torch._dynamo  # noqa: F401  (else each process imports it anew for its first optimizer: seconds)

    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            say("pid", os.getpid())
            run(Path(sys.argv[1]), int(sys.argv[2]), 1, [SayStep()])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say("ended", os.waitstatus_to_exitcode(status))
