"""Exercise: one answer from many windows."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.inference.answers import Candidate, WindowScores, merge_windows


def spans_and_doubt(trial):
    result = trial.result
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[0], tuple | list):
        return "Return two things: a list of candidates, the best first, and the doubt, a number."
    if not all(isinstance(candidate, tuple) and len(candidate) == 4 for candidate in result[0]):
        return "The first thing that you return is a list of candidates, as the windows hold them."
    return None


def best_first(trial):
    scores = [candidate[3] for candidate in trial.result[0]]
    if scores != sorted(scores, reverse=True):
        return f"Your candidates are not in order {trial.case}: the best comes first."
    return None


def merged(nowhere=min, once=True, keep=max, sign=1):
    """`merge_windows` with another choice somewhere: to write a mistake in a line."""

    def mistake(found, n_best):
        everything = [candidate for window in found for candidate in window.candidates]
        if once:
            places: dict = {}
            for candidate in everything:
                places.setdefault((candidate.start, candidate.end), []).append(candidate)
            everything = [keep(same, key=lambda candidate: candidate.score) for same in places.values()]
        everything.sort(key=lambda candidate: -candidate.score)
        doubt = sign * (nowhere([window.nowhere for window in found]) - everything[0].score)
        return everything[:n_best], doubt

    return mistake


def best_window(found, n_best):
    """The candidates of the window with the best one alone."""
    best = max(found, key=lambda window: window.candidates[0].score)
    return list(best.candidates[:n_best]), best.nowhere - best.candidates[0].score


def first_of_all(candidates, key):
    return candidates[0]


def candidate(start, score):
    return Candidate(start, start + 3, f"words at {start}", score)


def three(draw):
    return [
        WindowScores([candidate(10, 4.0), candidate(40, 1.0), candidate(20, 0.5)], 2.0),
        WindowScores([candidate(40, 6.0), candidate(70, 5.0), candidate(10, 3.0)], -1.0),
        WindowScores([candidate(70, 2.0), candidate(90, 1.5)], 5.0),
    ], 4


MERGE = Exercise(
    key="merge_windows",
    title="One answer from many windows",
    task="Write `merge_windows(found, n_best)`. Each window has `candidates` (with `start`, `end`, `text` and "
    "`score`) and "
    "a score `nowhere`. Return the `n_best` best candidates of all windows, the best first, where a span (`start`, "
    "`end`) "
    "that several windows have counts once, with its best score; and the doubt: the smallest `nowhere` minus the "
    "score of "
    "the best candidate.",
    difficulty=3,
    minutes=20,
    answer=merge_windows,
    cases={
        "for one window": lambda draw: ([WindowScores([candidate(3, 2.0), candidate(9, 1.0)], 0.5)], 5),
        "where the best window is sure": lambda draw: (
            [WindowScores([candidate(3, 1.0)], 4.0), WindowScores([candidate(50, 3.0)], -2.0)],
            5,
        ),
        "where another window is surer": lambda draw: (
            [WindowScores([candidate(3, 5.0)], 4.0), WindowScores([candidate(50, 3.0)], 1.0)],
            5,
        ),
        "where two windows see one span": lambda draw: (
            [
                WindowScores([candidate(30, 2.0), candidate(3, 1.0)], 0.0),
                WindowScores([candidate(30, 7.0), candidate(60, 1.5)], 1.0),
            ],
            3,
        ),
        "for three windows": three,
    },
    tests=[spans_and_doubt, best_first],
    known_mistakes={
        "most doubtful window": (
            merged(nowhere=max),
            "You take the largest `nowhere`. Every window without the answer rightly says that it is not there; the "
            "text "
            "has none only if *all* say so, and the least sure of them decides.",
        ),
        "mean doubt": (
            merged(nowhere=lambda values: sum(values) / len(values)),
            "You take the mean of `nowhere`. Then the more windows a text has, the less the one counts that has found "
            "something.",
        ),
        "twice": (
            merged(once=False),
            "A span that two windows have seen stands twice in your list, and takes the place of another.",
        ),
        "first seen": (
            merged(keep=first_of_all),
            "Of a span that several windows have seen you keep the first score. The window that sees more around it "
            "may "
            "be surer: keep the best.",
        ),
        "best window": (
            best_window,
            "You look into one window alone. The second-best answer of the text may be the best of another window.",
        ),
        "sign": (
            merged(sign=-1),
            'Your doubt has the wrong sign: it grows with the score of "not here" and falls with that of the best '
            "span.",
        ),
    },
    hints=[
        "First put the candidates of all windows into one dictionary with `(start, end)` as its key.",
        "When a key is there already, keep the candidate with the higher score.",
        "`sorted(best.values(), key=lambda candidate: -candidate.score)` puts the best first; cut after `n_best`.",
        "`min(window.nowhere for window in found) - candidates[0].score` is the doubt.",
    ],
)
