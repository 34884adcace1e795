"""The quiz of notebook 07."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A causal decoder shall say, at each of 16 positions, the symbol that stands there in the reversed sequence. "
        "Why does it get the first half no better than chance?",
        [
            Choice(
                "It has too few parameters for the task.",
                "With twice as many it stays where it is. What is missing is not capacity but information.",
            ),
            Choice(
                "The answer at an early position is a late symbol, and the mask hides it.",
                "No training can fetch what the mask forbids. The second half is easy: there the answer lies behind.",
                correct=True,
            ),
            Choice(
                "Attention does not know in which order the symbols stand.",
                "It has position vectors, as the encoder has, and the second half comes out right with them.",
            ),
            Choice(
                "Decoders are trained on the next symbol and cannot be trained on anything else.",
                "What is trained on is a matter of the targets; here both models got the same ones.",
            ),
        ],
    ),
    Question(
        "In cross-attention, where do queries, keys and values come from?",
        [
            Choice(
                "All three from the text that is being written.",
                "That is self-attention, the first part of a decoder layer.",
            ),
            Choice(
                "Queries from the text that was read, keys and values from the one being written.",
                "Then the output would have a row for each word that was *read*. It is the writer who has a question.",
            ),
            Choice(
                "Queries from the text being written, keys and values from the one that was read.",
                "The writer asks, the encoder's vectors answer; so the output has a row for each word written.",
                correct=True,
            ),
            Choice(
                "Queries and keys from the text being written, values from the one that was read.",
                "Then the weights would be those between the written words, and would not fit the values at all.",
            ),
        ],
    ),
    Question(
        "You train a BERT, without any mask, to say the next token at each position of a text. Its loss falls nearly "
        "to 0. What has it learned?",
        [
            Choice(
                "To predict text far better than a decoder, since it sees more of it.",
                "It sees the very token that it is asked for. When it has to write, that token is not there yet.",
            ),
            Choice(
                "To copy what stands one place to the right.",
                "On random symbols, where nothing can be predicted, the loss falls in the same way.",
                correct=True,
            ),
            Choice(
                "The training texts by heart.",
                "New texts give the same low loss. It needs no memory for what it can look up.",
            ),
            Choice(
                "Nothing: without a causal mask there is no gradient.",
                "There is plenty of gradient, and it leads straight to the cheat.",
            ),
        ],
    ),
    Question(
        "Why are the keys and values of cross-attention computed only once, when an answer is written word by word?",
        [
            Choice(
                "They are made from the source, and nothing written later can change it.",
                "The encoder never looks at the answer: its half of the flow is closed to it. So they can be kept.",
                correct=True,
            ),
            Choice(
                "The decoder looks at the source only before its first word.",
                "It looks at it again with every word, with a new query each time. Only keys and values stay.",
            ),
            Choice(
                "Cross-attention has no positions.",
                "That is so in several models, but not the reason: with positions, too, the source stays the same.",
            ),
            Choice(
                "It saves parameters.",
                "Parameters are saved by sharing matrices. What is saved here is computing the same thing again.",
            ),
        ],
    ),
    Question(
        "You want a model that marks, in a finished text, each word as a name or not. Which family fits best?",
        [
            Choice(
                "An encoder: each word may need the words on both sides, and nothing has to be written.",
                "One output for each word read, each with the whole text in view: that is what an encoder gives.",
                correct=True,
            ),
            Choice(
                "A decoder, since it can do everything.",
                "It can be made to; but at the first word it has read nothing of what follows, unless it reads first "
                "and writes the labels afterwards.",
            ),
            Choice(
                "An encoder-decoder, since words and labels are two languages.",
                "It would do, with twice the machinery: word by word it would write labels that the encoder could have "
                "said all at once.",
            ),
        ],
    ),
]
