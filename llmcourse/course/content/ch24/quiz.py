"""The quiz of notebook 24."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A file's tensors all have the names and shapes that your model wants. What does that prove?",
        [
            Choice(
                "That the model will compute what its authors' program computes.",
                "A square matrix that has to be turned, rows in another order, another epsilon: all have fitting "
                "shapes, and none computes the same.",
            ),
            Choice(
                "That no tensor is missing, and nothing more.",
                "Names and shapes say that every place is filled. Whether it is filled rightly shows in numbers: "
                "logits, hidden states and attention of both programs, side by side.",
                correct=True,
            ),
            Choice(
                "That the two programs were written from the same code.",
                "Names are chosen freely, and these were translated by a table. Two programs with no line in common "
                "can have tensors of the same shapes.",
            ),
        ],
    ),
    Question(
        "The rows of w_q and w_k are put in order for another pairing of dimensions. Why not those of w_v?",
        [
            Choice(
                "Values have no heads.",
                "They have as many as the keys. What they lack is another thing.",
            ),
            Choice(
                "Their order does not matter to any part of the model.",
                "It matters to w_o, which reads them one by one: shuffle the rows of w_v alone, and all is lost.",
            ),
            Choice(
                "Values are not turned: positions act on queries and keys alone.",
                "Only what is turned in pairs cares about who is whose partner. Values pass through unturned, and w_o "
                "expects them in the order in which they were.",
                correct=True,
            ),
            Choice(
                "They are put in order too, but later, by w_o.",
                "w_o comes from the file as it is. It fits the order that the values had from the start.",
            ),
        ],
    ),
    Question(
        "Why are small random weights of odd sizes a better proof of agreement than one real checkpoint?",
        [
            Choice(
                "Because a real checkpoint is rounded to 16 bits.",
                "Both programs would read the same rounded numbers, and agree on them as well as on others.",
            ),
            Choice(
                "Because sizes that all differ cannot be exchanged unnoticed, and every part is loud.",
                "In a real model many sizes are equal, biases may be near 0, and parts do little; a mistake there may "
                "stay below the threshold. And a dozen odd ones run in seconds.",
                correct=True,
            ),
            Choice(
                "Because the mathematics of random matrices guarantees it.",
                "Nothing is guaranteed: it is a test, on a handful of cases. Its strength is in how those were chosen.",
            ),
        ],
    ),
    Question(
        "A config says `tie_word_embeddings: true`, and the file has no `lm_head.weight`. What should a loader do?",
        [
            Choice(
                "Refuse the file: a tensor is missing.",
                "Nothing is missing. The config says that the table that is there does both.",
            ),
            Choice(
                "Make a copy of the embedding for the output.",
                "It would compute the same today. After the first training step the two would drift apart, and a tied "
                "model has one.",
            ),
            Choice(
                "Let the output use the very matrix of the embedding.",
                "One matrix with two names: saved once, counted once, trained as one.",
                correct=True,
            ),
            Choice(
                "Fill the output with random numbers, and warn.",
                "That is for a head that belongs to another task. Here the right numbers are there.",
            ),
        ],
    ),
]
