"""Path patching: what does one head tell another, and nobody else?

Patching a head's output changes it for everyone who reads the stream behind it. To follow a single path, from a sender
to a receiver, everything else is held still:

1. the sender's clean output is put into the corrupt run, in which all other heads are frozen at their corrupt outputs;
2. what now arrives at the receiver, at its queries, keys or values, is taken down;
3. this alone is put into a new corrupt run, in which nothing else is changed and nothing is frozen.

What comes back has gone along that path: through the stream and, unless they are frozen too, through the feed-forward
layers on the way, but through no third head.

Wang et al. (2022), Interpretability in the Wild: a Circuit for Indirect Object Identification in GPT-2 Small;
Goldowsky-Dill et al. (2023), Localizing Model Behavior with Path Patching.
"""

from collections.abc import Sequence

import torch

from llmcourse.analysis.ablation import Head
from llmcourse.analysis.minimal_pairs import logit_differences
from llmcourse.analysis.patching import Patcher, put_in, recovered_share
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import record
from llmcourse.model.recording import Edit, find


@torch.no_grad()
def path_patch(
    patcher: Patcher,
    sender: Head | str,
    receivers: Sequence[Head],
    reads: str = "q",
    place: str | None = None,
    freeze: Sequence[str] = (),
) -> float:
    """The share that comes back when the receivers, and only they, hear the clean sender.

    `sender`: a (layer, head), or the name of a value such as "blocks.1.feedforward.output".
    `receivers`: heads of one later layer.
    `reads`: what of theirs hears it: "q", "k" or "v", or several of them, such as "kv"; "logits" for the direct path to
        the end of the model, which needs no receivers.
    `place`: where the sender speaks, one of the pairs' places; everywhere without it.
    `freeze`: names of further values held at their corrupt state, such as "blocks.*.feedforward.output".
    """
    if reads != "logits" and (not reads or not set(reads) <= set("qkv")):
        raise CourseError(f"reads is made of the letters q, k and v, or is 'logits', not {reads!r}")
    layers = {layer for layer, _ in receivers}
    if (reads == "logits") == bool(receivers) or len(layers) > 1:
        raise CourseError("give receivers of one layer, or reads='logits' and none")
    model, pairs = patcher.model, patcher.pairs
    name, chosen = (sender, None) if isinstance(sender, str) else (f"blocks.{sender[0]}.attention.z", [sender[1]])
    at = None if place is None else pairs.places[place]

    held = [f"blocks.{n}.attention.z" for n in range(model.config.n_layers)]
    held += [value for pattern in freeze for value in find(model, pattern)]
    edits: dict[str, Edit] = {value: put_in(patcher.corrupt[value]) for value in held}
    speak = put_in(patcher.clean[name], at, chosen)
    edits[name] = lambda value: speak(patcher.corrupt[name])
    into = ["logits"] if reads == "logits" else [f"blocks.{min(layers)}.attention.{letter}" for letter in set(reads)]
    with evaluating(model), record(model, *into, edit=edits) as heard:
        logits = model(pairs.corrupt)
    if reads == "logits":
        difference = logit_differences(logits, pairs).mean().item()
        return recovered_share(difference, patcher.clean_difference, patcher.corrupt_difference)
    heads = [head for _, head in receivers]
    return patcher({name: put_in(heard[name], None, heads) for name in into})
