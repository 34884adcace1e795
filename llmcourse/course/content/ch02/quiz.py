"""The quiz of notebook 02."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A byte-level BPE tokenizer was trained on English only. What does it do with a text in Greek?",
        [
            Choice(
                "It puts `<unk>` in the place of each Greek word.",
                "A word tokenizer would. Here every byte is a token, so there is nothing that cannot be written.",
            ),
            Choice(
                "It writes the text exactly, at about two tokens for each letter.",
                "A Greek letter is two bytes in UTF-8, and no merge has ever joined them. Nothing is lost, but it is "
                "dear.",
                correct=True,
            ),
            Choice(
                "It fails with an error, since the letters are not in its vocabulary.",
                "The letters are not, but their bytes are: 256 tokens cover every text that UTF-8 can write.",
            ),
            Choice(
                "It needs about as many tokens as for the same text in English.",
                "English words are a token or two because they were frequent in training. Greek was not there to be "
                "merged.",
            ),
        ],
    ),
    Question(
        "How does BPE encode a new word?",
        [
            Choice(
                "It takes the longest token that fits, from left to right.",
                "That is another algorithm (WordPiece does so). BPE would find `l` `ow` where this finds `lo` `w`.",
            ),
            Choice(
                "It looks for the cut with the fewest tokens.",
                "Often it finds it, but nobody looks for it: the merges are done in a fixed order, come what may.",
            ),
            Choice(
                "It repeats the merges of its training in the order in which they were learned.",
                "Rank 0 first, wherever it stands, until no pair is left that was ever merged.",
                correct=True,
            ),
            Choice(
                "It counts pairs in the new text and merges the most frequent one.",
                "Counting belongs to training. Afterwards the merges are fixed, or the same word would get other ids "
                "in every text.",
            ),
        ],
    ),
    Question(
        "Model A loses 0.7 nats per token with a character tokenizer, model B 2.1 nats per token with BPE, on the same "
        "text. Which one predicts the text better?",
        [
            Choice(
                "A, since its loss is lower.",
                "It is lower for each token, but A has to pay for every single letter.",
            ),
            Choice(
                "B, since it has the larger vocabulary.",
                "A larger vocabulary makes tokens longer. Whether the model predicts better is another question.",
            ),
            Choice(
                "They are equal, since the loss is measured in nats in both cases.",
                "The unit is the same, and what it is counted per is not: a token here is not a token there.",
            ),
            Choice(
                "One cannot tell before each loss is multiplied by the tokens per character.",
                "With four characters a token, B pays 2.1 / 4 = 0.53 nats a character, less than A's 0.7. With two it "
                "would pay 1.05, and more.",
                correct=True,
            ),
        ],
    ),
    Question(
        "Why is it hard for a language model to count the letters of a word?",
        [
            Choice(
                "The letters are lost in tokenization.",
                "Nothing is lost, or decoding could not give the word back. The letters can be learned, token by "
                "token.",
            ),
            Choice(
                "It is given numbers that do not show what they are spelled with, and must learn that for each token "
                "by itself.",
                "The id of `berry` has no r in it. That there are two is a fact to be learned, like any other.",
                correct=True,
            ),
            Choice(
                "Neural networks cannot add.",
                "The probe of this chapter does nothing but add, and counts without a mistake from characters.",
            ),
            Choice(
                "Words such as strawberry are too rare in training texts.",
                "Rare words are cut into short and frequent pieces, which is easier here, not harder. The frequent "
                "word is the opaque one.",
            ),
        ],
    ),
    Question(
        "Your program puts a user's text between `<bos>` and `<eos>`, and the user types `<eos>`. What should the "
        "tokenizer do?",
        [
            Choice(
                "Make it the special token, since that is how it is spelled.",
                "Then any user could end the document, or open a new one in another's name.",
            ),
            Choice(
                "Leave it out, since it is not a part of a text.",
                "It is a part of this text, and a course about tokenizers has to be able to write it.",
            ),
            Choice(
                "Encode it as ordinary characters: special tokens are put in by the program, never read from a text.",
                "So the same five characters can stand in a text and mean nothing but themselves.",
                correct=True,
            ),
        ],
    ),
]
