"""Quiz of notebook 20."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "Of a corpus' nurses 80% are *she*. A well-trained model always takes the likeliest word. How many of the "
        "nurses it writes are *she*?",
        [
            Choice(
                "About 80%, as in the corpus.",
                "That is what it gives when it *draws* at temperature 1. The likeliest word is the same every time.",
            ),
            Choice(
                "All of them.",
                "0.8 is above 0.5 each time. The model has learned the 80% rightly; the way of choosing makes 100% "
                "of it.",
                correct=True,
            ),
            Choice(
                "Half of them, since she and he are equally long words.",
                "Length plays no part: the model compares two probabilities, 0.8 and 0.2.",
            ),
        ],
    ),
    Question(
        "An association test on three words against three gives an effect of 1.8 and p = 0.05. What do you know?",
        [
            Choice(
                "The skew is large: 1.8 is near the highest possible effect.",
                "An effect size is counted in standard deviations. A small difference without scatter gives 1.8 just "
                "as a large one does.",
            ),
            Choice(
                "There is nothing: 0.05 is not below 0.05.",
                "With three against three there are 20 ways to part the words, so no p can be below 0.05. The test "
                "could not have said more.",
            ),
            Choice(
                "The two sets are parted more clearly than by any other way to part the six words; not how strongly.",
                "That is all that the two numbers say. How strong it is, the difference itself or the probabilities "
                "tell.",
                correct=True,
            ),
        ],
    ),
    Question(
        "A model says *she* in 50% of all cases, and half of all workers are *she*. Is it calibrated for nurses?",
        [
            Choice(
                "Yes: what holds for all holds for each part of them.",
                "A mean holds for the whole. One group may be far above and another as far below.",
            ),
            Choice(
                "That cannot be known from these two numbers.",
                "It may say 50% of nurses too, of whom 80% are she. One has to look at each group for itself.",
                correct=True,
            ),
            Choice(
                "No: calibration in groups is impossible.",
                "It is possible; a model that learned each group's share has it. What is not possible is to have it "
                "*and* say the same of all groups, when they differ.",
            ),
        ],
    ),
    Question(
        "A secret was told in 64 different texts. You remove all exact copies of texts, and train anew. What happens "
        "to its exposure?",
        [
            Choice(
                "It falls to that of a secret told once.",
                "It would if the 64 texts were copies of one. These differ around the secret, so none of them is "
                "removed.",
            ),
            Choice(
                "Next to nothing.",
                "Removing copies of *texts* does not see that a *sentence* in them is the same. Look for repeated "
                "spans.",
                correct=True,
            ),
            Choice(
                "It falls to 1.44 bits, that of a secret never told.",
                "That would need all 64 to go. Even of copies, one always stays.",
            ),
        ],
    ),
    Question(
        "You constrain the decoder to give she and he the same chance, and your skew measures 0. What may you write "
        "in the card?",
        [
            Choice(
                "The model is free of bias.",
                "One number at one place in the text was measured, and the weights have not changed at all.",
            ),
            Choice(
                "At the first pronoun of a nameless worker, decoded in this way, the six jobs get the same p(she).",
                "That is what was measured: the place, the way of decoding and the groups belong to the number.",
                correct=True,
            ),
            Choice(
                "Nothing: a constraint while decoding does not count.",
                "It does change what readers get. But say that it is the decoder which is even, and not the model.",
            ),
        ],
    ),
]
