"""Quiz of notebook 09."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A model has a million parameters. What does the gradient in all of them cost, if one evaluation of the loss "
        "is the unit?",
        [
            Choice(
                "About a million evaluations: one for each parameter.",
                "That is the price of finite differences (and twice that for central ones). Backpropagation walks back "
                "once.",
            ),
            Choice(
                "About two more evaluations, however many parameters there are.",
                "Each product on the way in becomes two on the way back, one for each of its factors.",
                correct=True,
            ),
            Choice(
                "Nothing: the gradient is known once the loss is.",
                "The loss is one number. The way back has to be walked, with all that was kept on the way in.",
            ),
        ],
    ),
    Question(
        "On a bowl with curvatures 1 and 100, plain descent diverges at a learning rate of 0.021. What would make it "
        "converge?",
        [
            Choice(
                "More steps at the same rate.",
                "Each step multiplies the distance across by 1 - 0.021 · 100 = -1.1. More of them make it worse.",
            ),
            Choice(
                "A start that is nearer to the minimum.",
                "The factor -1.1 is the same everywhere; a near start only takes longer to fly off.",
            ),
            Choice(
                "A rate below 2/100: the steepest direction sets the limit for all.",
                "And the flat direction then shrinks by only 2% a step: the price of a condition number of 100.",
                correct=True,
            ),
            Choice(
                "A rate above 2/1, so that the flat direction moves as well.",
                "The steep direction would then be multiplied by about -200 at each step.",
            ),
        ],
    ),
    Question(
        "Adam's very first step: two weights have gradients of 100 and 0.001. How far do they move?",
        [
            Choice(
                "Both by about lr.",
                "The mean is the gradient and the root of the mean square is its size: their ratio is the sign.",
                correct=True,
            ),
            Choice(
                "The first 100,000 times as far as the second.",
                "So it would be in plain descent. Adam divides by the usual size of each weight's own gradient.",
            ),
            Choice(
                "Neither moves: the averages start at 0.",
                "That is what the bias correction is for: the first averages are divided by the small share they have "
                "seen.",
            ),
        ],
    ),
    Question(
        "In Adam with the decay added to the gradient, which weights decay least?",
        [
            Choice(
                "All decay by the same share.",
                "That is AdamW, where the decay stands beside the step and is not divided by anything.",
            ),
            Choice(
                "The smallest ones.",
                "Their decay is small in numbers; but what makes the *share* small is another thing.",
            ),
            Choice(
                "Those whose gradients are usually large.",
                "The decay is divided by the root of the mean square together with the gradient. Loshchilov and Hutter "
                "took it out.",
                correct=True,
            ),
        ],
    ),
    Question(
        "What does Muon do to the singular values of a matrix's update?",
        [
            Choice(
                "It makes them all about 1, and keeps the directions.",
                "So directions that a gradient hardly mentions are turned as far as those it shouts about.",
                correct=True,
            ),
            Choice(
                "It drops all but the largest.",
                "That would be a low-rank update, the opposite: Muon lifts the small ones.",
            ),
            Choice(
                "It divides each entry by its usual size.",
                "That is Adam, which knows entries and not directions.",
            ),
            Choice(
                "It makes the rows and columns sum to 1.",
                "Nothing sums to 1 here; in U Vᵀ the rows or the columns have length 1 and are at right angles.",
            ),
        ],
    ),
]
