"""Four models that made history, as settings of the same three classes.

    BERT(BERT_BASE)      sum(predict_by_part(BERT_BASE, "bert").values())

Their sizes, counted from these settings, are those of the published weights.
"""

from llmcourse.model.config import ModelConfig

#: Radford et al. (2019), Language Models are Unsupervised Multitask Learners. A `GPT`.
GPT2_SMALL = ModelConfig(
    vocab_size=50_257,
    context=1024,
    d_model=768,
    n_layers=12,
    n_heads=12,
    positions="learned",
    norm="layernorm",
    activation="gelu_tanh",
    bias=True,
    tie_embeddings=True,
)

#: Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers. The uncased base model, a `BERT`.
BERT_BASE = ModelConfig(
    vocab_size=30_522,
    context=512,
    d_model=768,
    n_layers=12,
    n_heads=12,
    positions="learned",
    norm="layernorm",
    norm_position="post",
    norm_eps=1e-12,
    bias=True,
    tie_embeddings=True,
    n_segments=2,
    embedding_norm=True,
)

#: Vaswani et al. (2017), Attention Is All You Need: the base model for English and German. An `EncoderDecoder` with one
#: table of words for the source, the target and the output (section 3.4), of about 37,000 tokens (section 5.1).
TRANSFORMER_BASE = ModelConfig(
    vocab_size=37_000,
    context=512,
    d_model=512,
    n_layers=6,
    n_heads=8,
    positions="sinusoidal",
    norm="layernorm",
    norm_position="post",
    activation="relu",
    bias=True,
    tie_embeddings=True,
)

#: Raffel et al. (2020), Exploring the Limits of Transfer Learning: T5 small, an `EncoderDecoder`. It has no longest
#: text; 512 tokens is what it was trained with.
T5_SMALL = ModelConfig(
    vocab_size=32_128,
    context=512,
    d_model=512,
    n_layers=6,
    n_heads=8,
    positions="relative",
    norm="rmsnorm",
    activation="relu",
    tie_embeddings=True,
    scale_scores=False,
    scale_logits=True,
)
