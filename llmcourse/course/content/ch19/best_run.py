"""An open task: the lowest loss that a fixed number of operations can buy."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.flops import training_flops
from llmcourse.analysis.scaling_runs import LENGTH, chain_config, chain_loss, train_on_chain
from llmcourse.corpus.chain import WordChain
from llmcourse.course.open_task import open_task

BUDGET = 6e9  # operations
GOAL = 0.14  # nats above the floor


def is_a_plan(trial):
    plan = trial.result
    if not isinstance(plan, tuple | list) or len(plan) != 3:
        return "Give three numbers: (width, tokens, learning rate)."
    width, tokens, lr = plan
    if not all(isinstance(one, int) and one > 0 for one in (width, tokens)) or width % 2:
        return f"Width and tokens are whole numbers above 0, and the width is even, not {width} and {tokens}."
    if not isinstance(lr, int | float) or not 0 < lr < 10:
        return f"The learning rate is a number above 0 (try 0.01 to 0.2), not {lr}."
    return None


def keeps_to_the_budget(trial):
    width, tokens, _ = trial.result
    spent = training_flops(chain_config(WordChain(), width)) * tokens / LENGTH
    if spent > BUDGET:
        return f"This run takes {spent:.2g} operations; the budget is {BUDGET:.2g}. Fewer tokens, or a narrower model."
    if tokens < 512:
        return f"{tokens} tokens are less than one batch of 512."
    return None


def is_near_the_floor(trial):
    chain = WordChain()
    width, tokens, lr = trial.result
    model = train_on_chain(chain, chain_config(chain, width), tokens, lr)
    above = chain_loss(model, chain) - chain.entropy()
    if not above <= GOAL:
        return (
            f"This run ends {above:.3f} nats above the floor; the goal is {GOAL}. Is it the size, the tokens or the "
            "learning rate? Change one at a time."
        )
    return None


BEST_RUN = open_task(
    key="best_run",
    title="The most for a budget",
    task=f"Find a plan `(width, tokens, learning rate)` of a training on the chain that takes at most {BUDGET:.0g} "
    f"operations and ends at most {GOAL} nats above the floor.",
    minutes=25,
    kind=lambda plan: plan,
    judged="on new texts",
    tests=[is_a_plan, keeps_to_the_budget, is_near_the_floor],
    hints=[
        "For each width the budget buys a number of tokens: "
        "`int(6e9 / training_flops(chain_config(chain, width)) * 64)`.",
        "The law of this section says which width is best for its own learning rates. Begin there: 12 to 24.",
        "No law said that the learning rate was best. Fix the width, and double the learning rate until it hurts.",
        "A width of 16, 177,000 tokens, and a learning rate twice as high as the one that the runs took by themselves.",
    ],
    solution_code="best_run = (16, 177_000, 0.08)",
)
