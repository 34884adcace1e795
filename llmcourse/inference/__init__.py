"""Using a trained model: choosing tokens, generating text."""

from llmcourse.inference.generate import generate
from llmcourse.inference.sampling import greedy, sample, sampler, top_k, top_p, with_temperature
from llmcourse.inference.text import next_token_probabilities, sample_text, sample_texts

__all__ = [
    "generate",
    "greedy",
    "next_token_probabilities",
    "sample",
    "sample_text",
    "sample_texts",
    "sampler",
    "top_k",
    "top_p",
    "with_temperature",
]
