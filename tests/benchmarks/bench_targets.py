"""The course against its targets: `make bench` measures and prints them. A missed target is told, and fails nothing.

Only an idle machine gives times that mean something. BENCH_THREADS=1 measures with so many threads instead of all
cores, BENCH_QUICK=1 tries the benchmark itself out; `make bench ARGS="-k shipped"` runs a part.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(0)  # a benchmark takes as long as it takes

MEASURE = Path(__file__).with_name("measure.py")
OF_TESTS = ("OMP_NUM_THREADS", "LLMCOURSE_THREADS", "LLMCOURSE_QUIET", "MPLBACKEND")  # settings no learner has

#: What was measured, its target, the value in words, and whether the target is met (None: there is no target).
Line = tuple[str, str, str, bool | None]


def bench_live_model() -> None:
    found = measure("live_model")
    seconds = found["seconds"]
    report(
        f"Live model: {found['steps']:,} steps from scratch, {found['threads']} threads",
        [
            ("seconds of training", "at most 120", f"{seconds:.1f}", seconds <= 120),
            ("tokens per second", "", f"{found['tokens'] / seconds:,.0f}", None),
            *quality(found, above=0.10, greedy=0.80, sampled=0.60),
        ],
    )


def bench_shipped_model() -> None:
    found = measure("shipped_model")
    megabytes = found["bytes"] / 1e6
    report(
        "Shipped checkpoint: gpt-world",
        [
            ("size of the file", "at most 4 MB", f"{megabytes:.2f} MB", megabytes <= 4),
            *quality(found, above=0.02, greedy=None, sampled=0.95),
        ],
    )


def bench_other_families() -> None:
    for family, found in measure("shipped_others").items():
        loss, floor, right = found["loss"], found["floor"], found["right"]
        report(
            f"Shipped checkpoint: {family}",
            [
                ("loss on the validation stories", "", f"{loss:.4f} {found['unit']}", None),
                ("the floor on the same", "", f"{floor:.4f}", None),
                (
                    "first choices that are right",
                    "",
                    f"{right['tokens']:.1%} of tokens, {right['texts']:.1%} of texts",
                    None,
                ),
            ],
        )


def bench_distillation() -> None:
    found = measure("distillation")
    lines: list[Line] = []
    for name, losses in found.items():
        above = ", ".join(f"{loss:.3f}" for loss in losses)
        closed = [1 - loss / alone for loss, alone in zip(losses, found["alone"], strict=True)]
        lines.append((name, "", f"{above} above the floor; gap closed {min(closed):.0%} to {max(closed):.0%}", None))
    report("Distillation: a student of a quarter of the size, 200 steps on 320 stories, by seed", lines)


def bench_shakespeare() -> None:
    found = measure("shakespeare")
    loss, published = found["loss"], 1.8857  # nanoGPT's own figure for this size, this text and this many steps
    report(
        f"Tiny Shakespeare by characters: {found['steps']:,} steps, {found['threads']} threads",
        [
            ("parameters", "about 0.80M", f"{found['parameters']:,}", None),
            ("characters read in training", "about 1,536,000", f"{found['read']:,}", None),
            ("time per step", "", f"{1000 * found['seconds'] / found['steps']:.0f} ms", None),
            ("nats per character, the last 10%", f"below {published}", f"{loss:.4f}", loss < published),
            ("so it is better by", "", f"{published - loss:.4f}", None),
        ],
    )


def bench_question_answering() -> None:
    found = measure("question_answering")
    reached = found["scores"]
    ours, scratch, rule = (reached[name] for name in ("pretrained", "from scratch", "nearest of its kind"))
    more = ours["exact"] - max(scratch["exact"], rule["exact"])
    report(
        f"Question answering: {found['labels']:,} labels, {found['steps']:,} steps, the test split",
        [
            *(
                (
                    f"exact match, {name}",
                    "answer: at least 95" if each is ours else "",
                    f"{each['exact']:.1f} (answer {each['has_answer_exact']:.1f}, none {each['no_answer_exact']:.1f})",
                    each["has_answer_exact"] >= 95 if each is ours else None,
                )
                for name, each in reached.items()
            ),
            ("F1, pretrained", "", f"{ours['f1']:.1f}", None),
            ("renamed questions left unanswered", "", f"{found['renamed']['pretrained']:.1f}%", None),
            ("above the better of the others", "at least 10", f"{more:.1f} points", more >= 10),
        ],
    )


def bench_start() -> None:
    imported, kernel = measure("start")["seconds"], measure("kernel")
    plotted, memory = kernel["seconds"], kernel["megabytes"]
    report(
        "A learner's kernel",
        [
            ("import llmcourse", "under 0.3 s", f"{imported:.3f} s", imported < 0.3),
            ("from its start to the first plot", "under 5 s", f"{plotted:.1f} s", plotted < 5),
            ("resident after 50 steps of training", "under 700 MB", f"{memory:.0f} MB", memory < 700),
        ],
    )


def bench_cache() -> None:
    found = measure("cache")
    with_cache, without = found["with_cache"], found["without"]
    report(
        f"KV cache: {found['texts']} texts of {found['tokens']} tokens, medians",
        [
            ("the same texts", "all", "all", True),  # else the measurement has failed
            ("with the cache", "", f"{with_cache * 1000:.0f} ms", None),
            ("without it", "", f"{without * 1000:.0f} ms", None),
            ("so the cache is faster by a factor of", "", f"{without / with_cache:.1f}", None),
        ],
    )


def bench_gpt2_cache() -> None:
    found = measure("gpt2_cache")
    n, static = found["tokens"], found["static"]
    best = found["laid_out"]
    report(
        f"KV cache in GPT-2's size: {n} greedy tokens, {found['threads']} threads, random weights",
        [
            ("the same text", "all", "all", True),  # else the measurement has failed
            *(
                (name.replace("_", " "), "", f"{found[name]:.2f} s, {n / found[name]:.1f} tokens/s", None)
                for name in ("without", "growing", "static", "laid_out", "library")
            ),
            ("static cache against none", "at least 7.4", f"{found['without'] / static:.1f}",
             found["without"] / static >= 7.4),
            ("static cache against the library", "", f"{found['library'] / static:.2f}", None),
            ("laid out, against none", "at least 7.4", f"{found['without'] / best:.1f}",
             found["without"] / best >= 7.4),
            ("laid out, against the library", "at least 1.0", f"{found['library'] / best:.2f}",
             found["library"] / best >= 1.0),
        ],
    )  # fmt: skip


def bench_tokenizers() -> None:
    found = measure("tokenizers")
    report(
        f"Byte-level BPE: {found['characters']:,} characters of {found['name']}, {found['merges']:,} merges",
        [
            ("merges and ids of the library", "the same", "the same" if found["same"] else "OTHERS", found["same"]),
            ("training", "at most 30 s", f"{found['training']:.2f} s", found["training"] <= 30),
            ("training, tokenizers library", "", f"{found['library_training']:.2f} s", None),
            ("encoding", "at most 5 s", f"{found['encoding']:.2f} s", found["encoding"] <= 5),
            ("encoding, tokenizers library", "", f"{found['library_encoding']:.2f} s", None),
        ],
    )


def quality(found: dict[str, Any], above: float, greedy: float | None, sampled: float) -> list[Line]:
    """The lines that both models have; the targets are shares."""
    loss, floor = found["loss"], found["floor"]
    excess = loss / floor - 1
    return [
        ("parameters", "at most 1,000,000", f"{found['parameters']:,}", found["parameters"] <= 1_000_000),
        (f"loss on {found['stories']:,} validation stories", "", f"{loss:.4f} nats per token", None),
        ("the floor on the same", "", f"{floor:.4f}", None),
        ("unigram baseline on the same", "", f"{found['unigram']:.4f}", None),
        ("above the floor", f"at most {above:.0%}", f"{excess:.2%}", excess <= above),
        valid("greedy texts that are stories", found["greedy"], greedy),
        valid("samples that are (temperature 1)", found["sampled"], sampled),
    ]


def valid(name: str, counts: list[int], target: float | None) -> Line:
    """How many of the texts are stories of the world: `counts` are those that are, and all."""
    share = counts[0] / counts[1]
    low, high = wilson(*counts)
    measured = f"{share:.1%} of {counts[1]:,} (95%: {low:.1%} to {high:.1%})"
    if target is None:
        return name, "", measured, None
    return name, f"at least {target:.0%}", measured, share >= target


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The interval that holds the true share in 95% of cases (Wilson 1927)."""
    share, spread = successes / trials, z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return centre - half, centre + half


def measure(what: str) -> dict[str, Any]:
    """What `measure.py` finds in a process of its own, in the environment of a learner."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_TESTS}
    if threads := os.environ.get("BENCH_THREADS"):
        environment["LLMCOURSE_THREADS"] = threads
    command = [sys.executable, str(MEASURE), what]
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(finished.stdout.splitlines()[-1])


def report(title: str, lines: list[Line]) -> None:
    print(f"\n\n{title}")
    for name, target, measured, met in lines:
        verdict = {True: "met", False: "MISSED", None: ""}[met]
        print(f"  {name:<38} {target:<18} {measured:<42} {verdict}".rstrip())
