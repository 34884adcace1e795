"""Exercise: perplexity."""

import math

from llmcourse.course.exercise import Exercise
from llmcourse.training.loss import perplexity

PERPLEXITY = Exercise(
    key="perplexity",
    title="Perplexity",
    task="Write `perplexity(log_probs)`: it takes the natural logarithms of the probabilities that a model gave to "
    "the words of a text, and returns its perplexity, e to the power of the mean loss.",
    difficulty=1,
    minutes=10,
    answer=perplexity,
    cases={
        "for four tosses of a coin": lambda draw: ([math.log(0.5)] * 4,),
        "for a model that is always certain and right": lambda draw: ([0.0, 0.0, 0.0],),
        "for a single word of probability 1/8": lambda draw: ([math.log(1 / 8)],),
        "for one surprise among sure words": lambda draw: ([-0.01, -0.02, -9.0, -0.01],),
        "for a text of twenty words": lambda draw: ((-draw(20).abs() - 0.1).tolist(),),
    },
    known_mistakes={
        "no minus": (
            lambda log_probs: math.exp(sum(log_probs) / len(log_probs)),
            "You are below 1: this is the model's typical probability. A sign is missing in the exponent.",
        ),
        "sum": (
            lambda log_probs: math.exp(-sum(log_probs)),
            "You use the sum, so a longer text always gets a higher perplexity. What makes texts of different "
            "lengths comparable?",
        ),
        "base 2": (
            lambda log_probs: 2 ** (-sum(log_probs) / len(log_probs)),
            "The logarithms are natural ones, to the base e. You raise 2 to their mean, and 2 does not undo them.",
        ),
        "the loss": (
            lambda log_probs: -sum(log_probs) / len(log_probs),
            "This is the loss, in nats per word. Perplexity is one step further: which function undoes a logarithm?",
        ),
        "mean of the inverse probabilities": (
            lambda log_probs: sum(math.exp(-x) for x in log_probs) / len(log_probs),
            "You take the exponential of every word and then the mean; a single surprise then outweighs all other "
            "words. The mean comes first, the exponential last.",
        ),
    },
    hints=[
        "The mean of the logarithms says how sure the model was per word. What is it for a fair coin?",
        "It is negative. Turn its sign, and you have the loss: 0 for a prophet, larger for those who are surprised.",
        "Undo the logarithm with `math.exp`. For a fair coin, 2 comes out: two equally likely words to choose from.",
        "`math.exp(-mean)`, where `mean` is `sum(log_probs) / len(log_probs)`.",
    ],
)
