"""The quiz of notebook 23."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "What does FlashAttention give up to need less memory?",
        [
            Choice(
                "A little accuracy: distant blocks are approximated.",
                "No block is approximated. The running maximum and the two running sums give the softmax "
                "itself, to the rounding of floats.",
            ),
            Choice(
                "Nothing of the result: it is the same softmax, put together block by block.",
                "Every allowed score is computed. What falls is the memory, and with it the time that is lost on "
                "moving the weights to and fro.",
                correct=True,
            ),
            Choice(
                "Half of the operations.",
                "Our blocks made about half, but because they skip what the causal mask forbids anyway. Of the "
                "allowed scores not one is left out; in the backward pass they are even computed twice.",
            ),
        ],
    ),
    Question(
        "A model has 3 layers of attention with a window of 8. How many tokens can change its last "
        "output, itself included?",
        [
            Choice("8", "That is one layer. The second one looks at tokens that have looked back themselves."),
            Choice("24", "Nearly. Windows of neighbouring layers share a token, the one that passes things on."),
            Choice(
                "22",
                "Each layer adds window - 1: 3 · 7 + 1 = 22. It is a bound on reach. Whether anything is passed on so "
                "far has to be learned.",
                correct=True,
            ),
            Choice("512", "Reach grows by adding, not by multiplying: each layer moves the far end by 7."),
        ],
    ),
    Question(
        "A linear attention layer answers well about 8 pairs, and badly about 32, however near they are. Why?",
        [
            Choice(
                "Its state has one size, and the pairs get in each other's way.",
                "The keys of many pairs cannot all be at right angles to each other in a few dimensions. "
                "Each answer is mixed with others.",
                correct=True,
            ),
            Choice(
                "It forgets what is far back.",
                "Nothing fades in it: the sum treats all tokens alike. A state-space layer can fade, and a "
                "window cuts.",
            ),
            Choice(
                "Its chunks hide the earlier tokens.",
                "Chunks are only a way to compute. The recurrence gives the same numbers, as a test has shown.",
            ),
        ],
    ),
    Question(
        "A layer with 8 experts, of which each token uses 1, grows to 64 experts of the same size. "
        "What happens to the work "
        "of a token?",
        [
            Choice("It grows eightfold.", "That would be so if all experts worked. The other 63 do nothing for it."),
            Choice(
                "It stays almost the same: one expert works, and only the router grows.",
                "Memory grows eightfold, though: any of them may be wanted by the next token.",
                correct=True,
            ),
            Choice("It falls, since experts become specialists.", "An expert of the same size makes as many products."),
        ],
    ),
]
