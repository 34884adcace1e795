"""The one family of errors that the course raises on purpose.

Everything a learner can get wrong (a word that no model knows, a checkpoint that is damaged, a size that does not fit)
raises a subclass of `CourseError`, whose message is one line: what was wrong, and what to do. The command line prints
that line and nothing else; anything that is *not* a `CourseError` is a mistake of ours and keeps its traceback.
"""


class CourseError(ValueError):
    """Something the reader can mend. The message says what was wrong and what to do, in one line."""
