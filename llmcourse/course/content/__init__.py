"""The exercises and the quiz of each notebook.

The folder `ch04` holds those of notebook 04: one file for each exercise, one for the quiz, and an `__init__.py` that
lists them as `EXERCISES` and `QUIZ`.
"""
