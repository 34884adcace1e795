import math
import os
import signal
import threading

import pytest
import torch

from llmcourse.training import Batches, Callback, TrainConfig, TrainingDiverged, evaluate, train


class Log(Callback):
    """Writes down what it is told, and may do something at a step."""

    def __init__(self, at_step=None, action=lambda: None):
        self.events, self.at_step, self.action = [], at_step, action

    def on_start(self, run):
        self.run = run
        self.events.append(("start", run.step))

    def on_step(self, step, loss, lr, grad_norm):
        self.events.append(("step", step))
        if step == self.at_step:
            self.action()

    def on_eval(self, step, validation_loss):
        self.events.append(("eval", step))

    def on_end(self, history):
        self.events.append(("end", len(history.losses)))


def ticking(seconds_per_call: float):
    """A clock that moves only when it is read."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds_per_call
        return now

    return clock


def weights(model) -> list[torch.Tensor]:
    return [p.detach().clone() for p in model.parameters()]


def same(first, second) -> bool:
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
@pytest.mark.parametrize("rows", [{}, {"rows": "packed", "masked": True}])
def test_training_learns_to_count(make_model, make_batches, tokenizer, optimizer, rows):
    model = make_model()
    held_out = [" ".join(f"w{(s + i) % 10}" for i in range(8)) for s in range(10)]
    before = evaluate(model, held_out, tokenizer)
    config = TrainConfig(steps=150, optimizer=optimizer, lr=0.01, muon_lr=0.02)
    history = train(model, make_batches(**rows), config, validation=held_out)
    assert before > 2.3  # about ln 13: nothing known yet
    # What is left to guess: the first word, and whether the document ends here.
    assert history.validation == [(150, evaluate(model, held_out, tokenizer))]
    assert history.validation[0][1] < 0.9
    assert sum(history.losses[-10:]) < sum(history.losses[:10]) / 2


def test_the_same_seeds_give_the_same_weights_and_another_seed_other_ones(make_model, make_batches):
    def run(seed: int) -> list[torch.Tensor]:
        model = make_model(dropout=0.2)
        torch.manual_seed(torch.seed())  # whatever the random numbers were before does not matter
        train(model, make_batches(), TrainConfig(steps=5, seed=seed))
        return weights(model)

    first = run(0)
    assert same(first, run(0))
    assert not same(first, run(1))  # other units are dropped


def test_what_a_callback_draws_does_not_change_the_training(make_model, make_batches):
    def run(*callbacks) -> list[torch.Tensor]:
        model = make_model(dropout=0.2)
        train(model, make_batches(), TrainConfig(steps=5), callbacks)
        return weights(model)

    assert same(run(), run(Log(at_step=2, action=lambda: torch.rand(3))))


def test_events_come_in_order(make_model, make_batches, documents):
    log = Log()
    train(make_model(), make_batches(), TrainConfig(steps=5, eval_every=2), [log], validation=documents[:4])
    steps = [("step", 1), ("step", 2), ("eval", 2), ("step", 3), ("step", 4), ("eval", 4), ("step", 5), ("eval", 5)]
    assert log.events == [("start", 0), *steps, ("end", 5)]


def test_a_callback_needs_only_the_methods_it_uses(make_model, make_batches):
    class Steps:
        seen = 0

        def on_step(self, step, loss, lr, grad_norm):
            self.seen += 1

    steps = Steps()
    train(make_model(), make_batches(), TrainConfig(steps=3), [steps, object()])
    assert steps.seen == 3


def test_the_history_has_an_entry_per_step(make_model, make_batches):
    config = TrainConfig(steps=10, lr=0.01, schedule="warmup_cosine", warmup=0.2, final=0.5)
    history = train(make_model(), make_batches(), config)
    assert len(history.losses) == len(history.lrs) == len(history.grad_norms) == 10
    assert history.lrs[0] == pytest.approx(0.005)  # the first step moves already
    assert max(history.lrs) == history.lrs[1] == pytest.approx(0.01)
    assert history.lrs[-1] == pytest.approx(0.005)
    assert not history.interrupted
    batches = make_batches()
    expected = sum((next(batches).targets != -100).sum().item() for _ in range(10))
    assert history.tokens == expected


def test_clipping_bounds_the_step_but_the_history_keeps_the_true_norm(make_model, make_batches):
    norms = []

    class Norms(Callback):
        def on_start(self, run):
            def look(optimizer, *_):
                grads = [p.grad for group in optimizer.param_groups for p in group["params"]]
                norms.append(math.sqrt(sum(g.square().sum().item() for g in grads)))

            run.optimizers[0].register_step_pre_hook(look)

    history = train(make_model(), make_batches(), TrainConfig(steps=3, clip=0.01), [Norms()])
    assert norms == pytest.approx([0.01] * 3, rel=1e-3)
    assert min(history.grad_norms) > 0.02


def test_a_budget_of_seconds_ends_the_run_and_finishes_the_schedule(make_model, make_batches):
    config = TrainConfig(seconds=10, lr=1.0e-3, schedule="warmup_cosine", warmup=0, final=0.1)
    quick = train(make_model(), make_batches(), config, clock=ticking(0.5))
    slow = train(make_model(), make_batches(), config, clock=ticking(2.0))
    assert len(quick.losses) == 20
    assert len(slow.losses) == 5
    assert quick.lrs[0] == slow.lrs[0] == pytest.approx(1e-3)
    assert quick.lrs[4::4] == pytest.approx(slow.lrs[1:])  # the same moment, the same learning rate
    assert quick.lrs[-1] < 1.2e-4


@pytest.mark.parametrize("where", ["loss", "gradient"])
def test_a_loss_that_is_no_number_stops_the_run_with_the_last_good_weights(make_model, make_batches, where):
    model, kept = make_model(), []

    def spoil() -> None:
        kept.extend(weights(model))
        if where == "loss":
            model.unembedding.weight.data.fill_(math.inf)
        else:
            model.unembedding.weight.register_hook(lambda grad: grad * math.nan)

    log = Log(at_step=3, action=spoil)
    with pytest.raises(
        TrainingDiverged, match=r"nan at step 4, batch 4 of epoch 1 \(.*'w8 w9.*\).*lower learning rate"
    ) as caught:
        train(model, make_batches(), TrainConfig(steps=10), [log])
    assert "\n" not in str(caught.value)
    assert caught.value.step == 4
    assert len(caught.value.history.losses) == 3
    assert log.events[-1] == ("end", 3)
    assert all(p.isfinite().all() for p in model.parameters())
    if where == "gradient":  # the weights themselves were still good
        assert same(weights(model), kept)


def test_a_learning_rate_far_too_high_leaves_a_model_with_a_finite_loss(make_model, make_batches, documents, tokenizer):
    model = make_model()
    with pytest.raises(TrainingDiverged):
        train(model, make_batches(), TrainConfig(steps=50, lr=1e38, clip=1e30, schedule="constant", warmup=0))
    assert math.isfinite(evaluate(model, documents, tokenizer))


def press_stop(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send this signal to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_stop_button_ends_after_the_step_and_keeps_the_model(make_model, make_batches, number):
    handler = signal.getsignal(number)
    stopped, whole = make_model(), make_model()
    log = Log(at_step=3, action=lambda: press_stop(number))
    history = train(stopped, make_batches(), TrainConfig(steps=1000), [log])
    assert history.interrupted
    assert len(history.losses) == 3
    assert log.events[-1] == ("end", 3)
    assert signal.getsignal(number) is handler
    # The same three steps, taken undisturbed: the button did not leave one half done.
    train(
        whole,
        make_batches(),
        TrainConfig(steps=1000),
        [Log(at_step=3, action=lambda: (_ for _ in ()).throw(KeyboardInterrupt))],
    )
    assert same(weights(stopped), weights(whole))


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send this signal to one process")
def test_a_second_press_does_not_wait(make_model, make_batches):
    log = Log(at_step=2, action=lambda: [press_stop() for _ in range(2)])
    history = train(make_model(), make_batches(), TrainConfig(steps=1000), [log])
    assert history.interrupted
    assert len(history.losses) == 2


def test_a_keyboard_interrupt_from_a_callback_keeps_the_model_too(make_model, make_batches):
    def interrupt() -> None:
        raise KeyboardInterrupt

    log = Log(at_step=4, action=interrupt)
    history = train(make_model(), make_batches(), TrainConfig(steps=1000), [log])
    assert history.interrupted
    assert log.events[-1] == ("end", 4)


def test_training_works_outside_the_main_thread(make_model, make_batches):
    histories = []
    thread = threading.Thread(
        target=lambda: histories.append(train(make_model(), make_batches(), TrainConfig(steps=2)))
    )
    thread.start()
    thread.join()
    assert len(histories[0].losses) == 2


def test_after_training_the_model_is_ready_for_use(make_model, make_batches):
    model = make_model(dropout=0.5)
    train(model, make_batches(), TrainConfig(steps=1))
    assert not model.training


def test_long_documents_are_cut_in_training_and_in_its_evaluation(make_model, tokenizer):
    text = " ".join(f"w{i % 10}" for i in range(200))
    batches = Batches([text], tokenizer, context=16, batch_size=4, cut_long=True)
    history = train(make_model(), batches, TrainConfig(steps=2), validation=[text])
    assert math.isfinite(history.validation[0][1])


def test_a_run_that_finds_nothing_better_ends_early(make_model, make_batches, documents):
    log = Log()
    config = TrainConfig(steps=100, lr=0.0, eval_every=2, patience=3)  # at a rate of 0 nothing ever gets better
    history = train(make_model(), make_batches(), config, [log], validation=documents[:4])
    assert [step for step, _ in history.validation] == [2, 4, 6, 8]  # the first, and three more that were no better
    assert history.stopped_early
    assert not history.interrupted
    assert log.events[-1] == ("end", 8)


def test_a_run_that_gets_better_goes_on_to_its_end(make_model, make_batches, documents):
    config = TrainConfig(steps=20, lr=1e-3, eval_every=5, patience=1)
    history = train(make_model(), make_batches(), config, validation=documents)
    assert len(history.losses) == 20
    assert not history.stopped_early
