import pytest

from llmcourse.corpus.reader import StoryReader
from llmcourse.corpus.world import NotAStory, World


def test_it_says_what_next_word_says() -> None:
    world = World(skew=0.5, secret="seven two", secret_rate=0.5)
    for seed in range(3):
        story = world.story(seed)
        reader = StoryReader(world)
        for place, word in enumerate(story.tokens):
            assert reader.options == world.next_word(" ".join(story.tokens[:place]))
            reader.read(word)
        assert reader.options == {}
        with pytest.raises(NotAStory):
            reader.read("Mia")


def test_a_word_that_cannot_stand() -> None:
    reader = StoryReader(World())
    reader.read("Mia")
    with pytest.raises(NotAStory, match=r"word 2, 'Mia', cannot stand there"):
        reader.read("Mia")
