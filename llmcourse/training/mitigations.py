"""Two ways to change a corpus so that a model learns less of its skew.

- *Counterfactual augmentation* adds to each text the one with she and he exchanged (Zhao et al. 2018, Gender Bias in
  Coreference Resolution; Lu et al. 2018). What was never told is told now.
- *Reweighting* invents nothing: texts that are rare for their job count more, common ones less, until job and pronoun
  are independent (Kamiran and Calders 2012, Data preprocessing techniques for classification without discrimination).
"""

import random
from collections import Counter
from collections.abc import Sequence

from llmcourse.corpus.counterfactual import counterfactual
from llmcourse.corpus.openings import PRONOUNS, worker_of
from llmcourse.errors import CourseError


def augmented(texts: Sequence[str]) -> list[str]:
    """Each text, and behind it its counterfactual."""
    return [version for text in texts for version in (text, counterfactual(text))]


def even_weights(texts: Sequence[str]) -> list[float]:
    """A weight for each text: p(job) · 1/2 over p(job, pronoun) where the hero has no name, and 1 elsewhere.

    Weighed so, each job is told of as many a she as a he, and as much as before. Raises CourseError when a job has no
    text with one of the two: nothing can be weighed up from nothing.
    """
    workers = [worker_of(text) for text in texts]
    counts = Counter((worker.job, worker.pronoun) for worker in workers if worker)
    for job in sorted({job for job, _ in counts}):
        for pronoun in PRONOUNS:
            if not counts[job, pronoun]:
                raise CourseError(
                    f"no nameless {job} is a {pronoun} in these texts: reweighting needs one, augmentation does not"
                )
    jobs = Counter(worker.job for worker in workers if worker)
    return [jobs[w.job] / 2 / counts[w.job, w.pronoun] if w else 1.0 for w in workers]


def reweighted(texts: Sequence[str], seed: int = 0) -> list[str]:
    """As many texts, drawn from these with `even_weights`: some come several times, some not at all."""
    return random.Random(seed).choices(texts, even_weights(texts), k=len(texts))
