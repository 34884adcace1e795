"""The quiz of notebook 16."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A BERT reads a short text alone, and then in a batch beside a long one, without an attention mask. What "
        "happens?",
        [
            Choice(
                "An error: the rows have different lengths.",
                "The padding has made them equally long. Nothing is left that could raise an error, which is the "
                "trouble.",
            ),
            Choice(
                "The vectors of the short text change, since its words look at the padding too.",
                "To the model `<pad>` is a token like any other. The more of them there are, the more of each mean is "
                "taken from them.",
                correct=True,
            ),
            Choice(
                "Nothing: the embedding of `<pad>` is zero.",
                "Here it is a vector like others; and even a zero vector would get its share of every softmax.",
            ),
            Choice(
                "Only the vectors at the padding change.",
                "An encoder's words look in both directions, so what stands behind a word is part of its mean.",
            ),
        ],
    ),
    Question(
        "Why does padding on the right do no harm to a GPT, even without a mask, if you read its answer in the right "
        "place?",
        [
            Choice(
                "A GPT ignores tokens with the id 0.",
                "No id is special to the model. What shields the text is where the padding stands.",
            ),
            Choice(
                "Rotary positions make padding invisible.",
                "They tell attention about distances. A padding token in front of a word would be looked at all the "
                "same.",
            ),
            Choice(
                "Because each token looks only at itself and to its left, and the padding stands to the right.",
                "The causal mask hides it already. On the left side it would be in view, and would need a mask.",
                correct=True,
            ),
        ],
    ),
    Question(
        "At layer 0 a probe for the meaning of *bank* gets exactly what naming the commoner meaning gets. Why?",
        [
            Choice(
                "The probe is too weak; a network with a hidden layer would get more.",
                "All its inputs are the same vector. No function of it, however clever, gives two answers.",
            ),
            Choice(
                "All occurrences have one and the same vector there: the row of the word in the table.",
                "The table knows the word and nothing else. What tells the meanings apart comes from other words, and "
                "only attention brings it.",
                correct=True,
            ),
            Choice(
                "There are too few occurrences to learn from.",
                "With a million it would be the same: there is nothing in the vector that differs.",
            ),
            Choice(
                "The model has not been trained for long enough.",
                "Training moves the row of *bank*, but it stays one row, whatever the sentence.",
            ),
        ],
    ),
    Question(
        "A probe finds the meaning of *ring* in a layer with 100% on unseen stories. What follows?",
        [
            Choice(
                "The model uses the meaning to predict its next word.",
                "The probe is yours, and so is the question. That something stands in a vector does not show that "
                "anything reads it: to find out, change it and look what happens (chapter 21).",
            ),
            Choice(
                "The model understands the story.",
                "For *ring* a look at the word before is enough, and a probe on the two neighbours' embeddings does as "
                "well. Compare with that before you praise.",
            ),
            Choice(
                "The layer's vectors of the two meanings can be parted by a flat boundary.",
                "That is all a linear probe shows. It is a fact about the vectors, and worth having with its "
                "baselines.",
                correct=True,
            ),
        ],
    ),
    Question(
        "A text is too long for a classifier of how stories end. What is the best default for a pipeline?",
        [
            Choice(
                "Cut off the end, as most libraries do when asked to truncate.",
                "What decides stands at the end. The classifier would answer all the same, and with confidence.",
            ),
            Choice(
                "Cut off the beginning.",
                "Here it does less harm, but only the caller knows where in a text the answer lies. And nobody would "
                "notice that half was unread.",
            ),
            Choice(
                "Say in one line that it does not fit, and let the caller choose.",
                "A cut is a decision about the task. Made in silence it is a mistake that no score on short texts "
                "shows.",
                correct=True,
            ),
            Choice(
                "Answer with the commonest class.",
                "That hides the problem behind a number that looks like an answer.",
            ),
        ],
    ),
]
