"""Exercises and their checks, quizzes, and the building and running of notebooks.

What a notebook needs is one line: `from llmcourse.course import begin, exercises, quiz`.
"""

from llmcourse.course.begin import begin
from llmcourse.course.exercises import exercises
from llmcourse.course.progress import progress
from llmcourse.course.quizzes import quiz

__all__ = ["begin", "exercises", "progress", "quiz"]
