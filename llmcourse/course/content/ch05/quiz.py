"""The quiz of notebook 05."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A layer is 128 wide. You change it from 4 heads to 8, and leave the width as it is. How many parameters does "
        "it have now?",
        [
            Choice(
                "Twice as many: each head has its own matrices.",
                "Each head does have its own, but they are half as wide. Heads are slices of the same four matrices.",
            ),
            Choice(
                "As many as before.",
                "Four matrices of 128 × 128, cut into more and narrower slices. Only the number of softmaxes doubles.",
                correct=True,
            ),
            Choice(
                "Half as many, since each head is half as wide.",
                "Half as wide, and twice as many of them: the two cancel.",
            ),
            Choice(
                "More, because the output projection has to mix more heads.",
                "The output projection takes the heads side by side, which are 128 numbers in both cases.",
            ),
        ],
    ),
    Question(
        "Why can a single wide head not hand over the contents of two tokens, when two heads of half the width can?",
        [
            Choice(
                "Its softmax can give weight to one token only.",
                "It can give half to each. But what comes out is then the mean of their values, and from a mean the "
                "two cannot be told apart again.",
            ),
            Choice(
                "It has fewer parameters.",
                "It has exactly as many; the experiment compared the two at the same size.",
            ),
            Choice(
                "Its output is one mean of the values, and a mean of two things no longer tells what they were.",
                "Each head has one set of shares, and so one mean. Two heads have two, which stand side by side in the "
                "output, unmixed.",
                correct=True,
            ),
            Choice(
                "Because keys and values would need different widths.",
                "They may have any width. The limit comes from the one set of weights by which the values are summed.",
            ),
        ],
    ),
    Question(
        "Which of these has the right shape for four heads, and yet mixes up tokens and heads?",
        [
            Choice(
                "`x.unflatten(-1, (4, d)).transpose(1, 2)`",
                "This is the right one: the width is cut first, and then the heads move in front of the positions.",
            ),
            Choice(
                "`x.view(batch, 4, n, d)`",
                "The shape is (batch, head, position, d_head), as it should be. But `view` goes through the numbers in "
                "order, so that head 0 gets all of the first tokens.",
                correct=True,
            ),
            Choice(
                "`x.view(batch, n, 4, d)`",
                "This only cuts the width; nothing is mixed up. The heads still have to be brought to the front.",
            ),
        ],
    ),
    Question(
        "A model with 32 heads of queries has 8 heads of keys and values. What is smaller than with 32 of them?",
        [
            Choice(
                "The matrix of attention weights: it has a quarter of the rows.",
                "Every head of queries still has weights of its own, one for each pair of tokens.",
            ),
            Choice(
                "The key-value cache, to a quarter.",
                "Per token, 8 keys and 8 values are kept in place of 32 and 32. That is what the method is for.",
                correct=True,
            ),
            Choice(
                "The width of each head, to a quarter.",
                "Heads keep their width, or the dot product of a query with a key would not exist.",
            ),
            Choice(
                "The number of places the model can look at at once.",
                "That is up to the queries, and there are still 32. Neighbours only search among the same keys.",
            ),
        ],
    ),
    Question(
        "A head scores high for a pattern on stories. You silence it, and the loss does not change. What follows?",
        [
            Choice(
                "The measurement of the pattern was wrong.",
                "It says where the head looks, and may say so rightly. It does not say that anybody needs it.",
            ),
            Choice(
                "The head has learned nothing.",
                "It follows a pattern that an untrained head does not. Others may tell the same, or later layers may "
                "not use what it brings.",
            ),
            Choice(
                "It looks there, but the rest of the model gets on without what it brings.",
                "Looking and mattering are two things, and each has its own measurement.",
                correct=True,
            ),
            Choice(
                "The model would be better without the head.",
                "An unchanged loss is not a lower one; and on other texts the head may be needed.",
            ),
        ],
    ),
]
