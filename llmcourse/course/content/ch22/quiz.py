"""Quiz of notebook 22."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "At a place where only one word can come, what does the teacher's soft target tell the student that the text "
        "does not?",
        [
            Choice(
                "Next to nothing.",
                "Teacher and text say the same there: this word, for certain. Soft targets tell most where the dice "
                "are thrown.",
                correct=True,
            ),
            Choice(
                "Most of all: there the teacher is surest.",
                "He is sure, and so is the text. What is the same in both teaches nothing twice.",
            ),
            Choice(
                "Why that word comes.",
                "A distribution says *what*, never why. Where the teacher looked is in his attention maps.",
            ),
        ],
    ),
    Question(
        "You raise the temperature from 1 to 4 and forget the factor T². What happens?",
        [
            Choice(
                "Nothing: the minimum is where it was.",
                "So it is for the soft targets alone and endless time. With alpha below 1, the text's own words now "
                "drown them.",
            ),
            Choice(
                "The soft targets' gradient is up to some sixteen times smaller.",
                "The logits are divided by T, and so is the difference of the probabilities: together T².",
                correct=True,
            ),
            Choice(
                "The student becomes four times as uncertain.",
                "Both are softened alike. A student who agrees with the teacher at one temperature agrees at all.",
            ),
        ],
    ),
    Question(
        "A teacher prefers *she* for nurses, which no text that the student reads supports. The student learns from "
        "soft targets alone. What will it prefer?",
        [
            Choice(
                "Neither: it has read fair texts only.",
                "With soft targets alone the text's words do not enter the loss. It learns what the teacher says of "
                "them.",
            ),
            Choice(
                "She, as the teacher does.",
                "What a teacher says in the same way every time is learned, be it right or wrong. Only his noise "
                "averages out.",
                correct=True,
            ),
            Choice(
                "He, in order to make up for it.",
                "Nothing in the loss asks for balance. The lowest loss is the teacher's own distribution.",
            ),
        ],
    ),
    Question(
        "You set nine in ten weights of every matrix to zero. How much faster is a step on a laptop?",
        [
            Choice(
                "Ten times: a tenth of the work is left.",
                "`nn.Linear` multiplies by zeros as patiently as by anything else.",
            ),
            Choice(
                "Not at all.",
                "The matrix has the same shape and is multiplied in full. Only smaller shapes, or special formats and "
                "kernels, save time.",
                correct=True,
            ),
            Choice(
                "A little: zeros are quicker to multiply.",
                "Not to a processor. A product takes the same time whatever the numbers are.",
            ),
        ],
    ),
]
