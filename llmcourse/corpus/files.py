"""Where the course's own data lies: the story world's splits and the shipped checkpoint."""

import os
from pathlib import Path

import llmcourse
from llmcourse.errors import CourseError


def data_folder() -> Path:
    """The folder with `world/`, `checkpoints/` and the data card.

    In this order: the folder that `LLMCOURSE_DATA` names, the copy inside an installed package, the `data` folder of
    a source checkout. Raises CourseError when there is none.
    """
    package = Path(llmcourse.__file__).resolve().parent
    chosen = os.environ.get("LLMCOURSE_DATA")
    if chosen:
        folder = Path(chosen).expanduser()
        if not folder.is_dir():
            raise CourseError(f"LLMCOURSE_DATA names {chosen}, which is not a folder: correct it, or unset it")
        return folder
    for folder in (package / "_data", package.parent / "data"):
        if folder.is_dir():
            return folder
    raise CourseError("the course's data folder is missing: install llmcourse again, or let LLMCOURSE_DATA name it")
