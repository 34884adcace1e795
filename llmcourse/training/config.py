"""All the settings of a training run in one place, checked before the first step."""

from dataclasses import dataclass

from llmcourse.errors import CourseError
from llmcourse.training.schedules import SCHEDULES


@dataclass(frozen=True)
class TrainConfig:
    """How to train. Give `steps` (exactly reproducible) or `seconds` (a slow machine takes fewer steps, but finishes).

    optimizer:     "adamw", or "muon": Muon for the matrices inside the blocks and AdamW for the rest
    lr, muon_lr:   the learning rates at the schedule's peak
    betas:         how long AdamW's averages of gradients and of their squares remember
    weight_decay:  pulls matrices towards zero; norms, biases and embeddings are left alone
    layer_decay:   each layer learns so many times as fast as the one above it (see optimizer.py); 1: all alike
    clip:          the largest norm that a gradient may have
    schedule:      "warmup_stable_decay", "warmup_cosine" or "constant"
    warmup:        the fraction of the run in which the learning rate rises
    final:         the fraction of the peak at which it ends
    eval_every:    steps between two looks at the validation documents; 0: only at the end
    patience:      end the run after so many looks in a row that found nothing better; None: go on to the end
    accumulate:    in how many parts each batch goes through the model: less memory, the same gradient
    precision:     "float32", or "bfloat16": matrix products in half the bits, the weights still in float32
    compile:       let torch.compile make one program of the model; where it cannot, a warning, and on without it
    deterministic: only operations that give the same bits every time; an error where there is no such one
    engine:        how several processes share the work: "ddp", or "fsdp" (see distributed.py)
    seed:          decides what dropout drops; the data has a seed of its own
    """

    steps: int | None = None
    seconds: int | float | None = None
    optimizer: str = "adamw"
    lr: int | float = 2e-3
    muon_lr: int | float = 0.02
    betas: tuple[int | float, int | float] = (0.9, 0.95)
    weight_decay: int | float = 0.1
    layer_decay: int | float = 1.0
    clip: int | float = 1.0
    schedule: str = "warmup_stable_decay"
    warmup: int | float = 0.02
    final: int | float = 0.02
    eval_every: int = 0
    patience: int | None = None
    accumulate: int = 1
    precision: str = "float32"
    compile: bool = False
    deterministic: bool = False
    engine: str = "ddp"
    seed: int = 0

    def __post_init__(self) -> None:
        problem = next((words for words, wrong in self._rules() if wrong), None)
        if problem:
            raise CourseError(problem)

    def _rules(self) -> list[tuple[str, bool]]:
        beta1, beta2 = self.betas
        patience, precision = self.patience, self.precision
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
            (f"layer_decay must lie above 0 and up to 1, not {self.layer_decay}", not 0 < self.layer_decay <= 1),
            (f"clip must be more than 0, not {self.clip}", not self.clip > 0),
            (f"warmup must lie between 0 and 1, not {self.warmup}", not 0 <= self.warmup < 1),
            (f"final must lie between 0 and 1, not {self.final}", not 0 <= self.final <= 1),
            (f"eval_every must not be negative, but is {self.eval_every}", self.eval_every < 0),
            (f"patience must be at least 1, or None, not {patience}", patience is not None and patience < 1),
            ("patience counts evaluations: set eval_every too", patience is not None and self.eval_every == 0),
            (f"engine={self.engine!r} is unknown: choose 'ddp' or 'fsdp'", self.engine not in ENGINES),
            (f"accumulate must be at least 1, not {self.accumulate}", self.accumulate < 1),
            (f"precision={precision!r} is unknown: choose 'float32' or 'bfloat16'", precision not in PRECISIONS),
        ]


OPTIMIZERS = ("adamw", "muon")
PRECISIONS = ("float32", "bfloat16")
ENGINES = ("ddp", "fsdp")
#: What may differ between a run and its resumption: how it is computed and watched, not what is computed.
MAY_CHANGE = ("eval_every", "patience", "accumulate", "compile", "deterministic", "engine")
