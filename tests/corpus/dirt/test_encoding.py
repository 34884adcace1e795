"""Typography and wrong decodings are what ftfy and NFKC are made for: they can be undone, in this order."""

from random import Random

import ftfy
import pytest

from llmcourse.corpus.cleaning.characters import clean_characters
from llmcourse.corpus.dirt.encoding import as_latin1, as_mac, as_windows, garble, typeset

STORY = "Finn the pilot saw a fish fly over the flowers of the castle and was cheerful for the rest of the afternoon."


@pytest.mark.parametrize("table", [as_latin1, as_windows, as_mac], ids=["latin-1", "windows", "mac"])
def test_each_table_damages_what_is_not_ascii_and_ftfy_undoes_it(table):
    assert table(b"plain text") == "plain text"
    damaged = table("Tom’s café ﬁsh".encode())
    assert damaged != "Tom’s café ﬁsh"
    assert ftfy.fix_encoding(damaged) == "Tom’s café ﬁsh"


def test_every_byte_has_a_character():
    assert len(as_windows(bytes(range(256)))) == 256


@pytest.mark.parametrize("seed", range(40))
def test_typeset_and_garbled_text_comes_back(seed):
    rng = Random(seed)
    fancy = typeset(STORY, rng)
    assert not fancy.isascii()
    assert clean_characters(fancy) == STORY
    assert clean_characters(garble(fancy, rng)) == STORY
