"""The baseline that every text classifier has to beat: count the words, and weigh each count.

Word order is thrown away (or, with n-grams, all but the order of neighbours). What is left is logistic regression: one
weight for each word and class, whose sum decides. It is trained in a blink, and often hard to beat.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from llmcourse.corpus.labelled import Labelled
from llmcourse.corpus.text import split_words
from llmcourse.errors import CourseError


class BagOfWords:
    """scikit-learn's `CountVectorizer` and `LogisticRegression`, with the course's words.

    `neighbours`: the longest stretch of words that is counted as one feature: 1 is a bag of words, 2 adds pairs.
    """

    def __init__(self, neighbours: int = 1):
        if neighbours < 1:
            raise CourseError(f"neighbours={neighbours} must be 1 or more")
        self.counts = CountVectorizer(tokenizer=lower_words, token_pattern=None, lowercase=False,
                                      ngram_range=(1, neighbours))  # fmt: skip
        self.weights = LogisticRegression(max_iter=2000)

    def fit(self, examples: Sequence[Labelled]) -> "BagOfWords":
        """Learn from labelled texts; returns the baseline. Raises CourseError when only one class is there."""
        labels = [example.label for example in examples]
        if len(set(labels)) < 2:
            raise CourseError(f"all {len(labels)} examples have the same label: there is nothing to tell apart")
        self.weights.fit(self.counts.fit_transform([example.text for example in examples]), labels)
        return self

    def predict(self, texts: Sequence[str]) -> Float[Tensor, "text n_classes"]:
        """The probability of each class that it has seen, for each text."""
        return torch.tensor(self.weights.predict_proba(self.counts.transform(list(texts))), dtype=torch.float32)

    def accuracy(self, examples: Sequence[Labelled]) -> float:
        """The share of the examples whose likeliest class is the true one."""
        guesses = self.weights.classes_[self.predict([example.text for example in examples]).argmax(-1).numpy()]
        return float(np.mean(guesses == np.array([example.label for example in examples])))

    def strongest(self, count: int = 5) -> dict[str, list[str]]:
        """Of two classes: the words (or stretches) that speak the most for the second ("for") and for the first
        ("against")."""
        order = np.argsort(self.weights.coef_[0])
        words = self.counts.get_feature_names_out()
        return {"for": [str(w) for w in words[order[::-1][:count]]], "against": [str(w) for w in words[order[:count]]]}


def lower_words(text: str) -> list[str]:
    """The words of a text, without capitals: *The* at the beginning of a sentence is the same word."""
    return [word.lower() for word in split_words(text)]
