"""Control tasks: how much of a probe's success is the probe's own learning by heart?

Each word type is given a label at random, once and for all. Nothing in the vectors can know it; but a probe that can
tell words apart can learn the list. What it gets right there, it may also get right of a real property in the same
way. So a probe is judged by its *selectivity*: accuracy on the property minus accuracy on the control.

Hewitt and Liang (2019), Designing and Interpreting Probes with Control Tasks.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from llmcourse.analysis.probe import Probe, linear_probe, probe_accuracy
from llmcourse.errors import CourseError


def control_labels(words: Sequence[str], labels: Sequence[int], seed: int = 0) -> list[int]:
    """For each example a label that depends on its word alone, and was drawn at random for the word.

    The labels of `labels` are dealt out as evenly as can be among the word types. Raises CourseError when there are
    not as many words as labels.
    """
    if len(words) != len(labels):
        raise CourseError(f"{len(words)} words and {len(labels)} labels: one word for each label is needed")
    types, classes = sorted(set(words)), sorted(set(labels))
    random.Random(seed).shuffle(types)
    label_of = {word: classes[number % len(classes)] for number, word in enumerate(types)}
    return [label_of[word] for word in words]


@dataclass(frozen=True)
class ProbeScore:
    accuracy: float  # on the property
    control: float  # on random labels of the same words

    @property
    def selectivity(self) -> float:
        return self.accuracy - self.control


def probe_with_control(
    vectors: Float[Tensor, "example d_model"],
    labels: Sequence[int],
    words: Sequence[str],
    groups: Sequence[int],
    probe: Probe = linear_probe,
    n_controls: int = 3,
) -> ProbeScore:
    """A probe's accuracy on the labels and, as a mean over `n_controls` draws, on control labels of the same words."""
    controls = [
        probe_accuracy(vectors, control_labels(words, labels, seed), groups, probe) for seed in range(n_controls)
    ]
    return ProbeScore(probe_accuracy(vectors, labels, groups, probe), sum(controls) / len(controls))
