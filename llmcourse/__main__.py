"""`python -m llmcourse …` is the same as `llmcourse …`."""

from llmcourse.cli import main

if __name__ == "__main__":
    main()
