"""Bytes that one can see: a printable character for each of the 256 values of a byte.

UTF-8 writes every text as bytes, so 256 tokens are enough for any language. But a vocabulary is stored as text, and
some bytes, such as a space or a line break, would be hard to see there, and others are no character at all. GPT-2 gave
each byte a character: a printable one stands for itself, and each of the others takes the next character from
number 256 on. So a space (byte 32) becomes `Ġ`, and `é`, whose two bytes are 195 and 169, becomes `Ã©`.

Paper: Radford et al. (2019), Language Models are Unsupervised Multitask Learners, section 2.2.
"""

PRINTABLE = (*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1))


def byte_characters() -> list[str]:
    """The character of each byte: a list of 256, of which no two are alike."""
    characters, taken = [], 0
    for byte in range(256):
        if byte in PRINTABLE:
            characters.append(chr(byte))
        else:
            characters.append(chr(256 + taken))
            taken += 1
    return characters


CHARACTER_OF = byte_characters()
BYTE_OF = {character: byte for byte, character in enumerate(CHARACTER_OF)}

#: The characters in the order of their code points: the order of the first 256 tokens of a vocabulary.
ALPHABET = tuple(sorted(CHARACTER_OF))

_TO_CHARACTERS = dict(enumerate(CHARACTER_OF))  # for str.translate, after Latin-1 has made each byte a character


def to_characters(text: str) -> str:
    """The bytes of a text in UTF-8, each as its character: `to_characters(" é")` is `"ĠÃ©"`."""
    return text.encode("utf-8").decode("latin-1").translate(_TO_CHARACTERS)


def to_bytes(characters: str) -> bytes:
    """The bytes that these characters stand for. A token with other characters in it stands for its own UTF-8."""
    try:
        return bytes([BYTE_OF[character] for character in characters])
    except KeyError:
        return characters.encode("utf-8")
