"""Questions to a distribution over next words, as `world.next_word` and `next_token_probabilities` give it."""

from collections.abc import Mapping

from llmcourse.errors import CourseError


def most_likely_word(distribution: Mapping[str, float]) -> str:
    """The word with the highest probability; of several, the one that comes first.

    Raises CourseError when there are no words.
    """
    if not distribution:
        raise CourseError("there is no most likely word among none: the distribution is empty")
    return max(distribution, key=lambda word: distribution[word])
