"""Using a trained model: choosing tokens, generating text."""

from llmcourse.inference.beam import Found, beam_search, expand_beams
from llmcourse.inference.constrained import Constrained, WorldRule, allow_only
from llmcourse.inference.generate import generate, new_tokens
from llmcourse.inference.next_logits import NextLogits
from llmcourse.inference.penalties import repetition_penalty
from llmcourse.inference.sampling import greedy, sample, sampler, with_temperature
from llmcourse.inference.stopping import cut_at_stop, held_back
from llmcourse.inference.streaming import stream, text_pieces
from llmcourse.inference.text import next_token_probabilities, sample_text, sample_texts, stream_text
from llmcourse.inference.truncation import min_p, stays, top_k, top_p, typical_p

__all__ = [
    "Constrained",
    "Found",
    "NextLogits",
    "WorldRule",
    "allow_only",
    "beam_search",
    "cut_at_stop",
    "expand_beams",
    "generate",
    "greedy",
    "held_back",
    "min_p",
    "new_tokens",
    "next_token_probabilities",
    "repetition_penalty",
    "sample",
    "sample_text",
    "sample_texts",
    "sampler",
    "stays",
    "stream",
    "stream_text",
    "text_pieces",
    "top_k",
    "top_p",
    "typical_p",
    "with_temperature",
]
