"""Texts to try tokenizers on, and the library to compare them with."""

from hypothesis import strategies as st
from tokenizers import Tokenizer as Library
from tokenizers import decoders, models, pre_tokenizers, trainers

#: Characters that Unicode has assigned: of others, two libraries may be of two editions and two opinions.
any_text = st.text(st.characters(exclude_categories=["Cs", "Cn"]))
#: Texts on which merges happen, and meet.
babble = st.lists(st.text("abc ", max_size=25), min_size=1, max_size=4)


def trained_by_the_library(texts: list[str], vocab_size: int, min_count: int = 2) -> Library:
    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=min_count,
        special_tokens=["<pad>", "<bos>", "<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator(texts, trainer)
    return library
