"""The quiz of notebook 21."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A patch of one head brings back 0.02 of the difference. Does this prove that the head is not used?",
        [
            Choice(
                "Yes: what is used must change the answer when it is changed.",
                "Another head may say the same, so that one of them alone changes little; and a head that is equal in "
                "both runs cannot be seen by patching at all, however much it is needed.",
            ),
            Choice(
                "No: it may say what another head says as well, or something that is the same in both texts.",
                "Patching shows what tells the two texts apart. What both have in common, it leaves as it is: so "
                "silencing is measured as well.",
                correct=True,
            ),
            Choice(
                "No: 0.02 of a logit can be a lot.",
                "It is a share of the difference between the two runs, not a number of logits.",
            ),
        ],
    ),
    Question(
        "The clean run has a logit difference of 8.36, the corrupt one of 8.34. A patch recovers 3.7. What follows?",
        [
            Choice(
                "The patched place carries more than all of the answer.",
                "The share divides by 0.02. Whatever the patch does, it comes out large.",
            ),
            Choice(
                "Nothing: the two texts hardly differ in their answers, so there is nothing to recover.",
                "A share of nearly nothing says nothing. Look at the two ends before you read what lies between them.",
                correct=True,
            ),
            Choice(
                "The model overshoots, which shows that two heads say the same.",
                "Overshooting by a little happens with redundant heads; here the number is an accident of a small "
                "divisor.",
            ),
        ],
    ),
    Question(
        "A linear probe reads a property off a layer with 99%, and random labels of the same words with 98%. What has "
        "been shown?",
        [
            Choice(
                "That the layer represents the property.",
                "It may, but the same probe learns any list of words by heart nearly as well. This score cannot tell.",
            ),
            Choice(
                "That the model uses the property.",
                "No probe shows that. Only a change of the vectors, and a look at the answer, does.",
            ),
            Choice(
                "That the vectors tell the words apart, which is enough to learn either list.",
                "A selectivity of 1% says that the probe hardly needed the property. Ask for words that it has never "
                "seen, or for a place where the word itself does not stand.",
                correct=True,
            ),
        ],
    ),
    Question(
        "Integrated gradients from two baselines give the same word 0.5 and 23. Which is right?",
        [
            Choice(
                "Both: each says what the word adds *compared with its baseline*, and each sums to its own difference.",
                "An attribution answers “instead of what?”. If the baseline is not named, the number has no meaning.",
                correct=True,
            ),
            Choice(
                "The larger, since attributions can only miss something.",
                "They add up exactly to the difference of the two outputs. Nothing is missed; it is shared out among "
                "the tokens that differ.",
            ),
            Choice(
                "The smaller: a baseline that is another real text is not allowed.",
                "It is allowed, and often the better question: why Mia *rather than Tom*?",
            ),
        ],
    ),
    Question(
        "With all heads silenced but a circuit of four, 79% of the difference is kept. What is still missing?",
        [
            Choice(
                "Nothing: above a half, a circuit is proven.",
                "There is no such threshold. Without other sets of four one does not know whether 79% is much.",
            ),
            Choice(
                "Other sets of four heads, and the test that silencing the circuit takes the answer away.",
                "Enough, needed, and better than chance: three different tests. And the missing 21% is to be named.",
                correct=True,
            ),
            Choice(
                "The attention maps of the four heads.",
                "They help to understand what the heads do. They are no evidence that the heads do it.",
            ),
        ],
    ),
]
