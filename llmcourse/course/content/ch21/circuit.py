"""An open task: a circuit of one's own, for another question."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.course.open_task import open_task

MOST_HEADS = 6
SHARE_TO_KEEP = 0.8


@cache
def kept(heads):
    """The share of the difference that these heads keep, on pairs of which the notebook has shown none."""
    from llmcourse.analysis.circuits import faithfulness
    from llmcourse.analysis.story_pairs import feeling_pairs
    from llmcourse.model import pretrained

    model, tokenizer = pretrained("gpt-world")
    return faithfulness(model, feeling_pairs(tokenizer, 12, seed=77), heads)


def is_a_set_of_heads(trial):
    heads = trial.result
    if not isinstance(heads, list | tuple | set) or not all(isinstance(h, tuple) and len(h) == 2 for h in heads):
        return "Give it a list of heads, each a pair of layer and head: `[(1, 2), (2, 0)]`."
    if strangers := [h for h in heads if h[0] not in range(3) or h[1] not in range(4)]:
        return f"There is no head {strangers[0]}: this model has the layers 0 to 2, with the heads 0 to 3 in each."
    if len(set(heads)) > MOST_HEADS:
        return f"These are {len(set(heads))} heads; at most {MOST_HEADS} are allowed. Which of them can be spared?"
    return None


def keeps_the_difference(trial):
    share = kept(tuple(sorted(set(trial.result))))
    if share < SHARE_TO_KEEP:
        return (
            f"With all others silenced, {share:.0%} of the difference is left; the goal is {SHARE_TO_KEEP:.0%}. Which "
            "head, added to yours, helps the most?"
        )
    return None


CIRCUIT = open_task(
    key="circuit",
    title="A circuit of your own",
    task=f"Find at most {MOST_HEADS} of the 12 heads that keep {SHARE_TO_KEEP:.0%} of the difference between “How did "
    "Mia feel?” and “How did Ben feel?” when all others say their mean.",
    minutes=25,
    kind=lambda *arguments: None,
    judged="on twelve other stories",
    tests=[is_a_set_of_heads, keeps_the_difference],
    hints=[
        "`Patcher(model, feeling_pairs(tokenizer, 20)).heads([(l, h)])` says for each head how much it carries. Begin "
        "with those that carry something.",
        "They are not enough: heads that carry no *difference* may be needed all the same: they make the keys and "
        "the values that the others read. Measure your set with `faithfulness(model, pairs, heads)`.",
        "Go backwards: begin with all twelve, take out the head whose loss costs the least, measure again, and so on "
        f"until {MOST_HEADS} are left.",
    ],
    solution_code="""
from llmcourse.analysis.ablation import all_heads
from llmcourse.analysis.circuits import faithfulness, mean_outputs
from llmcourse.analysis.story_pairs import feeling_pairs
from llmcourse.model import pretrained

model, tokenizer = pretrained("gpt-world")
feelings = feeling_pairs(tokenizer, 12, seed=5)
means = mean_outputs(model, feelings)
my_circuit = all_heads(model)
while len(my_circuit) > 6:
    without = [[head for head in my_circuit if head != spared] for spared in my_circuit]
    my_circuit = max(without, key=lambda heads: faithfulness(model, feelings, heads, means))
""",
)
