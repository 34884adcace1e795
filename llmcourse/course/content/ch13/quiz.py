"""The quiz of notebook 13."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        'The gold answer is "golden ring". Which of these answers gets an exact match of 1?',
        [
            Choice(
                '"ring"',
                "One word is missing. F1 gives it two thirds, and exact match nothing.",
            ),
            Choice(
                '"The golden ring."',
                "The capital, the article and the full stop are gone before the texts are compared.",
                correct=True,
            ),
            Choice(
                '"ring, golden"',
                "The comma goes, but the order stays: exact match compares texts, and F1 alone compares bags of words.",
            ),
            Choice(
                '"golden-ring"',
                'The mark goes without leaving a blank: "goldenring" is one other word.',
            ),
        ],
    ),
    Question(
        "A text is read in six windows, and its answer stands in one of them. What should the other five say?",
        [
            Choice(
                "Their best span: it will lose against the right one.",
                'Nothing makes it lose. A window that has never been taught to say "not here" is sure of something '
                "wrong.",
            ),
            Choice(
                "That the answer is not here, by pointing at the first token.",
                "In training these windows have the first token as their target, so windows teach a model to say no "
                "even "
                "where all questions have answers.",
                correct=True,
            ),
            Choice(
                "They should be left out, since they hold no answer.",
                "In training one may leave some out. When a question is asked nobody knows which window holds the "
                "answer.",
            ),
        ],
    ),
    Question(
        'Why is the threshold for "no answer" chosen on the validation questions?',
        [
            Choice(
                "The test questions are too few.",
                "With more of them the same would be wrong: what is chosen to please the test no longer measures.",
            ),
            Choice(
                "A model is surer on questions that it has trained on.",
                "That is why the *training* questions will not do. Validation and test are both new to it.",
            ),
            Choice(
                "Chosen on the test questions it would be the best for those by chance, and the score too good.",
                "A threshold is learned like a weight, only with a ruler instead of a gradient.",
                correct=True,
            ),
        ],
    ),
    Question(
        "Which answers can a span head give that an encoder-decoder cannot, or the other way round?",
        [
            Choice(
                "A span head can only give words that stand in the text, side by side.",
                "So it can never make up a name. It cannot count, join two places, or say yes or no either.",
                correct=True,
            ),
            Choice(
                "An encoder-decoder cannot give words of the text.",
                "It can: cross-attention copies, and most of its answers here are copies. But nothing forces it to.",
            ),
            Choice(
                "None: the two are trained on the same answers.",
                "The same answers, but one chooses among places, and the other among all words of its vocabulary.",
            ),
        ],
    ),
    Question(
        "A head gives most of its attention to the right answer. Has the model used it?",
        [
            Choice(
                "Yes: attention shows what an answer was made from.",
                "Chapter 04 silenced heads that gazed at the answer, and nothing changed.",
            ),
            Choice(
                "That cannot be told from the weight alone; one has to take something away and see what changes.",
                "A weight says where a head looked. Whether the answer needed it is another question.",
                correct=True,
            ),
            Choice(
                "No: attention weights are noise.",
                "They are far from noise: after fine-tuning some heads find the answer much more often than before.",
            ),
        ],
    ),
]
