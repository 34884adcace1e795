"""An open task: a family that the course does not know."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.hub_samples import stranger
from llmcourse.course.open_task import open_task
from llmcourse.model import GPT


def reads_its_words(trial):
    config = trial.result.config
    if config.vocab_size != 53:
        return f"It knows {config.vocab_size} tokens, and the stranger 53: read its config.json."
    return None


def computes_the_same(trial):
    ids = torch.randint(0, 53, (2, 20), generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        difference = (trial.result.eval()(ids) - stranger()(ids).logits).abs().max().item()
    if not difference < 1e-5:
        return (
            f"Its logits differ from the stranger's by as much as {difference:.1e}; the goal is below 1e-5. Compare "
            "hidden states layer by layer: where do they begin to differ?"
        )
    return None


STRANGER = open_task(
    key="stranger",
    title="A stranger",
    task="Load the Qwen2 of the folder `stranger` into a `GPT` of the course, such that its logits are those of the "
    "library to 1e-5; then check the model itself.",
    minutes=30,
    kind=GPT,
    judged="on other tokens",
    tests=[reads_its_words, computes_the_same],
    hints=[
        "Try it first: what does `model_from_folder` say? Then read the names in the folder's file, `Weights(folder)`, "
        "and compare them with a Llama's.",
        "It is a Llama but for one thing: q, k and v have biases, and o has none. Our attention has biases in all four "
        "or in none, `attention_bias`.",
        "A bias of 0 changes nothing. So write another folder: the same tensors and a zero `o_proj.bias` for each "
        'layer, and a config with `model_type="llama"`, `attention_bias=True` and the architecture of a Llama.',
    ],
    solution_code="""
import json
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from llmcourse.analysis.hub_samples import stranger, write_theirs
from llmcourse.model.hub import model_from_folder

strange = write_theirs(Path(tempfile.mkdtemp()), stranger())
tensors = load_file(strange / "model.safetensors")
for name in [name for name in tensors if name.endswith("o_proj.weight")]:
    tensors[name.replace("weight", "bias")] = torch.zeros(len(tensors[name]))
settings = json.loads((strange / "config.json").read_text(encoding="utf-8"))
settings |= {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "attention_bias": True}
as_llama = Path(tempfile.mkdtemp())
save_file(tensors, as_llama / "model.safetensors")
(as_llama / "config.json").write_text(json.dumps(settings), encoding="utf-8")
met = model_from_folder(as_llama)
""",
)
