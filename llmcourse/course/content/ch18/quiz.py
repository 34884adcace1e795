"""Quiz of notebook 18."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "You turn the KV cache on. What happens to the greedy text?",
        [
            Choice(
                "It becomes a little worse: kept keys are older than fresh ones.",
                "A token's keys and values depend on nothing that comes after it. Computed anew they would be the same "
                "numbers.",
            ),
            Choice(
                "It stays the same; only the work is less.",
                "What is kept is exactly what would be computed again.",
                correct=True,
            ),
            Choice(
                "It stays the same for the first words, and then drifts away.",
                "Nothing accumulates: each key is computed once from its own token and those before it, and never "
                "changed.",
            ),
        ],
    ),
    Question(
        "A step with one text takes 20 ms on a machine where memory sets the bound. About how long does a step with "
        "eight texts take?",
        [
            Choice(
                "160 ms: eight times the work.",
                "Eight times the arithmetic, yes. But the time goes into fetching the weights, and they are fetched "
                "once for all eight.",
            ),
            Choice(
                "2.5 ms: the texts share the work.",
                "A step for eight texts cannot be faster than one for a single text; all the weights have to come "
                "anyway.",
            ),
            Choice(
                "Not much more than 20 ms.",
                "The weights are fetched once and used eight times. Only when arithmetic becomes the bound does the "
                "time grow with the batch.",
                correct=True,
            ),
        ],
    ),
    Question(
        "Speculative decoding with a very bad draft: what do you get?",
        [
            Choice(
                "Bad text, quickly.",
                "The judge refuses what does not fit, and draws from what is missing. The text is the large model's "
                "own.",
            ),
            Choice(
                "The large model's text, more slowly than without.",
                "Nearly everything is refused, so each call still gives one token, and the drafts were for nothing.",
                correct=True,
            ),
            Choice(
                "A text somewhere between the two models.",
                "That would be so without the judge. With it, the distribution is exactly the large model's, "
                "whatever the draft is.",
            ),
            Choice(
                "An error when the draft gives a token the probability 0.",
                "Such a token is never drafted; if the large model wants it, it comes from the missing part p - q.",
            ),
        ],
    ),
    Question(
        "Why does a matrix get one scale for each row, rather than a single one?",
        [
            Choice(
                "One large weight would make the steps wide for all, and small weights would be rounded to nothing.",
                "With a scale of its own, a row pays only for its own largest weight.",
                correct=True,
            ),
            Choice(
                "It saves room.",
                "It takes more: a float for each row instead of one for the matrix. That is little beside the weights.",
            ),
            Choice(
                "Because each row belongs to another token.",
                "A row of a weight belongs to an output of the layer; the same rows serve all tokens.",
            ),
        ],
    ),
]
