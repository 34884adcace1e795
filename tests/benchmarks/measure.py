"""What `make bench` measures, each in a process of its own: with all cores, and without the type checks of the tests.

    python tests/benchmarks/measure.py live_model      # the numbers, as JSON

BENCH_QUICK=1 takes few steps, stories and samples, to see that it works; its numbers mean nothing.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Numbers = dict[str, Any]
#: Real texts may lie here, if nobody has fetched them yet.
MIRROR = Path(__file__).resolve().parents[3] / "shared" / "corpora"
QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")
FIRST_PLOT = """
from llmcourse.course import begin; begin("04")
from llmcourse.viz.attention_steps import query_among_keys
from llmcourse.viz.style import show
show(query_among_keys(), alt="A query among four keys.")
"""
FIFTY_STEPS = """
import psutil
from llmcourse.corpus import load
from llmcourse.model import GPT
from llmcourse.training import Batches, train
from llmcourse.training.pretrain import gpt_config, train_config
corpus = load("world")
model = GPT(gpt_config(corpus.tokenizer().vocab_size))
train(model, Batches(corpus.train, corpus.tokenizer(), model.config.context, 16), train_config(steps=50))
print(psutil.Process().memory_info().rss / 2**20)
"""


def live_model() -> Numbers:
    """Train the model of chapter 10 from scratch, as the chapter does."""
    from llmcourse.corpus import load
    from llmcourse.device import set_threads
    from llmcourse.model import GPT
    from llmcourse.training import Batches, ProgressBar, train
    from llmcourse.training.pretrain import LIVE_STEPS, gpt_config, train_config

    threads, corpus = set_threads(), load("world")
    tokenizer = corpus.tokenizer()
    model = GPT(gpt_config(tokenizer.vocab_size)).initialize(0)
    batches = Batches(corpus.train, tokenizer, model.config.context, batch_size=16)
    config = train_config(5 if QUICK else LIVE_STEPS)
    history = train(model, batches, config, [ProgressBar()], validation=corpus.validation[:100])
    done = {"threads": threads, "steps": len(history.losses), "seconds": history.seconds, "tokens": history.tokens}
    return done | quality(model, tokenizer, samples=200)


def shipped_model() -> Numbers:
    """The checkpoint that comes with the course."""
    from llmcourse.corpus.files import data_folder
    from llmcourse.device import set_threads
    from llmcourse.model import pretrained

    set_threads()
    size = (data_folder() / "checkpoints" / "gpt-world.safetensors").stat().st_size
    return {"bytes": size} | quality(*pretrained("gpt-world"), samples=1_000)


def quality(model: Any, tokenizer: Any, samples: int) -> Numbers:
    """Loss against the floor on the same stories, and how much of what the model writes the world calls a story."""
    from llmcourse.corpus import World, load
    from llmcourse.inference import sample_texts
    from llmcourse.training import evaluate, unigram_baseline
    from llmcourse.training.pretrain import floor

    world = World()
    validation = load("world").validation[: 40 if QUICK else None]
    chunk = 10 if QUICK else 200
    chunks = range(1 if QUICK else samples // chunk)
    sampled = [text for seed in chunks for text in sample_texts(model, tokenizer, chunk, seed=seed)]
    greedy = greedy_texts(model, tokenizer, validation, chunk)
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "stories": len(validation),
        "loss": evaluate(model, validation, tokenizer),
        "floor": floor(validation),
        "unigram": unigram_baseline(validation, tokenizer),
        "greedy": [sum(map(world.is_story, greedy)), len(greedy)],
        "sampled": [sum(map(world.is_story, sampled)), len(sampled)],
    }


def greedy_texts(model: Any, tokenizer: Any, stories: Sequence[str], n: int) -> list[str]:
    """The likeliest words after n different beginnings: the first eight tokens of stories that are not trained on."""
    import torch

    from llmcourse.inference import generate

    beginnings = dict.fromkeys(tuple(tokenizer.encode(story, bos=True)[:9]) for story in stories)
    ids = torch.tensor(list(beginnings)[:n])
    new = generate(model, ids, model.config.context, stop_id=tokenizer.eos_id)
    return [tokenizer.decode(row) for row in new.tolist()]


def shipped_others() -> Numbers:
    """The other two families' checkpoints, on the questions that they are judged by."""
    from llmcourse.corpus import load
    from llmcourse.device import set_threads
    from llmcourse.model import pretrained
    from llmcourse.model.families import FAMILIES
    from llmcourse.training import evaluate
    from llmcourse.training.accuracy import accuracy
    from llmcourse.training.recipes import recipe

    set_threads()
    validation = load("world").validation[: 40 if QUICK else None]
    found = {}
    for family in ("bert", "encoder_decoder"):
        model, tokenizer = pretrained(f"{family.replace('_', '-')}-world", FAMILIES[family])
        questions = recipe(family).judged_by(tokenizer)
        found[family] = {
            "unit": recipe(family).unit,
            "loss": evaluate(model, validation, tokenizer, objective=questions),
            "floor": recipe(family).floor(validation, tokenizer),
            "right": accuracy(model, validation, tokenizer, questions),
        }
    return found


def shakespeare() -> Numbers:
    """A GPT in the size of a well-known example, on tiny Shakespeare's characters: its loss on the last 10%."""
    import tempfile

    from llmcourse.corpus import load
    from llmcourse.device import set_threads
    from llmcourse.model import load_model
    from llmcourse.training import Callback
    from llmcourse.training.pretrain_text import TEXT_STEPS, nats_per_character, pretrain_text

    class Clock(Callback):
        def on_end(self, history: Any) -> None:
            self.seconds, self.read = history.seconds, history.tokens

    if MIRROR.is_dir():
        os.environ.setdefault("LLMCOURSE_MIRROR", str(MIRROR))
    threads, clock, steps = set_threads(), Clock(), 10 if QUICK else TEXT_STEPS
    corpus = load("tinyshakespeare")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model.safetensors"
        pretrain_text(out, steps=steps, callbacks=[clock])
        model, tokenizer = load_model(out)
    return {
        "threads": threads,
        "steps": steps,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "read": clock.read,
        "seconds": clock.seconds,
        "loss": nats_per_character(model, [*corpus.validation, *corpus.test], tokenizer),
    }


def question_answering() -> Numbers:
    """Chapter 13's readers that point from a gap, after their whole run: with pretraining and without, same labels."""
    from llmcourse.analysis.nearest_answer import NearestAnswer
    from llmcourse.analysis.squad_scores import best_threshold, score
    from llmcourse.corpus import load
    from llmcourse.corpus.story_questions import renamed, story_questions
    from llmcourse.device import pick_device, set_threads
    from llmcourse.inference.answers import answer_questions, predictions
    from llmcourse.model import BERT, pretrained
    from llmcourse.training import ProgressBar
    from llmcourse.training.spans import QUESTIONS, STEPS, finetune_spans, span_config, span_reader

    set_threads()
    corpus, steps, labels = load("world"), 5 if QUICK else STEPS, 100 if QUICK else QUESTIONS
    learned = story_questions(corpus.train[:labels], seed=1)
    validation = story_questions(corpus.validation[: 40 if QUICK else None], seed=2)
    test = story_questions(corpus.test[: 40 if QUICK else None], seed=3)
    bert, tokenizer = pretrained("bert-world", BERT)
    nearest = NearestAnswer(learned)
    said = {"nearest of its kind": {each.id: nearest.predict(each) for each in test}}
    pool = story_questions(corpus.validation, seed=4, unanswered=0)
    hard = [other for each in test[:300] if each.has_answer and (other := renamed(each, pool))]
    silent = {}
    for name, seed in (("pretrained", None), ("from scratch", 1)):
        reader = span_reader(bert, seed, gap_id=tokenizer.id_of("<mask>")).to(pick_device())
        finetune_spans(reader, learned, tokenizer, span_config(steps), [ProgressBar()])
        found = answer_questions(reader, tokenizer, validation)
        texts, doubts = ({id: getattr(a, what) for id, a in found.items()} for what in ("text", "doubt"))
        _, threshold = best_threshold(validation, texts, doubts)
        said[name] = predictions(answer_questions(reader, tokenizer, test), threshold)
        silent[name] = score(hard, predictions(answer_questions(reader, tokenizer, hard), threshold)).exact
    scores = {name: score(test, predicted)._asdict() for name, predicted in said.items()}
    return {"steps": steps, "labels": len(learned), "scores": scores, "renamed": silent}


def start() -> Numbers:
    """How long `import llmcourse` takes in a new process (the median of five)."""
    code = "import time; begun = time.perf_counter(); import llmcourse; print(time.perf_counter() - begun)"
    command = [sys.executable, "-c", code]
    times = [float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(5)]
    return {"seconds": statistics.median(times)}


def kernel() -> Numbers:
    """A learner's kernel: the time from its start to the first plot, and its memory once it has trained 50 steps."""
    times = [time_to_first_plot(then) for then in ("", "", FIFTY_STEPS)]
    return {"seconds": statistics.median(seconds for seconds, _ in times), "megabytes": float(times[-1][1])}


def time_to_first_plot(then: str) -> tuple[float, str]:
    """Seconds until a new kernel has shown a picture, and what the code `then` prints afterwards."""
    from jupyter_client.manager import start_new_kernel

    shown: list[str] = []
    printed: list[str] = []

    def see(message: Any) -> None:
        content = message["content"]
        shown.extend(content.get("data", ()))
        printed.append(content.get("text", ""))
        assert message["msg_type"] != "error", "\n".join(content["traceback"])

    begun = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    try:
        client.execute_interactive(FIRST_PLOT, output_hook=see, timeout=120)
        seconds = time.perf_counter() - begun
        assert "image/png" in shown
        if then:
            client.execute_interactive(then, output_hook=see, timeout=600)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return seconds, "".join(printed)


def cache() -> Numbers:
    """Sampling as many tokens as the context holds, with the KV cache and without: the same texts, in how much time?"""
    import torch

    from llmcourse.device import set_threads
    from llmcourse.inference import generate, sampler
    from llmcourse.model import pretrained

    set_threads()
    model, tokenizer = pretrained("gpt-world")
    bos, room = torch.tensor([[tokenizer.bos_id]]), model.config.context - 1
    times: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(2 if QUICK else 20):
        texts = []
        for use_cache in (True, False):
            dice = torch.Generator().manual_seed(seed)
            begun = time.perf_counter()
            texts.append(generate(model, bos, room, sampler(1.0), use_cache=use_cache, generator=dice))
            times[use_cache].append(time.perf_counter() - begun)
        assert torch.equal(*texts), f"with seed {seed} the cache changes the text"
    with_cache, without = (statistics.median(times[use_cache]) for use_cache in (True, False))
    return {"tokens": room, "texts": len(times[True]), "with_cache": with_cache, "without": without}


def gpt2_cache() -> Numbers:
    """200 greedy tokens of a model of GPT-2's size at random weights: without a cache, with either kind of cache, with
    the weights laid out for decoding, and by the transformers library. The same text, in how much time? In turns, so
    that all have the same neighbours; of each the shortest time counts."""
    import torch

    from llmcourse.device import set_threads
    from llmcourse.inference import generate
    from llmcourse.inference.layout import lay_out_for_decoding
    from llmcourse.inference.library import as_transformers_gpt2
    from llmcourse.model import GPT
    from llmcourse.model.cache import KVCache
    from llmcourse.model.published import GPT2_SMALL

    threads, new = set_threads(), 5 if QUICK else 200
    model = GPT(GPT2_SMALL).initialize(0).eval()
    library = as_transformers_gpt2(model)
    prompt = torch.randint(0, GPT2_SMALL.vocab_size, (1, 4), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(prompt)

    def by_library() -> Any:
        return library.generate(prompt, attention_mask=mask, max_new_tokens=new, do_sample=False, pad_token_id=0)

    ways = {
        "static": lambda: generate(model, prompt, new),
        "growing": lambda: generate(model, prompt, new, cache=KVCache(model.config, growing=True)),
        "library": by_library,
        "without": lambda: generate(model, prompt, new, use_cache=False),
    }
    times: dict[str, list[float]] = {}
    texts: dict[str, Any] = {}

    def timed(name: str, way: Any) -> None:
        begun = time.perf_counter()
        text = way()
        times.setdefault(name, []).append(time.perf_counter() - begun)
        assert torch.equal(text, texts.setdefault("first", text)), f"{name} writes another text"

    generate(model, prompt, 2), library.generate(prompt, attention_mask=mask, max_new_tokens=2, pad_token_id=0)
    for turn in range(1 if QUICK else 3):
        for name, way in ways.items():
            if name != "without" or turn < 2:  # by far the slowest
                timed(name, way)
    lay_out_for_decoding(model)
    for _ in range(1 if QUICK else 3):
        timed("laid out", ways["static"])
        timed("library", ways["library"])
    return {"threads": threads, "tokens": new, **{name.replace(" ", "_"): min(times[name]) for name in times}}


def tokenizers() -> Numbers:
    """Training and encoding beside the `tokenizers` library: the same merges and ids, in how much time?"""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    from llmcourse.corpus import BPETokenizer, load, tokenizer_from_json

    beside = MIRROR / "tinyshakespeare.txt"
    name = "tiny Shakespeare" if beside.is_file() else "the stories"
    text = beside.read_text(encoding="utf-8") if beside.is_file() else " ".join(load("world").train[:3_500])
    text, vocab_size = (text[:50_000], 500) if QUICK else (text, 5_000)
    library = Tokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=["<pad>", "<bos>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    lines = text.splitlines(keepends=True)  # the library works on several texts at a time
    times: dict[str, float] = {}

    def timed(what: str, action: Any) -> Any:
        begun = time.perf_counter()
        result = action()
        times[what] = time.perf_counter() - begun
        return result

    timed("library_training", lambda: library.train_from_iterator(lines, trainer))
    ours = timed("training", lambda: BPETokenizer.train(lines, vocab_size))
    fresh = tokenizer_from_json(ours.to_json())  # nothing remembered yet
    ids = timed("encoding", lambda: fresh.encode(text))
    theirs = timed("library_encoding", lambda: library.encode(text).ids)
    same = ids == theirs and [list(m) for m in ours.merges] == json.loads(library.to_str())["model"]["merges"]
    return {"name": name, "characters": len(text), "merges": len(ours.merges), "same": same, **times}


def distillation() -> Numbers:
    """Chapter 22's students with three seeds: loss above the floor at the end, for each lesson."""
    from dataclasses import replace

    from llmcourse.corpus import load
    from llmcourse.device import set_threads
    from llmcourse.model import GPT, pretrained
    from llmcourse.training import Batches, evaluate, train
    from llmcourse.training.distillation import Distillation, model_teacher, world_teacher
    from llmcourse.training.matching import MatchedStudent, Matching, layer_map
    from llmcourse.training.pretrain import floor, gpt_config, train_config

    set_threads()
    corpus = load("world")
    teacher, tokenizer = pretrained("gpt-world")
    small = replace(gpt_config(tokenizer.vocab_size), d_model=64, d_ff=192)
    held_out = corpus.validation[: 20 if QUICK else 200]
    limit = floor(held_out, corpus.world)
    soft = Distillation(model_teacher(teacher), tokenizer)
    inside = Matching(teacher, tokenizer, layer_map(3, 3))
    lessons: dict[str, Any] = {
        "alone": None,
        "soft targets": soft,
        "soft targets, half of the loss": soft.changed(alpha=0.5),
        "soft targets at T = 2": soft.changed(temperature=2),
        "soft targets at T = 4": soft.changed(temperature=4),
        "the world's own soft targets": Distillation(world_teacher(corpus.world, tokenizer), tokenizer),
        "soft targets and hidden states": inside.changed(hidden=1),
        "soft targets and attention maps": inside.changed(attention=1),
        "attention maps and the text's words": inside.changed(alpha=0, attention=1),
    }
    found: Numbers = {}
    for name, objective in lessons.items():
        found[name] = []
        for seed in range(1 if QUICK else 3):
            student = GPT(small).initialize(seed)
            batches = Batches(corpus.train[:320], tokenizer, small.context, 16, seed=seed, objective=objective)
            model = MatchedStudent(student, teacher) if isinstance(objective, Matching) else student
            train(model, batches, replace(train_config(steps=4 if QUICK else 200, seed=seed), eval_every=0))
            found[name].append(evaluate(student, held_out, tokenizer) - limit)
    return found


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
