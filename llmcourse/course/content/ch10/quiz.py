"""The quiz of notebook 10."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "An untrained model with a vocabulary of 1,000 tokens starts at a loss of 30 nats. What does that tell?",
        [
            Choice(
                "Nothing: before training, any number may come out.",
                "One number is to be expected: who knows nothing gives each token 1/1,000 and loses ln 1,000 = 6.9.",
            ),
            Choice(
                "That it is sure of itself, and wrong: something is broken, such as the initialization.",
                "Knowing nothing costs 6.9 nats. More than that takes confidence in wrong tokens, before any data.",
                correct=True,
            ),
            Choice(
                "That the text is hard, with an entropy of about 30 nats.",
                "Not even pure noise is that hard: 1,000 equally likely tokens have an entropy of 6.9 nats.",
            ),
            Choice(
                "That the learning rate is too high.",
                "There has been no step yet, so no rate has been used.",
            ),
        ],
    ),
    Question(
        "The validation loss has reached the floor. What would a larger model bring?",
        [
            Choice(
                "A lower loss: more parameters always help.",
                "Not below the entropy of the text. What is left is chance, and no model can foresee a draw.",
            ),
            Choice(
                "No lower loss on new stories; on the training stories perhaps, by learning them by heart.",
                "Below the floor on what it was trained on is the sign of memory, not of understanding: on new "
                "stories, the loss then rises.",
                correct=True,
            ),
            Choice(
                "A higher loss, since larger models are harder to train.",
                "They may take longer, but with the same recipe they usually arrive in fewer steps.",
            ),
            Choice(
                "A loss of 0 in the end.",
                "Zero would mean to know every word in advance. In a world with chance in it, nobody does.",
            ),
        ],
    ),
    Question(
        "The loss hardly moves for a while, and then falls within a few hundred steps. What may have happened?",
        [
            Choice(
                "The learning rate had been too high, and the schedule lowered it just then.",
                "Possible, and worth checking in the plot of the learning rate. But the step comes at a constant "
                "rate too.",
            ),
            Choice(
                "An easier part of the training data came up.",
                "The stories are shuffled, so no part of them is easier; and the validation loss falls as well.",
            ),
            Choice(
                "Its parts have begun to work together at something, such as copying one sort of word from far back.",
                "Looking at the right word is useless before it is copied, and copying is useless before one looks. So "
                "there is little gradient until both are there by halves; then it goes fast.",
                correct=True,
            ),
            Choice(
                "The gradients had been clipped, and then were not any more.",
                "Clipping shortens a step and leaves its direction. It does not stop learning, and does not set it "
                "free.",
            ),
        ],
    ),
    Question(
        "Why does a padded batch have targets of -100?",
        [
            Choice(
                "So that the model learns to write padding at the end of a story.",
                "It learns to write `<eos>`. What comes after it is not scored, so nothing is learned about it.",
            ),
            Choice(
                "-100 makes the loss of wrong guesses larger.",
                "It is no value that enters the loss: `cross_entropy` leaves such positions out.",
            ),
            Choice(
                "So that these positions add nothing to the loss, and are not counted in its mean.",
                "Both matter. If they were counted, a batch with much padding would look better than it is.",
                correct=True,
            ),
            Choice(
                "So that attention cannot see them.",
                "Targets do not reach attention. In a causal model, padding at the end cannot be seen by what comes "
                "before.",
            ),
        ],
    ),
    Question(
        "A gradient of norm 20 is clipped to norm 1. What changes?",
        [
            Choice(
                "Its length; the direction stays.",
                "All its entries are multiplied by 1/20. One odd batch can then not throw the weights far away.",
                correct=True,
            ),
            Choice(
                "Every entry above 1 becomes 1.",
                "That is clipping by value, another method, which changes the direction.",
            ),
            Choice(
                "The batch is skipped.",
                "It is used, with a smaller step.",
            ),
            Choice(
                "The learning rate becomes 20 times smaller from here on.",
                "Only this one step becomes smaller. The schedule knows nothing of it.",
            ),
        ],
    ),
]
