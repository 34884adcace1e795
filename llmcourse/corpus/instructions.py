"""Instructions with exact judges: four things to ask of a storyteller, and the truth about every reply.

    <answer>    a story and its question        the one right answer
    <count>     a tale                          how many sentences it has
    <continue>  the beginning of a tale         any rest that makes it a tale of the world
    <happier>   a tale that ends badly          any other end for it, from some sentence on, that ends well

The first two have one right reply, the last two have thousands. Because the world can read, each of them is recognized.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from llmcourse.corpus.lexicon import NUMBERS
from llmcourse.corpus.tales import happier_end, length, read_tale, sentences, tale_or_none
from llmcourse.corpus.world import NotAStory, Story, World
from llmcourse.errors import CourseError

TASKS = ("answer", "count", "continue", "happier")
#: Text and reply together have to fit into a context of 128, with the marks of the chat template.
MOST_WORDS = 122
OPENING = 2  # sentences that stay: who it is about, and where it takes them


@dataclass(frozen=True)
class Instruction:
    """What is asked for, the text it is asked about, and one right reply."""

    task: str
    text: str
    reply: str


@dataclass(frozen=True)
class Verdict:
    """Whether a reply is right, and if not, why not."""

    right: bool
    why_not: str = ""

    def __bool__(self) -> bool:
        return self.right


def instructions(
    n: int, seed: int = 0, tasks: Sequence[str] = TASKS, world: World | None = None, avoid: Sequence[str] = ()
) -> list[Instruction]:
    """n instructions about stories never told before, the tasks in turn. The same seed gives the same ones.

    Raises CourseError for a task that is not one of `TASKS`.
    """
    for task in tasks:
        if task not in TASKS:
            raise CourseError(f"there is no task {task!r}: choose of {', '.join(TASKS)}")
    if not tasks:
        raise CourseError(f"name at least one task of {', '.join(TASKS)}")
    world, rng = world or World(), random.Random(f"instructions {seed}")
    found: list[Instruction] = []
    while len(found) < n:
        made = instruction(tasks[len(found) % len(tasks)], world.story(rng), rng, world)
        if made is not None and length([made.text, made.reply]) <= MOST_WORDS:
            found.append(made)
    return found


def instruction(task: str, story: Story, rng: random.Random, world: World | None = None) -> Instruction | None:
    """The task, asked about this story; None where it makes no sense there."""
    told = sentences(story.body)
    if task == "answer":
        asked = f"{story.body} {story.question}"
        return Instruction(task, asked, story.text[len(asked) + 1 :])
    if task == "count":
        return Instruction(task, story.body, counted(len(told)))
    if task == "continue":
        kept = rng.randint(2, 3)
        return Instruction(task, " ".join(told[:kept]), " ".join(told[kept:]))
    end = None if story.sentiment == "positive" else happier_end(story.body, rng, world)
    return None if end is None else Instruction(task, story.body, end)


def counted(number: int) -> str:
    """A number as a reply: "Seven." """
    return f"{NUMBERS[number].capitalize()}."


def judge(asked: Instruction, reply: str, world: World | None = None) -> Verdict:
    """Whether the reply does what was asked for. Exact: every right reply is recognized, and nothing else."""
    if asked.task in ("answer", "count"):
        right = reply == asked.reply
        return Verdict(right, "" if right else f"the reply is {reply!r}, and right is {asked.reply!r}")
    if asked.task == "continue":
        try:
            read_tale(f"{asked.text} {reply}", world)
        except NotAStory as reason:
            return Verdict(False, str(reason))
        return Verdict(True)
    told = sentences(asked.text)
    ends = [tale_or_none(" ".join([*told[:kept], reply]), world) for kept in range(OPENING, len(told))]
    if any(tale and tale.ends_well for tale in ends):
        return Verdict(True)
    return Verdict(False, "with this end the tale is as sad" if any(ends) else "this is no end of that tale")
