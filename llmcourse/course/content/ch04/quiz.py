"""The quiz of notebook 04."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "Why are the scores divided by √d_head before the softmax?",
        [
            Choice(
                "So that the weights of each query sum to 1.",
                "The softmax sees to that by itself, whatever the scores are.",
            ),
            Choice(
                "Because the dot products of wider vectors are larger, and the softmax of large scores takes one key "
                "and drops all others.",
                "With d_head random terms, a dot product spreads like √d_head. Divided by it, the scores stay near 1 "
                "at any width, and every key still gets some gradient when learning begins.",
                correct=True,
            ),
            Choice(
                "So that the output has the same length as the values.",
                "The output is a mean of values, so its length follows from the weights. The division changes only "
                "how evenly they are spread.",
            ),
            Choice(
                "To make the computation faster.",
                "It is one more operation, not one less. What it buys is a softmax that can still learn.",
            ),
        ],
    ),
    Question(
        "In a causal model you change the *last* word of a sentence. Which outputs of a self-attention layer change?",
        [
            Choice(
                "All of them: every token attends to every other.",
                "That is so without a mask, in an encoder. The causal mask hides the last token from all before it.",
            ),
            Choice(
                "Only the one at the last position.",
                "Only the last token may see the last token. All earlier rows of the mask have False in its column.",
                correct=True,
            ),
            Choice(
                "All but the last: a token does not attend to itself.",
                "It does; the diagonal of the mask is True. And the earlier tokens are the ones that see no change.",
            ),
            Choice(
                "None, since the weights are learned and fixed after training.",
                "What is fixed are the matrices that make queries, keys and values. The attention weights are "
                "computed anew from every text.",
            ),
        ],
    ),
    Question(
        "Two tokens of a text exchange their places; there are no position embeddings and no mask. What happens?",
        [
            Choice(
                "Nothing but this: their two outputs exchange places too.",
                "Attention is a weighted mean, and a mean does not know the order of its terms. Order has to be told "
                "to the model: by positions, or by a causal mask.",
                correct=True,
            ),
            Choice(
                "The weights change, since near tokens get more weight than far ones.",
                "Nothing in q · k knows how far apart two tokens are, unless the vectors themselves carry a position.",
            ),
            Choice(
                "All outputs change, since the sentence has a new meaning.",
                "It has for you. For attention without positions, 'dog bites man' and 'man bites dog' are the same "
                "set of words.",
            ),
            Choice(
                "The softmax has to be computed along the other dimension.",
                "The softmax runs over the keys in any order; shares do not depend on who stands where in the row.",
            ),
        ],
    ),
    Question(
        "A head gives the token 'she' a weight of 0.9 on 'Mia'. What follows for certain?",
        [
            Choice(
                "The model knows that 'she' is Mia.",
                "It may. But a weight says only where was looked, not what was done with it. To claim more, change "
                "what was fetched and see whether the prediction changes.",
            ),
            Choice(
                "'Mia' is the most important word for the prediction.",
                "Its value vector may be short, a later layer may ignore it, or another head may say the same "
                "louder. Weight is not importance.",
            ),
            Choice(
                "Nine tenths of this head's output at 'she' is the value vector of 'Mia'.",
                "Exactly this, and no more: the output is the mean of the values by these weights.",
                correct=True,
            ),
            Choice(
                "'Mia' gives 'she' a weight of 0.9 as well.",
                "Weights are not symmetric: each query shares out its own whole. Under a causal mask the earlier "
                "token cannot see the later one at all.",
            ),
        ],
    ),
]
