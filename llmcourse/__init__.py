"""llmcourse: a course in which you build, train and look inside language models.

The folders are the syllabus, and each may use only those before it:

    corpus, model  <  training, inference  <  analysis  <  viz  <  course  <  cli

`import llmcourse` is quick on purpose: PyTorch and matplotlib are imported by the parts that need them.
"""

__version__ = "0.1.0"
