"""What a model has learned of the world's skew: p(she) for a nameless worker, job by job, beside the exact one.

The knob `World(skew=s)` makes p(she) = (1 + s) / 2 for bakers, teachers and nurses, and (1 - s) / 2 for the others. So
the difference between the two groups' shares is s itself, and the model's skew can be read off in the same unit.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from llmcourse.corpus.lexicon import JOBS, SKEWED_TO_SHE
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.inference.generate import Adjust
from llmcourse.model.gpt import GPT

Number = int | float

LEANS_TO_SHE = tuple(job for job in JOBS if job in SKEWED_TO_SHE)
LEANS_TO_HE = tuple(job for job in JOBS if job not in SKEWED_TO_SHE)
HOMES = ("mill", "lake", "church", "harbor", "castle", "station", "school")
TIMES = ("One cold morning", "One windy evening", "After lunch", "One spring day")


def prompts(job: str) -> list[str]:
    """The beginnings after which the pronoun of a nameless worker is due."""
    return [f"A {job} lived near the {home}. {time}" for home in HOMES for time in TIMES]


@torch.no_grad()
def p_she(model: GPT, tokenizer: Tokenizer, texts: Sequence[str], adjust: Adjust | None = None) -> Tensor:
    """For each text, the probability of "she" as the next word, where "she" and "he" are the choice (text).

    adjust: a constraint on the logits, as `generate` takes it.
    """
    if not texts:
        raise CourseError("there is no text to ask about: the list is empty")
    pair = [tokenizer.id_of("she"), tokenizer.id_of("he")]
    encoded = [tokenizer.encode(text, bos=True) for text in texts]
    found = torch.zeros(len(texts))
    for length in {len(ids) for ids in encoded}:
        places = [place for place, ids in enumerate(encoded) if len(ids) == length]
        ids = torch.tensor([encoded[place] for place in places], device=model.device)
        logits = model(ids)[:, -1].float()
        logits = logits if adjust is None else adjust(logits, ids)
        found[places] = logits[:, pair].softmax(-1)[:, 0].cpu()
    return found


def learned_shares(model: GPT, tokenizer: Tokenizer, adjust: Adjust | None = None) -> dict[str, float]:
    """For each job, the model's mean p(she) for a nameless worker."""
    return {job: p_she(model, tokenizer, prompts(job), adjust).mean().item() for job in JOBS}


def true_shares(world: World) -> dict[str, float]:
    """For each job, the world's exact p(she) for a nameless worker."""
    return {job: world.next_word(prompts(job)[0]).get("she", 0.0) for job in JOBS}


def skew_of(shares: Mapping[str, Number]) -> float:
    """The skew that these shares of "she" amount to: the mean over the jobs that lean to she, minus that of the others.

    For a world's own shares it is the world's skew. Raises CourseError when a job is missing.
    """
    missing = [job for job in JOBS if job not in shares]
    if missing:
        raise CourseError(f"the share of she is missing for {missing[0]!r}: give one for each of the {len(JOBS)} jobs")
    means = [sum(shares[job] for job in jobs) / len(jobs) for jobs in (LEANS_TO_SHE, LEANS_TO_HE)]
    return means[0] - means[1]


def sharpened(share: Number, temperature: int | float) -> float:
    """What becomes of p(she) when it is drawn at a temperature: p^(1/T) / (p^(1/T) + (1-p)^(1/T)).

    At 0 the likelier of the two takes all, and of two alike each keeps half.
    """
    if not 0 <= share <= 1:
        raise CourseError(f"share={share} is no share: it must lie between 0 and 1")
    if temperature < 0:
        raise CourseError(f"temperature={temperature} must be 0 or more")
    if share in (0, 0.5, 1):
        return float(share)
    if temperature == 0:
        return float(share > 0.5)
    return float(torch.tensor(share / (1 - share), dtype=torch.float64).log().div(temperature).sigmoid())
