"""Exercise: read once, write word by word."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.seq2seq import write_answer
from llmcourse.model import EncoderDecoder, ModelConfig


def model_of(seed):
    """A tiny encoder-decoder with large random weights: its answers mean nothing, and depend on everything."""
    config = ModelConfig(vocab_size=12, context=12, d_model=16, n_layers=1, n_heads=2, positions="learned")
    model = EncoderDecoder(config).initialize(0).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def is_a_list_of_ids(trial):
    result = trial.result
    if isinstance(result, torch.Tensor) or not all(isinstance(item, int) for item in result):
        return (
            "Return a list of whole numbers, the ids of the answer: `int(...)` makes one of a tensor with one number."
        )
    return None


def is_not_too_long(trial):
    most = trial.inputs[4]
    if len(trial.result) > most:
        return f"With most={most}, at most {most} ids may be written; yours are {len(trial.result)}."
    return None


def writer(memory_of=None, place=-1, read=lambda ids: ids, first=None, start=None, ends=True, keep_stop=False):
    """The loop with one thing changed, so that a mistake takes a line."""

    @torch.no_grad()
    def answer(model, source, start_id=1, stop_id=2, most=20):
        ids = [start_id if start is None else start(source, start_id, stop_id)]
        for _ in range(most):
            seen = torch.tensor([ids])
            memory = model.encode(source if memory_of is None else memory_of(source, seen))
            new = int(model.decode(torch.tensor([read(ids)]), memory)[0, place].argmax())
            if ends and new == stop_id:
                return ids[1:] + [new] * keep_stop
            ids.append(new)
        return ids[1:] if first is None else ids

    return answer


def with_start(model, source, start_id=1, stop_id=2, most=20):
    return [start_id, *writer()(model, source, start_id, stop_id, most)]


def case(seed, *source, most=9):
    return lambda draw: (model_of(seed), torch.tensor([source]), 1, 2, most)


WRITE_ANSWER = Exercise(
    key="write_answer",
    title="Read once, write word by word",
    task="Write `write_answer(model, source, start_id=1, stop_id=2, most=20)`: encode `source`, then decode token by "
    "token, each time the likeliest; a list of ids, without start and stop, at most `most` of them.",
    difficulty=2,
    minutes=15,
    answer=write_answer,
    cases={
        "for two tokens read": case(1, 3, 4, most=4),
        "for another source": case(1, 7, 5, 9, most=4),
        "for an answer that ends": case(7, 7, 5, 9),
        "for one that ends elsewhere": case(6, 8, 3, 11, 4),
        "for at most three tokens": case(0, 3, 4, most=3),
    },
    tests=[is_a_list_of_ids, is_not_too_long],
    known_mistakes={
        "reads its own answer": (
            writer(memory_of=lambda source, ids: ids),
            "You encode the answer instead of the source, so the source plays no part. What is the decoder to look at?",
        ),
        "logits of the first position": (
            writer(place=0),
            "You read the logits at position 0 each time. The word that comes next is said at the *last* position.",
        ),
        "only the newest token": (
            writer(read=lambda ids: ids[-1:]),
            "You give the decoder its newest token only, at position 0, and it forgets the rest. Without a cache it "
            "has to read all that is written so far.",
        ),
        "starts with the source": (
            writer(start=lambda source, start_id, stop_id: int(source[0, 0])),
            "The answer begins with `start_id`, not with a token of the source: so it was in training.",
        ),
        "never stops": (
            writer(ends=False),
            "It goes on after the stop token. When that comes, the answer is at its end.",
        ),
        "stop token kept": (
            writer(keep_stop=True),
            "The stop token stands at the end of your answer. It says that there is no more, and is no part of it.",
        ),
        "start token kept": (
            with_start,
            "The start token stands at the front of your answer. It is what the decoder begins from, no part of it.",
        ),
    },
    hints=[
        "Two calls: `model.encode(source)` once, before the loop, and `model.decode(ids, memory)` in it, with all ids "
        "so far, as a batch of one row.",
        "`decode` gives logits for *every* position. Which of them speaks of the token that is to come?",
        "`logits[0, -1].argmax()` is the new id. Is it the stop token? Then `break`. Otherwise append it.",
        "Begin with `ids = [start_id]`, loop `most` times with `torch.tensor([ids])`, and return `ids[1:]`.",
    ],
)
