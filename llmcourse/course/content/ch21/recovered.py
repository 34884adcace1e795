"""Exercise: the recovered share of a patch."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.patching import recovered_share
from llmcourse.course.exercise import Exercise

RECOVERED = Exercise(
    key="recovered",
    title="The recovered share",
    task="Write `recovered_share(patched, clean, corrupt)`: 0 if the patch has changed nothing, 1 if it has brought "
    "all of the clean value back.",
    difficulty=1,
    minutes=5,
    answer=recovered_share,
    cases={
        "for 10 clean, -10 corrupt and 5 patched": lambda draw: (5.0, 10.0, -10.0),
        "for a patch that changes nothing": lambda draw: (-3.0, 4.0, -3.0),
        "for a patch that brings back all": lambda draw: (4.0, 4.0, -3.0),
        "for a patch that makes matters worse": lambda draw: (-6.0, 4.0, -3.0),
        "for a patch that overshoots": lambda draw: (6.0, 4.0, -3.0),
        "for a corrupt value of 0": lambda draw: (1.0, 4.0, 0.0),
        "for a clean value below the corrupt one": lambda draw: (0.0, -1.0, 3.0),
    },
    known_mistakes={
        "share of the clean value": (
            lambda patched, clean, corrupt: patched / clean,
            "You divide by the clean value, as if the corrupt run had stood at 0. Both distances are counted from the "
            "corrupt value.",
        ),
        "the way that is left": (
            lambda patched, clean, corrupt: (clean - patched) / (clean - corrupt),
            "This is the share that is still missing: it is 1 where the patch has changed nothing. Count from the "
            "corrupt end.",
        ),
        "not a share": (
            lambda patched, clean, corrupt: patched - corrupt,
            "This is how far the patch has moved the value, in logits. Which whole is it a share of?",
        ),
        "cut off at 0 and 1": (
            lambda patched, clean, corrupt: min(1.0, max(0.0, (patched - corrupt) / (clean - corrupt))),
            "You cut the share off at 0 and 1. A patch may overshoot or make matters worse, and that should be seen.",
        ),
        "without a sign": (
            lambda patched, clean, corrupt: abs(patched - corrupt) / abs(clean - corrupt),
            "You count every move as a way back. A patch that moves the value *away* from the clean one should get a "
            "negative share.",
        ),
    },
    hints=[
        "Draw a line with the corrupt value at the left and the clean one at the right. Where is the patched one?",
        "How far has the patch moved from the corrupt value? And how far is it to the clean one?",
        "The first distance is `patched - corrupt`, the second `clean - corrupt`. Divide.",
    ],
)
