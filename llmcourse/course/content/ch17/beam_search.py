"""Exercise: beam search."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.beam import Found, beam_search, expand_beams


class Table:
    """A model for an exercise: what comes next depends on the last token, and a little on how many there are."""

    def __init__(self, rows, drift=0.0):
        self.rows, self.drift = rows, drift

    def __call__(self, ids):
        logits = self.rows[ids[:, -1]].clone()
        logits[:, 0] += self.drift * ids.shape[1]  # token 0 ends a text
        return logits


#: From <bos> (1) to a (2) or b (3). a is likelier, but after it nothing is; after b an end is nearly certain.
FORK = [[1.0, 0, 0, 0], [0, 0, 0.6, 0.4], [0.3, 0, 0.35, 0.35], [0.9, 0, 0.05, 0.05]]


def use(answer, *inputs):
    """Ids and scores, as plain lists: whatever kind of pair or triple the answer returns."""
    found = answer(*inputs)
    if found is None or found is ...:
        return found
    return [(list(map(int, one[0])), float(one[-1])) for one in found]


def search_with(width=None, first_wins=False, count_prompt=False, no_penalty=False, forget=False):
    """Beam search with one thing changed."""

    def answer(next_logits, prompt, beams_wide, most, stop_id, length_penalty):
        wide = width or beams_wide
        beams, scores, finished = torch.tensor([prompt]), torch.zeros(1), []
        for length in range(1, most + 1):
            log_probs = next_logits(beams).log_softmax(-1)
            totals, parents, tokens = expand_beams(scores, log_probs, 2 * wide)
            longer = torch.cat([beams[parents], tokens[:, None]], 1)
            ended = (tokens == stop_id) | (length == most)
            for place in (ended & (totals > -torch.inf))[:wide].nonzero().flatten().tolist():
                size = length + len(prompt) * count_prompt
                score = totals[place].item() / (1 if no_penalty else size**length_penalty)
                if not forget or length == most:
                    finished.append(Found(longer[place].tolist(), totals[place].item(), score))
            finished = sorted(finished, key=lambda found: -found.score)[:wide]
            going = (~ended & (totals > -torch.inf)).nonzero().flatten()[:wide]
            if len(going) == 0 or (first_wins and finished):
                break
            beams, scores = longer[going], totals[going]
        return finished

    return answer


BEAM_SEARCH = Exercise(
    key="beam_search",
    title="Beam search",
    task="Write `beam_search(next_logits, prompt, width, max_new_tokens, stop_id, length_penalty)`: the best texts "
    "that the search finds, as `Found(ids, log_prob, score)`, at most `width` of them, best first.",
    difficulty=3,
    minutes=25,
    answer=beam_search,
    use=use,
    tolerance=1e-4,
    cases={
        "for a fork where the second way is better": lambda draw: (Table(torch.tensor(FORK).log()), [1], 2, 4, 0, 0.0),
        "for the same with a length penalty": lambda draw: (Table(torch.tensor(FORK).log()), [1], 2, 4, 0, 1.0),
        "for a random model, width 1": lambda draw: (Table(draw(6, 6)), [1], 1, 5, 0, 1.0),
        "for a random model, width 3": lambda draw: (Table(2 * draw(6, 6), 0.3), [2, 1], 3, 7, 0, 1.0),
        "for width 4, length penalty 2": lambda draw: (Table(2 * draw(6, 6), 0.5), [1, 4, 2], 4, 8, 0, 2.0),
    },
    known_mistakes={
        "greedy": (
            search_with(width=1),
            "You keep a single beginning, whatever the width. In the fork the likelier first token leads to the less "
            "likely text.",
        ),
        "the first to finish wins": (
            search_with(first_wins=True),
            "You stop as soon as one text is finished. A longer one may still overtake it.",
        ),
        "no length penalty": (
            search_with(no_penalty=True),
            "You rank finished texts by their sum of ln p, whatever `length_penalty` says: divide it by the length to "
            "that power.",
        ),
        "the prompt counted": (
            search_with(count_prompt=True),
            "The length is that of what was *added*, its stop token included. You count the prompt as well.",
        ),
        "finished ones dropped": (
            search_with(forget=True),
            "Texts that end before `max_new_tokens` are missing among yours: put them aside when they take the stop "
            "token.",
        ),
    },
    hints=[
        "Keep three things from step to step: the beams (ids), their scores (sums of ln p), and a list of what is "
        "finished. Begin with one beam, the prompt, and score 0.",
        "A step: `next_logits(beams).log_softmax(-1)`, then `expand_beams(scores, log_probs, 2 * width)`. Why twice? "
        "Each beam has one way to stop; so `width` ways to go on are left in any case.",
        "Those of the best `width` that took the `stop_id`, or reached `max_new_tokens`, are finished: their score is "
        "the sum divided by `length ** length_penalty`. The best `width` that did not stop are the new beams.",
        "It is right, if slow, to go on until `max_new_tokens`. In the end sort the finished ones by score and return "
        "`width` of them.",
    ],
)
