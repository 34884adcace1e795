from types import SimpleNamespace

import torch

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.model import GPT, ModelConfig
from llmcourse.viz.attention import head_view, heatmap, model_view, neuron_view
from llmcourse.viz.explorer import AttentionExplorer, NextWordView
from llmcourse.viz.plots import bars
from llmcourse.viz.samples import LiveSamples
from llmcourse.viz.style import show
from llmcourse.viz.training import LivePlot
from llmcourse.viz.weights import read_attention, true_links

world = World()
tokenizer = WordTokenizer.for_world(world)
model = GPT(ModelConfig(vocab_size=tokenizer.vocab_size, context=128, d_model=32, n_layers=2, n_heads=2))
generator = torch.Generator().manual_seed(0)
for name, parameter in model.initialize(seed=0).named_parameters():
    if name.endswith(("w_q.weight", "w_k.weight")):
        parameter.data.normal_(std=0.35, generator=generator)
text = world.story(1).text[:96]
links = true_links(world, text)
# %%
head_view(model, tokenizer, text, links=links)
# %%
model_view(model, tokenizer, text, links=links)
# %%
neuron_view(model, tokenizer, text, links=links)
# %%
attention = read_attention(model, tokenizer, text)
heatmap(attention.head(0, 1), attention.tokens, title="Head 0.1", links=attention.shifted(links))
# %%
AttentionExplorer(model, tokenizer, text, world)
# %%
NextWordView(model, tokenizer, world, "Nora was a")
# %%
show(bars({"Mia": 0.7, "Tom": 0.3}, title="Mia it is"), alt="Two bars: Mia is more than twice as likely as Tom.")
# %%
plot = LivePlot(floor=0.2, every=1)
samples = LiveSamples(model, tokenizer, "Nora was a", world=world, max_new_tokens=5)
for callback in (plot, samples):
    callback.on_start(SimpleNamespace(step=0, history=None))
for step in (1, 2, 3, 4):
    plot.on_step(step, 5 / step)
    if step % 2 == 0:
        for callback in (plot, samples):
            callback.on_eval(step, 5 / step)
plot.on_end()
