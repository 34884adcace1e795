"""The quiz of notebook 00."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "What does a language model compute from the beginning of a text?",
        [
            Choice(
                "The sentence that comes next.",
                "Sentences are what you make of it. The model gives one word's probabilities at a time; a sentence "
                "comes from drawing a word, adding it, and asking again.",
            ),
            Choice(
                "A probability for each word of its vocabulary to come next.",
                "All of them, at every step: thousands of numbers that sum to 1. Everything else is built from these.",
                correct=True,
            ),
            Choice(
                "The word that comes next.",
                "It computes numbers for all words. Which one is taken is decided afterwards, and may be left to "
                "chance.",
            ),
            Choice(
                "Whether the text is true.",
                "It is asked how a text of its kind goes on. What is likely and what is true often agree, and there "
                "is nothing that makes them.",
            ),
        ],
    ),
    Question(
        "In the story world a perfect model still has a loss above 0. Why?",
        [
            Choice(
                "Computers round their numbers.",
                "They do, and it costs less than a millionth here. The rest would remain with exact numbers too.",
            ),
            Choice(
                "A perfect model would need endless training.",
                "The world's own probabilities *are* a perfect model, with no training at all, and they have this "
                "loss.",
            ),
            Choice(
                "The stories are drawn by chance: even who knows the rules cannot know which way the next draw falls.",
                "This is the entropy of the world, the floor under every loss in this course. Only what is certain "
                "costs nothing.",
                correct=True,
            ),
            Choice(
                "The vocabulary is larger than the number of words in a story.",
                "Words that cannot come next get probability 0, and cost nothing. What costs is doubt among those "
                "that can.",
            ),
        ],
    ),
    Question(
        "A model has a perplexity of 4 on a text. What does that say?",
        [
            Choice(
                "It was wrong four times.",
                "Perplexity counts no mistakes: a model that gives the right word 51% and one that gives it 99% may "
                "both guess right every time, and differ in perplexity.",
            ),
            Choice(
                "On average it was as unsure as if it had to choose among four equally likely words.",
                "That is exactly e to the loss: for four equally likely words, the loss is ln 4.",
                correct=True,
            ),
            Choice(
                "It gave the right word a probability of 4%.",
                "The other way round: a probability of 1/4, 25%, at every word gives a perplexity of 4.",
            ),
            Choice(
                "It is four times worse than a perfect model.",
                "A perfect model's perplexity is not 1 either, as long as the text has any chance in it. Compare "
                "with the floor.",
            ),
        ],
    ),
    Question(
        "You ask a model twice for the rest of the same story, and get two different endings. What happened?",
        [
            Choice(
                "The model learned from your first question.",
                "Its weights stay as they are when you ask. Learning happens only in training.",
            ),
            Choice(
                "It gave the same probabilities both times; the words were drawn from them by chance.",
                "The model itself is a fixed function. With the same seed, or by always taking the likeliest word, "
                "you get the same story again.",
                correct=True,
            ),
            Choice(
                "One of the two endings must be a mistake of the model.",
                "Many endings can be right. In the world of this course you can look up the probability of both.",
            ),
            Choice(
                "The model is broken: a computer program must give the same answer.",
                "It does, if you fix the seed of its random numbers. The draw is wanted: always the likeliest word "
                "makes dull stories.",
            ),
        ],
    ),
]
