"""From a scaling law to published models: operations, losses, and how to split a budget between size and tokens.

C = 6·N·D: a training needs some six operations for each parameter and token. A law says which N and D lose least.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from llmcourse.analysis.scaling import ScalingLaw
from llmcourse.errors import CourseError

Number = int | float

#: Hoffmann et al. (2022), Training Compute-Optimal Large Language Models, approach 3, as printed (rounded).
HOFFMANN = ScalingLaw(floor=1.69, a=406.4, alpha=0.34, b=410.7, beta=0.28)
#: Besiroglu et al. (2024), Chinchilla Scaling: A Replication Attempt, fitted to the points of their figures.
BESIROGLU = ScalingLaw(floor=1.8172, a=482.01, alpha=0.3478, b=2085.43, beta=0.3658)


@dataclass(frozen=True)
class PublishedModel:
    """A model's size and tokens, and the operations that its authors give for the training, if they do."""

    parameters: Number
    tokens: Number
    published_flops: Number | None
    source: str

    @property
    def flops(self) -> float:
        """6·N·D."""
        return 6.0 * self.parameters * self.tokens

    @property
    def tokens_per_parameter(self) -> float:
        return self.tokens / self.parameters


#: Sizes are those that the papers count with: GPT-3's table leaves the embeddings out.
PUBLISHED: Mapping[str, PublishedModel] = MappingProxyType(
    {
        "GPT-3 13B": PublishedModel(12.85e9, 300e9, 2.31e22, "Brown et al. (2020), table D.1"),
        "GPT-3 175B": PublishedModel(174.6e9, 300e9, 3.14e23, "Brown et al. (2020), table D.1"),
        "Gopher": PublishedModel(280e9, 300e9, 5.76e23, "Hoffmann et al. (2022): Chinchilla's budget is Gopher's"),
        "Chinchilla": PublishedModel(70e9, 1.4e12, 5.76e23, "Hoffmann et al. (2022)"),
    }
)


def compute_optimal(law: ScalingLaw, flops: Number) -> tuple[float, float]:
    """Parameters and tokens of the model that loses least with a budget of 6·N·D = `flops`.

    Where the law's two prices weigh alike at the margin: alpha·A/N^alpha = beta·B/D^beta.
    Raises CourseError for no budget, and for a law in which one of the two prices is zero.
    """
    if not flops > 0:
        raise CourseError(f"flops={flops} must be above 0")
    if min(law.a, law.b, law.alpha, law.beta) <= 0:
        raise CourseError("the law needs A, B and both exponents above 0: else all should go into one of the two")
    together = law.alpha + law.beta
    balance = (law.alpha * law.a / (law.beta * law.b)) ** (1 / together)
    parameters = balance * (flops / 6) ** (law.beta / together)
    return parameters, flops / 6 / parameters
