"""The chat template: how a conversation becomes one row of tokens.

    <bos> <user> <answer> Mia lost her ring . Who lost the ring ? <reply> Mia . <eos>

The marks are special tokens, put there by the program. What the user typed is encoded as text, so whoever types
"<reply>" types characters and cannot speak in the model's name.
"""

from llmcourse.corpus.instructions import TASKS, Instruction
from llmcourse.corpus.tokenizers import Tokenizer, WordTokenizer
from llmcourse.corpus.world import World

USER, REPLY = "<user>", "<reply>"
#: Behind all words of the world, so that no id of the pretrained model changes.
CHAT_TOKENS = (USER, REPLY, *(f"<{task}>" for task in TASKS))


def chat_tokenizer(world: World | None = None) -> WordTokenizer:
    """The world's tokenizer with the marks of the template."""
    return WordTokenizer.for_world(world or World(), special=CHAT_TOKENS)


def prompt_ids(tokenizer: Tokenizer, asked: Instruction) -> list[int]:
    """What the model is given: everything up to and including `<reply>`."""
    marks = [tokenizer.bos_id, tokenizer.id_of(USER), tokenizer.id_of(f"<{asked.task}>")]
    return [*marks, *tokenizer.encode(asked.text), tokenizer.id_of(REPLY)]


def chat_ids(tokenizer: Tokenizer, asked: Instruction, reply: str | None = None) -> list[int]:
    """The whole conversation: the prompt, the reply (by default the one of the instruction), and `<eos>`."""
    return prompt_ids(tokenizer, asked) + tokenizer.encode(asked.reply if reply is None else reply, eos=True)
