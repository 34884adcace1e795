"""How far do two distributions over the next word agree? The question that the world's truth lets us ask of a model."""

from collections.abc import Mapping


def agreement(said: Mapping[str, float], truth: Mapping[str, float]) -> float:
    """The share of the probability on which two distributions agree, from 0 (no word in common) to 1 (the same).

    It is the sum of the smaller of the two probabilities of each word; one minus it is known as the total variation
    distance, and is the most by which the two can differ on any yes-or-no question about the next word.
    """
    return sum(min(probability, truth.get(word, 0.0)) for word, probability in said.items())
