"""Pairs as batches; the reward model, DPO and the KL, against formulas worked out by hand."""

import copy
import math
import random

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.chat import chat_tokenizer
from llmcourse.corpus.instructions import instructions
from llmcourse.corpus.preferences import Pair
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, TrainConfig, train
from llmcourse.training.chase import chase, dpo, ranked_pairs, standing
from llmcourse.training.dpo import ImplicitReward, dpo_loss, reply_log_prob
from llmcourse.training.kl import kl_to_reference, reply_kl
from llmcourse.training.loss import IGNORE, causal_lm_loss
from llmcourse.training.preferences import Preferences, preference_rows
from llmcourse.training.reward import RewardModel, bradley_terry_loss, prefers_better, rewards

TOKENIZER = chat_tokenizer()
ASKED = instructions(6, seed=3, tasks=["continue"])
LONG, SHORT = ("Mia was happy that day.", "Mia was sad.")
PAIRS = [Pair(asked, LONG, SHORT) for asked in ASKED]


def small_gpt(seed: int = 0) -> GPT:
    return GPT(ModelConfig(TOKENIZER.vocab_size, context=128, d_model=16, n_layers=1, n_heads=2)).initialize(seed)


def preference_batches(pairs: list[Pair] = PAIRS, size: int = 3) -> Batches:
    rows = preference_rows(TOKENIZER, pairs)
    return Batches(rows, TOKENIZER, 256, size, objective=Preferences(TOKENIZER))


def test_a_batch_of_pairs() -> None:
    batch = next(preference_batches(PAIRS[:1], 1))
    assert batch.targets.tolist() == [[0]]
    for place, reply in enumerate((LONG, SHORT)):
        asked_for = [id for id in batch.replies[0, place].tolist() if id != IGNORE]
        assert asked_for == TOKENIZER.encode(reply, eos=True)
    assert batch.scored == 1
    half = next(preference_batches()).rows(0, None, 2)
    assert [len(tensor) for tensor in vars(half).values()] == [2, 2, 2]
    assert half.to(torch.device("cpu")).scored == 2


def test_a_row_that_is_no_pair() -> None:
    with pytest.raises(CourseError, match="two conversations"):
        Preferences(TOKENIZER)([[1, 5, 6]], random.Random(0))


class TestReward:
    def test_it_begins_with_zero_for_all_and_reads_the_last_word(self) -> None:
        model = RewardModel(small_gpt())
        assert rewards(model, TOKENIZER, ASKED, [LONG] * 6) == [0.0] * 6
        torch.nn.init.ones_(model.gpt.unembedding.weight)
        together = rewards(model, TOKENIZER, ASKED[:2], [LONG, SHORT])  # one is filled up, and nobody notices
        alone = [rewards(model, TOKENIZER, ASKED[n : n + 1], [(LONG, SHORT)[n]])[0] for n in (0, 1)]
        assert together == pytest.approx(alone, abs=1e-4)

    def test_the_gpt_itself_stays_as_it_is(self) -> None:
        gpt = small_gpt()
        before = copy.deepcopy(gpt.state_dict())
        train(RewardModel(gpt), preference_batches(), TrainConfig(steps=3))
        assert all(torch.equal(before[name], weight) for name, weight in gpt.state_dict().items())

    def test_the_loss_by_hand(self) -> None:
        chosen, rejected = torch.tensor([1.0, 0.0]), torch.tensor([-1.0, 3.0])
        by_hand = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(3))) / 2
        assert bradley_terry_loss(chosen, rejected).item() == pytest.approx(by_hand)
        assert bradley_terry_loss(torch.zeros(2), torch.zeros(2)).item() == pytest.approx(math.log(2))

    @given(st.floats(-50, 50), st.floats(-50, 50))
    def test_it_is_a_classification_with_two_classes(self, chosen: float, rejected: float) -> None:
        as_classes = F.cross_entropy(torch.tensor([[chosen, rejected]]), torch.tensor([0]))
        ours = bradley_terry_loss(torch.tensor([chosen]), torch.tensor([rejected]))
        assert ours.item() == pytest.approx(as_classes.item(), abs=1e-4)

    def test_the_loop_minimizes_that_loss(self) -> None:
        model = RewardModel(small_gpt())
        torch.nn.init.normal_(model.gpt.unembedding.weight, generator=torch.Generator().manual_seed(0))
        batch = next(preference_batches())
        logits = batch.logits(model)
        assert causal_lm_loss(logits, batch.targets) == bradley_terry_loss(logits[:, 0, 0], logits[:, 0, 1])

    def test_it_learns_to_prefer(self) -> None:
        model = RewardModel(small_gpt())
        train(model, preference_batches(), TrainConfig(steps=25, lr=1e-2, weight_decay=0.0))
        assert prefers_better(model, TOKENIZER, [(one, LONG, SHORT) for one in ASKED]) == 1


class TestDPO:
    def test_ln_p_of_a_reply(self) -> None:
        logits = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(1))
        replies = torch.tensor([[IGNORE, 3, 1, IGNORE], [IGNORE, IGNORE, 2, 4]])
        p = logits.softmax(-1)
        by_hand = [(p[0, 1, 3] * p[0, 2, 1]).log(), (p[1, 2, 2] * p[1, 3, 4]).log()]
        assert reply_log_prob(logits, replies).tolist() == pytest.approx([x.item() for x in by_hand], abs=1e-5)

    def test_the_loss_by_hand(self) -> None:
        """Chosen: e² times likelier than before; rejected: e times less likely. beta = 1/3, so the margin is 1."""
        loss = dpo_loss(*(torch.tensor([x]) for x in (-10.0, -13.0, -12.0, -12.0)), beta=1 / 3)
        assert loss.item() == pytest.approx(math.log(1 + math.exp(-1)), abs=1e-6)

    @given(st.lists(st.floats(-60, 0), min_size=4, max_size=4), st.floats(0.01, 3))
    def test_what_both_have_gained_cancels(self, values: list[float], beta: float) -> None:
        c, r, ref_c, ref_r = (torch.tensor([value]) for value in values)
        loss = dpo_loss(c, r, ref_c, ref_r, beta)
        assert torch.allclose(dpo_loss(c + 5, r + 5, ref_c, ref_r, beta), loss, atol=1e-4)
        by_hand = math.log1p(math.exp(-beta * (values[0] - values[2] - values[1] + values[3])))
        assert loss.item() == pytest.approx(by_hand, rel=1e-3, abs=1e-5)

    def test_the_loop_minimizes_that_loss(self) -> None:
        policy, reference = small_gpt(1), small_gpt(2)
        reward = ImplicitReward(policy, reference, beta=0.3)
        batch = next(preference_batches())
        sums = [
            [reply_log_prob(model(batch.ids[:, place]), batch.replies[:, place]) for place in (0, 1)]
            for model in (policy, reference)
        ]
        assert torch.allclose(
            causal_lm_loss(batch.logits(reward), batch.targets), dpo_loss(*sums[0], *sums[1], 0.3), atol=1e-5
        )

    def test_it_begins_at_ln_2_and_only_the_policy_learns(self) -> None:
        policy = small_gpt()
        reward = ImplicitReward(policy, beta=1.0)
        before = copy.deepcopy(reward.reference.state_dict())
        history = train(reward, preference_batches(), TrainConfig(steps=20, lr=1e-2, weight_decay=0.0))
        assert history.losses[0] == pytest.approx(math.log(2), abs=1e-5)
        assert history.losses[-1] < 0.4
        assert reward.policy is policy
        assert all(torch.equal(before[name], weight) for name, weight in reward.reference.state_dict().items())
        assert min(rewards(reward, TOKENIZER, ASKED, [LONG] * 6)) > max(rewards(reward, TOKENIZER, ASKED, [SHORT] * 6))

    def test_without_a_leash(self) -> None:
        with pytest.raises(CourseError, match="beta is 0; it must be above 0"):
            ImplicitReward(small_gpt(), beta=0)


class TestKL:
    def test_by_hand(self) -> None:
        """p = (3/4, 1/4) against (1/2, 1/2), at two positions of one reply."""
        p, q = torch.tensor([0.75, 0.25]).log(), torch.tensor([0.5, 0.5]).log()
        one = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
        logits, reference = (x.expand(1, 3, 2) for x in (p + 7, q - 2))  # what is added to all logits means nothing
        assert reply_kl(logits, reference, torch.tensor([[IGNORE, 0, 1]])).item() == pytest.approx(2 * one, abs=1e-6)

    @given(st.integers(0, 1000))
    def test_it_is_never_negative(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        logits, reference = (3 * torch.randn(2, 4, 6, generator=generator) for _ in range(2))
        replies = torch.randint(0, 6, (2, 4), generator=generator)
        assert reply_kl(logits, reference, replies) >= 0
        assert reply_kl(logits, logits, replies).item() == pytest.approx(0, abs=1e-6)

    def test_drawn_replies_agree_with_it_in_the_mean(self) -> None:
        """Two models over replies of one word: the exact KL is what the drawn ln p / p_ref have as their mean."""
        generator = torch.Generator().manual_seed(0)
        logits, reference = (torch.randn(1, 1, 5, generator=generator) for _ in range(2))
        drawn = torch.multinomial(logits[0].softmax(-1), 20_000, replacement=True, generator=generator)[0]
        gain = (logits.log_softmax(-1) - reference.log_softmax(-1))[0, 0, drawn]
        exact = reply_kl(logits, reference, torch.zeros(1, 1, dtype=torch.long)).item()
        assert gain.mean().item() == pytest.approx(exact, abs=0.03)

    def test_of_models(self) -> None:
        model, other = small_gpt(1), small_gpt(2)
        texts = [LONG] * 6
        assert kl_to_reference(model, model, TOKENIZER, ASKED, texts) == pytest.approx(0, abs=1e-5)
        whole = kl_to_reference(model, other, TOKENIZER, ASKED, texts)
        assert whole > 0
        assert kl_to_reference(model, other, TOKENIZER, ASKED, texts, batch_size=4) == pytest.approx(whole, rel=1e-4)


class TestChase:
    def test_pairs_by_rank(self) -> None:
        asked = [ASKED[0]] * 4 + [ASKED[1]] * 2
        texts = ["a", "a a a", "a a", "a a a a", "a", "a"]
        pairs = ranked_pairs(asked, texts, lambda one, text: len(text))
        assert [(pair.chosen, pair.rejected) for pair in pairs] == [("a a a a", "a"), ("a a a", "a a")]

    def test_the_reward_that_is_chased_rises(self) -> None:
        """An untrained model that is paid for the word "sad"."""
        model, reference = small_gpt(), small_gpt()

        def sad(asked: object, text: str) -> float:
            return float(text.split().count("sad"))

        rounds = list(chase(model, reference, TOKENIZER, ASKED, sad, rounds=2, steps=15, per_prompt=8, lr=1e-2))
        assert rounds[0].kl == pytest.approx(0, abs=1e-5)
        assert rounds[-1].reward > rounds[0].reward
        assert rounds[-1].kl > 0.1
        assert len(rounds[0].texts) == 48

    def test_it_ends_where_no_difference_is_seen(self) -> None:
        rounds = list(chase(small_gpt(), small_gpt(), TOKENIZER, ASKED, lambda *_: 0.0, rounds=5, per_prompt=2))
        assert len(rounds) == 1
        with pytest.raises(CourseError, match="sees no difference"):
            dpo(small_gpt(), small_gpt(), TOKENIZER, [], steps=1)

    def test_standing(self) -> None:
        model = small_gpt()
        found = standing(model, model, TOKENIZER, ASKED, lambda *_: 2.5)
        assert (found.reward, found.right) == (2.5, 0)
