"""Many texts at once get what each of them gets alone, in their order."""

import torch

from llmcourse.inference.classify import class_probabilities
from llmcourse.model import BERT, GPT, ModelConfig, SequenceClassifier


def test_company_and_order_do_not_matter() -> None:
    rows = [[1, 5, 6, 7, 8, 9], [1, 4], [1, 9, 3, 4], [1, 4]]
    for family in (BERT, GPT):
        model = SequenceClassifier(family(ModelConfig(vocab_size=10, context=8, d_model=16, n_layers=2, n_heads=4)), 3)
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.3)
        model.train()
        together = class_probabilities(model, rows, batch_size=3)
        alone = torch.cat([class_probabilities(model, [row]) for row in rows])
        assert torch.allclose(together, alone, atol=1e-5) and torch.equal(together[1], together[3])
        assert torch.allclose(together.sum(-1), torch.ones(4))
        assert model.training  # as it was
        assert class_probabilities(model, []).shape == (0, 3)
