"""The quiz of notebook 08."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A perfect BERT loses 0.2 nats per hidden word on some texts, and a perfect GPT 0.45 nats per word. What "
        "follows?",
        [
            Choice(
                "The BERT is the better model of these texts.",
                "Both are perfect. They answer different questions, and those of the BERT are easier.",
            ),
            Choice(
                "Nothing about which is better: the two losses answer different questions, each with a floor of its "
                "own.",
                "A word between two seen sides is easier to tell than one with only its past. Compare each model with "
                "its own floor.",
                correct=True,
            ),
            Choice(
                "The GPT needs more parameters or more training.",
                "It is perfect already: 0.45 nats is the floor of its question, and no training gets below that.",
            ),
            Choice(
                "A whole text costs the BERT less, so it would compress it better.",
                "To compress a text one needs its probability, and that is what the causal losses add up to. Those of "
                "a masked model do not.",
            ),
        ],
    ),
    Question(
        "Why does BERT leave one in ten of the asked words in plain sight?",
        [
            Choice(
                "So that the loss becomes lower.",
                "It does become lower, but that is no use in itself: the question is what the model has to learn.",
            ),
            Choice(
                "So that a word that is seen may be a question too, and the model has to make sense of seen words.",
                "In later use there are no masks. A model that was asked at masks only has never had to answer at an "
                "ordinary word.",
                correct=True,
            ),
            Choice(
                "To save time: these words need no embedding.",
                "Every word is embedded and goes through all layers, hidden or not. Nothing is saved.",
            ),
            Choice(
                "So that the model learns to copy its input everywhere.",
                "It may not rely on copying: as many of the seen words that it is asked for are strangers.",
            ),
        ],
    ),
    Question(
        "Two models score the same book: A, with characters, 0.9 nats per token; B, with words of five characters on "
        "average, blanks included, 4.0 nats per token. Which predicts the book better?",
        [
            Choice(
                "A: its loss is lower.",
                "Its tokens are shorter. Over five characters A loses 4.5 nats, and B loses 4.0 on the same stretch.",
            ),
            Choice(
                "B: it loses 0.8 nats per character, and A 0.9.",
                "Divided by the characters that a token stands for, the losses have one unit and can be compared.",
                correct=True,
            ),
            Choice(
                "B: its perplexity is lower.",
                "Its perplexity is far higher, e to the 4.0 against e to the 0.9. Perplexity is per token as well.",
            ),
            Choice(
                "One cannot say with different tokenizers.",
                "Per token one cannot. But both give the same book a probability, and that has no tokens in it.",
            ),
        ],
    ),
    Question(
        "In span corruption, a sentinel stands for a whole span. What does the model have to find out that BERT is "
        "told?",
        [
            Choice(
                "Where words are missing.",
                "The sentinels in the source say that, as the masks do for BERT.",
            ),
            Choice(
                "How many words are missing in each place.",
                "BERT sees one mask for each word; a sentinel may stand for one word or for five.",
                correct=True,
            ),
            Choice(
                "Which share of the words is missing in the whole text.",
                "The share is the same in every text, fifteen in a hundred, in both cases.",
            ),
            Choice(
                "Which of the words it sees are strangers.",
                "In span corruption there are no strangers: what the encoder reads is the true text.",
            ),
        ],
    ),
    Question(
        "Documents are packed into rows without a document mask. What can a causal model do about the strangers before "
        "its document?",
        [
            Choice(
                "Nothing: what it attends to is fixed by the mask.",
                "The mask says where it *may* look. Where it does look, queries and keys decide, and those are "
                "learned.",
            ),
            Choice(
                "It can learn not to look behind the last `<bos>`, which takes some training.",
                "The mark is there to be used. In our runs this was learned, but later than the rest, and the mask "
                "gave it for free.",
                correct=True,
            ),
            Choice(
                "They help it, since every context makes a prediction better.",
                "Another document's names are no news about this one. While it learns, the model takes them for some.",
            ),
            Choice(
                "It forgets them by itself: attention reaches only a few tokens back.",
                "Attention reaches over the whole row, as far back as the context goes.",
            ),
        ],
    ),
]
