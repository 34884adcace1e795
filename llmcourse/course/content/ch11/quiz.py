"""The quiz of notebook 11."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A BERT that was trained with 30% of the words hidden is judged with 15% hidden. What can you say of its loss?",
        [
            Choice(
                "It is worse than that of a BERT trained with 15%, since it was trained for another task.",
                "That is the natural guess, and it was measured to be wrong: more questions a story teach more, and "
                "they "
                "are questions of the same kind.",
            ),
            Choice(
                "It can be compared with that of a BERT trained with 15%, if both are asked the same questions.",
                "What a model is asked in training is a choice of method; the yardstick is the questions that it is "
                "judged "
                "by.",
                correct=True,
            ),
            Choice(
                "It can be compared with its own training loss.",
                "With fewer words hidden each question is easier, and the floor is another. The two numbers differ "
                "even "
                "for a perfect reader.",
            ),
        ],
    ),
    Question(
        "Why is the floor of the encoder-decoder's answers 0, when that of the GPT's stories is not?",
        [
            Choice(
                "An encoder-decoder has two halves, and so it is the better model.",
                "A floor belongs to the questions and the world, never to a model. A GPT has the same floor at the "
                "answer.",
            ),
            Choice(
                "The answers are short.",
                "A short text can be a pure guess: which of sixteen names a story begins with costs ln 16 at best.",
            ),
            Choice(
                "The answer follows from what was read, and a draw of the world does not.",
                "Given story and question, one answer alone is possible, and a reader who understands is sure of it.",
                correct=True,
            ),
        ],
    ),
    Question(
        "In training the decoder reads the right answer so far. What does it read when it writes by itself?",
        [
            Choice(
                "The right answer so far, too.",
                "There is no right answer to read then: that is what is wanted.",
            ),
            Choice(
                "What it has written so far, right or wrong.",
                "So a wrong first word is followed by words that fit the wrong one. In training it never saw such a "
                "thing.",
                correct=True,
            ),
            Choice(
                "Nothing: it looks at the encoder alone.",
                "Its self-attention reads what has been written, or it could not know whether the name is already "
                "there.",
            ),
        ],
    ),
    Question(
        "The pseudo-log-likelihoods of two texts are -3 and -9. What follows?",
        [
            Choice(
                "The first is e⁶ times as probable as the second.",
                "It is no log probability: the exponentials of all texts do not sum to 1, as chapter 08 has shown.",
            ),
            Choice(
                "The words of the first are less surprising, each given all the others, by 6 nats in sum.",
                "That is what was added up, and it is enough to rank two wordings of one text.",
                correct=True,
            ),
            Choice(
                "The second is no story of the world.",
                "It may be a longer one, or one with more words that were drawn by lot.",
            ),
        ],
    ),
]
