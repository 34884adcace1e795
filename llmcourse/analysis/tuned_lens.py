"""The tuned lens: a translator for each layer, before the unembedding reads it.

The logit lens takes for granted that an early layer speaks the language of the last one. Here each layer gets an
affine map, trained so that what is read through it comes as near as it can to what the model says in the end.

Belrose et al. (2023), Eliciting Latent Predictions from Transformers with the Tuned Lens.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.analysis.logit_lens import read, stream
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT


class TunedLens(nn.Module):
    """One affine map for the embeddings and one for each block but the last; each begins as the identity, so that an
    untrained tuned lens is the logit lens."""

    def __init__(self, model: GPT):
        super().__init__()
        self.d_model = model.config.d_model
        maps = [nn.Linear(self.d_model, self.d_model) for _ in range(model.config.n_layers)]
        for linear in maps:
            nn.init.eye_(linear.weight)
            nn.init.zeros_(linear.bias)
        self.maps = nn.ModuleList(maps)

    def forward(
        self, model: GPT, states: Float[Tensor, "layer batch position d_model"]
    ) -> Float[Tensor, "layer batch position vocab"]:
        """The logits read at each layer; the last layer is read as the model reads it."""
        if len(states) != len(self.maps) + 1 or states.shape[-1] != self.d_model:
            expected = f"{len(self.maps) + 1} layers of vectors {self.d_model} wide"
            raise CourseError(f"this lens reads {expected}, not a tensor of shape {tuple(states.shape)}")
        translated = [linear(state) for linear, state in zip(self.maps, states, strict=False)]
        return torch.stack([read(model, state) for state in [*translated, states[-1]]])


def divergence(
    logits: Float[Tensor, "layer batch position vocab"], lengths: Int[Tensor, " batch"]
) -> Float[Tensor, " layer"]:
    """KL(model ‖ lens) of each layer in nats per token: what is lost by stopping there. `lengths`: how many tokens of
    each row are text and not padding."""
    final = logits[-1].log_softmax(dim=-1)  # batch position vocab
    kl = (final.exp() * (final - logits.log_softmax(dim=-1))).sum(dim=-1)  # layer batch position
    real = torch.arange(logits.shape[2], device=logits.device) < lengths[:, None]
    return kl[:, real].mean(dim=-1)


def train_tuned_lens(
    model: GPT,
    ids: Int[Tensor, "batch position"],
    lengths: Int[Tensor, " batch"],
    steps: int = 150,
    lr: float = 3e-3,
    seed: int = 0,
) -> TunedLens:
    """A lens trained on these texts; the model itself is not changed. Each step takes 16 of the texts."""
    lens, states = TunedLens(model).to(ids.device), stream(model, ids)
    optimizer = torch.optim.Adam(lens.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=steps)
    generator = torch.Generator().manual_seed(seed)
    with evaluating(model):
        for _ in range(steps):
            rows = torch.randperm(len(ids), generator=generator)[:16]
            loss = divergence(lens(model, states[:, rows]), lengths[rows])[:-1].sum()
            optimizer.zero_grad()
            gradients = torch.autograd.grad(loss, list(lens.parameters()))
            for parameter, gradient in zip(lens.parameters(), gradients, strict=True):
                parameter.grad = gradient
            optimizer.step()
            schedule.step()
    return lens.requires_grad_(False)
