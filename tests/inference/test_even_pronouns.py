"""She and he with the same chance, where it is open."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import World
from llmcourse.corpus.openings import openings, worker_of
from llmcourse.inference import generate
from llmcourse.inference.even_pronouns import EvenPronouns, share_evenly
from llmcourse.model import pretrained


@given(st.integers(0, 1000))
def test_sums_stay_and_closed_rows_are_untouched(seed):
    logits = 4 * torch.randn(3, 7, generator=torch.Generator().manual_seed(seed))
    before = logits.clone()
    even = share_evenly(logits, [(1, 4), (0, 6)], torch.tensor([True, False, True]))
    p, q = logits.softmax(-1), even.softmax(-1)
    assert torch.equal(logits, before) and torch.equal(even[1], logits[1])
    for she, he in ((1, 4), (0, 6)):
        torch.testing.assert_close(q[::2, she], q[::2, he])
        torch.testing.assert_close(q[::2, she] + q[::2, he], p[::2, she] + p[::2, he])
    torch.testing.assert_close(q[:, [2, 3, 5]], p[:, [2, 3, 5]])


def test_open_from_the_job_to_the_pronoun():
    _, tokenizer = pretrained("gpt-world")
    rule = EvenPronouns(tokenizer)
    for text in openings(World(), 60, seed=1):
        ids = torch.tensor([tokenizer.encode(text, bos=True)])
        found = rule.is_open(ids)[0].tolist()
        worker = worker_of(text)
        if worker is None:
            assert not any(found)
        else:  # <bos> A baker ... she: open at the places that predict up to the pronoun
            assert found == [2 <= place <= worker.position for place in range(len(found))]


def test_it_works_while_decoding_side_by_side():
    model, tokenizer = pretrained("gpt-world")
    prompts = ["A baker lived near the mill. After lunch", "Mia was a baker who lived near the mill. After lunch"]
    for prompt, allowed in zip(prompts, (("she", "he"), ("she",)), strict=True):
        ids = torch.tensor([tokenizer.encode(prompt, bos=True)] * 2)
        new = generate(model, ids, 1, adjust=EvenPronouns(tokenizer))[:, -1]
        assert set(tokenizer.tokens(new.tolist())) <= set(allowed)
