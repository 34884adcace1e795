"""Training with several processes, on one machine or many: each takes its share of every batch.

    torchrun --nproc-per-node 2 -m llmcourse pretrain --steps 2000

`torchrun` starts the same program several times and tells each copy its number (its *rank*) by environment variables.
The work in between is PyTorch's own: DistributedDataParallel (Li et al. 2020) keeps a whole model in every process and
averages the gradients; fully sharded data parallelism (Zhao et al. 2023, FSDP2's `fully_shard`) also deals the weights,
gradients and optimizer states out among the processes, for models that do not fit into one. NCCL connects GPUs, gloo
processors; without torchrun the team is one process, and nothing here does anything.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from llmcourse.device import pick_device
from llmcourse.errors import CourseError

GLOO_SECONDS = 0.5  # thousands of times what a thread needs to let go of its last tensor
LOST = re.compile(r"gloo|NCCL|Connection (reset|closed)", re.IGNORECASE)


@dataclass(frozen=True)
class Team:
    """The processes that train together, seen from one of them."""

    rank: int = 0
    size: int = 1

    @classmethod
    def current(cls) -> "Team":
        """The team that this process has joined, or a team of one."""
        return cls(dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else cls()

    @property
    def leads(self) -> bool:
        """One process speaks for all: it draws the bar and writes the files."""
        return self.rank == 0

    def total(self, value: Tensor) -> Tensor:
        """The sum of what all processes give."""
        if self.size > 1:
            dist.all_reduce(value)
        return value

    def wait(self) -> None:
        """Go on when all have come here."""
        if self.size > 1:
            dist.barrier()

    def settle(self, pressed: bool, seconds: float, device: torch.device) -> tuple[bool, float]:
        """Whether anybody's stop button is pressed, and the leader's clock: all have to know the same of both, or one
        would go on and wait for the others for ever."""
        if self.size == 1:
            return pressed, seconds
        mine = [float(pressed), seconds if self.leads else 0.0]
        wished, clock = self.total(torch.tensor(mine, device=device)).tolist()
        return wished > 0, clock

    @contextmanager
    def last_part(self, model: Any, is_last: bool) -> Iterator[None]:
        """Exchange gradients once a batch, after its last part, and not after each."""
        if self.size > 1 and hasattr(model, "no_sync") and not is_last:  # DDP
            with model.no_sync():
                yield
            return
        if self.size > 1 and hasattr(model, "set_requires_gradient_sync"):  # FSDP2
            model.set_requires_gradient_sync(is_last)
        yield


@contextmanager
def join() -> Iterator[Team]:
    """Join the team that `torchrun` has started, for as long as the block lasts; without torchrun, a team of one.

    Raises CourseError, in each process that is left, when another one has ended.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        yield Team.current()
        return
    on_gpus = pick_device().type == "cuda"
    if on_gpus:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if on_gpus else "gloo")
    try:
        yield Team.current()
        last_words()
    except RuntimeError as error:  # what gloo and NCCL raise when nobody answers any more
        if isinstance(error, CourseError) or not LOST.search(str(error)):
            raise
        why = str(error).strip().partition("\n")[0]
        raise CourseError(f"another process of this training has ended; begin again with --resume ({why})") from None
    finally:
        dist.destroy_process_group()


def last_words() -> None:
    """Let gloo finish what it has begun.

    After DDP or FSDP its threads outlive their group (PyTorch 2.13), and one that still has a tensor of ours to let go
    of when Python ends aborts the process. Asleep, we hold nothing that they would have to wait for.
    """
    if dist.get_backend() == "gloo":
        time.sleep(GLOO_SECONDS)


def spread(model: nn.Module, team: Team, engine: str = "ddp") -> Any:
    """What the training loop calls in the model's place: with "ddp" a wrapper, with "fsdp" the model itself, whose
    parameters are from now on dealt out among the processes."""
    if team.size == 1:
        return model
    if engine == "ddp":
        return nn.parallel.DistributedDataParallel(model)
    from torch.distributed.fsdp import fully_shard

    for name, module in model.named_modules():
        if name.rpartition(".")[0].endswith("blocks"):  # a block at a time is gathered while it computes
            fully_shard(module)
    return fully_shard(model)


def whole(tensor: Tensor) -> Tensor:
    """A tensor with all its parts, wherever they are. All processes have to call it."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def dealt_like(tensor: Tensor, model: Any) -> Tensor:
    """`tensor`, whole in every process, dealt out as `model` (a parameter) is."""
    if not hasattr(model, "device_mesh"):
        return tensor
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(tensor.to(model.device_mesh.device_type), model.device_mesh, model.placements)


def gathered(model: Any) -> Any:
    """The model with all its weights in this process: itself, or after "fsdp" a copy. All processes have to call it."""
    weights = {name: whole(parameter.detach()).cpu() for name, parameter in model.named_parameters()}
    if all(not hasattr(parameter, "full_tensor") for parameter in model.parameters()):
        return model
    kind = next(cls for cls in type(model).__mro__ if not cls.__name__.startswith("FSDP"))  # `fully_shard` changed it
    copy = kind(model.config)
    with torch.no_grad():
        for name, parameter in copy.named_parameters():
            parameter.copy_(weights[name])
    return copy.eval()
