"""Two ways to pair the dimensions of a head, and how to get from one to the other.

RoFormer, and Meta's own files of Llama, turn neighbours together: dimensions 0 and 1, 2 and 3. Hugging Face's files,
and this course, turn dimension i together with i + d_head/2. Neither is better. But the rows of the matrices that make
queries and keys stand in another order, and a matrix in the wrong order has the right shape.
"""

from jaxtyping import Shaped
from torch import Tensor

from llmcourse.errors import CourseError


def halves_from_neighbours(weight: Shaped[Tensor, "rows *width"], n_heads: int) -> Shaped[Tensor, "rows *width"]:
    """The rows of a query or key projection whose heads pair neighbours, put in order for pairs of halves.

    In each head on its own, the even rows come first and the odd ones after them. Works for a matrix, its bias, and
    (with n_heads=1) the weight of a norm on queries or keys. Raises CourseError where rows cannot be shared out.
    """
    d_head = head_rows(weight, n_heads)
    pairs = weight.unflatten(0, (n_heads, d_head // 2, 2))  # head pair member
    return pairs.transpose(1, 2).flatten(0, 2)  # all first members of a head, then all second ones


def neighbours_from_halves(weight: Shaped[Tensor, "rows *width"], n_heads: int) -> Shaped[Tensor, "rows *width"]:
    """The inverse of `halves_from_neighbours`."""
    d_head = head_rows(weight, n_heads)
    return weight.unflatten(0, (n_heads, 2, d_head // 2)).transpose(1, 2).flatten(0, 2)


def head_rows(weight: Tensor, n_heads: int) -> int:
    """How many rows each head has. Raises CourseError unless it is the same even number for all."""
    rows = weight.shape[0]
    if n_heads < 1 or rows % (2 * n_heads):
        raise CourseError(
            f"{rows} rows cannot be shared by {n_heads} heads in pairs: each needs an even number of rows"
        )
    return rows // n_heads
