"""The quiz of notebook 03."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A model reads a text in which 40 different words occur, out of a vocabulary of 336, and takes one step of "
        "training. Which rows of its input table get a gradient?",
        [
            Choice(
                "All 336.",
                "That is so for the output table, where every word competes at every position. In a look-up, "
                "a row that was not read has no part in the result.",
            ),
            Choice(
                "Those of the 40 words that were read.",
                "One-hot vectors are 0 everywhere else, so nothing flows back to the other rows. A rare word learns "
                "rarely.",
                correct=True,
            ),
            Choice(
                "Only the row of the last word, which is the one that was predicted.",
                "The loss is taken at every position, and each position's vector came out of the input table.",
            ),
            Choice(
                "None: ids are integers, and one cannot take a derivative by them.",
                "True of the ids, and it is the rows that are learned, not the ids.",
            ),
        ],
    ),
    Question(
        "A query at position 7 and a key at position 4 have the score 0.3 under rotary positions. The same two vectors "
        "stand at 107 and 104. What is the score?",
        [
            Choice(
                "0.3.",
                "Both are turned by the same further angle, and a dot product does not change when both vectors turn "
                "together. What counts is the distance, 3.",
                correct=True,
            ),
            Choice(
                "Less: farther out in the text everything is weaker.",
                "A turn keeps lengths, so nothing gets weaker with the position. And the distance is still 3.",
            ),
            Choice(
                "It depends on what is learned for the positions 107 and 104.",
                "Nothing is learned for a position here; the angles are fixed.",
            ),
            Choice(
                "0.3 plus a hundred times the angle.",
                "The angles of query and key both grow by that, and only their difference enters the score.",
            ),
        ],
    ),
    Question(
        "A GPT-2 with learned positions was trained on texts of up to 1,024 tokens. Its table is made "
        "longer, to 2,048. How does it read the second half of a long text?",
        [
            Choice(
                "As well as the first: the vectors continue the pattern of those before.",
                "No pattern is continued. Each row is free, and learns only from tokens that stood at its position.",
            ),
            Choice(
                "With vectors that are still the random numbers they began with.",
                "No text ever reached these rows, so no gradient did. Here such a model fell to about guessing right "
                "behind its trained length.",
                correct=True,
            ),
            Choice(
                "A little worse with every token, since attention is spread over more of them.",
                "That happens too, slowly. The positions break at once, at the first one never trained.",
            ),
            Choice(
                "As a bag of words: for all new positions the vectors are zero.",
                "Even zeros would have to be something the model was trained with. They are random numbers.",
            ),
        ],
    ),
    Question(
        "king - man + woman gives a vector whose nearest word, other than the three, is queen. What does that show?",
        [
            Choice(
                "That meaning is arithmetic: the model has a direction for gender.",
                "It may have one. But if queen is the nearest neighbour of king anyway, one gets there without any "
                "arithmetic. The share right without it has to stand beside the share with it.",
            ),
            Choice(
                "Little, until one knows how often the nearest neighbour alone would have been right.",
                "Leaving out the three words does much of the work: what is left nearest is often the answer.",
                correct=True,
            ),
            Choice(
                "Nothing: such examples are always invented.",
                "They are not. Some relations do come out as directions, on some tables. It takes measuring.",
            ),
        ],
    ),
    Question(
        "A decoder without any positions, with two layers, names the last name right far more often than the "
        "most frequent name is. How can that be?",
        [
            Choice(
                "The names are embedded in the order in which they came.",
                "An embedding is the same wherever its token stands.",
            ),
            Choice(
                "The causal mask: a token sees how many others it sees, and the next layer can use that.",
                "The first token sees one, the tenth ten. So the first layer can write a trace of the "
                "position into each token, and the second can read it.",
                correct=True,
            ),
            Choice(
                "Each layer has positions of its own.",
                "It has none; that was the setting. What differs from position to position is what a token may see.",
            ),
            Choice(
                "It learned the training rows by heart.",
                "It was asked about new rows, drawn by lot. There was nothing to remember.",
            ),
        ],
    ),
]
