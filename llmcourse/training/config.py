"""All the settings of a training run in one place, checked before the first step."""

from dataclasses import dataclass

from llmcourse.errors import CourseError
from llmcourse.training.schedules import SCHEDULES


@dataclass(frozen=True)
class TrainConfig:
    """How to train. Give `steps` (exactly reproducible) or `seconds` (a slow machine takes fewer steps, but finishes).

    optimizer:    "adamw", or "muon": Muon for the matrices inside the blocks and AdamW for the rest
    lr, muon_lr:  the learning rates at the schedule's peak
    betas:        how long AdamW's averages of gradients and of their squares remember
    weight_decay: pulls matrices towards zero; norms, biases and embeddings are left alone
    clip:         the largest norm that a gradient may have
    schedule:     "warmup_stable_decay", "warmup_cosine" or "constant"
    warmup:       the fraction of the run in which the learning rate rises
    final:        the fraction of the peak at which it ends
    eval_every:   steps between two looks at the validation documents; 0: only at the end
    seed:         decides what dropout drops; the data has a seed of its own
    """

    steps: int | None = None
    seconds: int | float | None = None
    optimizer: str = "adamw"
    lr: int | float = 2e-3
    muon_lr: int | float = 0.02
    betas: tuple[int | float, int | float] = (0.9, 0.95)
    weight_decay: int | float = 0.1
    clip: int | float = 1.0
    schedule: str = "warmup_stable_decay"
    warmup: int | float = 0.02
    final: int | float = 0.02
    eval_every: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        problem = next((words for words, wrong in self._rules() if wrong), None)
        if problem:
            raise CourseError(problem)

    def _rules(self) -> list[tuple[str, bool]]:
        beta1, beta2 = self.betas
        return [
            ("give either steps or seconds, and not both", (self.steps is None) == (self.seconds is None)),
            (f"steps must be at least 1, not {self.steps}", self.steps is not None and self.steps < 1),
            (f"seconds must be more than 0, not {self.seconds}", self.seconds is not None and not self.seconds > 0),
            (f"optimizer={self.optimizer!r} is unknown: choose 'adamw' or 'muon'", self.optimizer not in OPTIMIZERS),
            (f"schedule={self.schedule!r} is unknown: choose one of {list(SCHEDULES)}", self.schedule not in SCHEDULES),
            (f"lr must not be negative, but is {self.lr}", not self.lr >= 0),
            (f"muon_lr must not be negative, but is {self.muon_lr}", not self.muon_lr >= 0),
            (f"betas must lie between 0 and 1, not {self.betas}", not (0 <= beta1 < 1 and 0 <= beta2 < 1)),
            (f"weight_decay must not be negative, but is {self.weight_decay}", not self.weight_decay >= 0),
            (f"clip must be more than 0, not {self.clip}", not self.clip > 0),
            (f"warmup must lie between 0 and 1, not {self.warmup}", not 0 <= self.warmup < 1),
            (f"final must lie between 0 and 1, not {self.final}", not 0 <= self.final <= 1),
            (f"eval_every must not be negative, but is {self.eval_every}", self.eval_every < 0),
        ]


OPTIMIZERS = ("adamw", "muon")
