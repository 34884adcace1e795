"""Reading a story word by word, with all that could come next: the world's oracle for one who writes as it asks."""

from llmcourse.corpus import plots
from llmcourse.corpus.telling import Telling
from llmcourse.corpus.world import NotAStory, World


class StoryReader:
    """Takes the words of a story one by one. `World.next_word` says the same and begins anew each time.

    options: the exact distribution of the next word; empty when the story is at its end.
    """

    def __init__(self, world: World):
        self._program = plots.story(Telling(skew=world.skew), world.secret, world.secret_rate)
        self.options: dict[str, float] = next(self._program)
        self.position = 0

    def read(self, word: str) -> None:
        """Go on by one word. Raises NotAStory where it cannot stand."""
        if word not in self.options:
            raise NotAStory(self.position, word, sorted(self.options, key=lambda w: -self.options[w]))
        self.position += 1
        try:
            self.options = self._program.send(word)
        except StopIteration:
            self.options = {}
