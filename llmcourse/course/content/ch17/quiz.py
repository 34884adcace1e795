"""The quiz of notebook 17."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A model gives wrong words one part in a thousand at every place. You draw texts of 60 words at temperature 1. "
        "About how many of them have a wrong word somewhere?",
        [
            Choice(
                "One in a thousand.",
                "That is the risk of a single word. A text takes it sixty times over.",
            ),
            Choice(
                "Six in a hundred.",
                "0.999 to the power of 60 is about 0.94. Small risks add up along a text, which is why the tail of a "
                "distribution matters more than a single draw would tell.",
                correct=True,
            ),
            Choice(
                "None, since the likeliest word is always right.",
                "The likeliest word may be; but at temperature 1 other words are drawn as often as their probability "
                "says.",
            ),
            Choice(
                "Half of them.",
                "For that, a wrong word would have to have about 1.2% at every place.",
            ),
        ],
    ),
    Question(
        "At one place ten words have 10% each; at another, one word has 97% and the rest share 3%. Which cut lets all "
        "ten through at the first, and only the one at the second?",
        [
            Choice(
                "Top-k with k = 10.",
                "All ten get through at the first place, but at the second nine unlikely ones do as well.",
            ),
            Choice(
                "Top-p with p = 0.5.",
                "At the second place it keeps one word. At the first it stops after five, of ten that are equally "
                "good.",
            ),
            Choice(
                "Min-p with p = 0.1.",
                "It asks for a tenth of the likeliest: 1% at the first place and 9.7% at the second.",
                correct=True,
            ),
            Choice(
                "Temperature 0.1.",
                "A temperature rules nothing out; it only makes the likely likelier. Equal ones stay equal.",
            ),
        ],
    ),
    Question(
        "You add 5 to all logits of a model that you use with a repetition penalty. What changes?",
        [
            Choice(
                "Nothing: the softmax takes no notice of it.",
                "The softmax does not. But the penalty divides positive logits and multiplies negative ones, and "
                "which is which has just changed.",
            ),
            Choice(
                "The penalty acts differently, though the model means the same.",
                "Logits of 6 and 5 divided by 2 are 3 and 2.5; logits of 1 and 0 become 0.5 and 0. The method depends "
                "on a number that means nothing, so its settings cannot be carried from model to model.",
                correct=True,
            ),
            Choice(
                "All tokens become likelier.",
                "They cannot: probabilities sum to 1, and the same number added to all logits leaves each as it is.",
            ),
        ],
    ),
    Question(
        "Beam search with a very large width finds the likeliest text. Why do people not use it for stories?",
        [
            Choice(
                "It is too slow: the width multiplies the work.",
                "That costs, but it is not the reason. Where there is one right answer, such as in translation, it is "
                "paid gladly.",
            ),
            Choice(
                "The likeliest text is untrue.",
                "Not here: what the search found was a story of the world, and so was what greedy wrote.",
            ),
            Choice(
                "The likeliest text is a single one, and not like most: a story's choices are drawn by lot, and always "
                "taking the likeliest is not how any story comes about.",
                "Its diversity is 0. Ordinary stories take a less likely turn every few words, and all of them "
                "together hold nearly all of the probability.",
                correct=True,
            ),
        ],
    ),
    Question(
        "You forbid some words by a mask at every step, and compare with drawing texts freely and keeping those that "
        "have none of these words. What is the difference?",
        [
            Choice(
                "None: both are the model's texts without the words.",
                "Both have none of the words. But the mask acts too late: beginnings that lead to a forbidden word are "
                "written as often as ever, and then end as well as they can.",
            ),
            Choice(
                "The masked texts have beginnings that would have led to the words, and are forced to go on without "
                "them.",
                "So they are distorted, and here often untrue. Weighing each text by what the mask let through puts it "
                "right; so does drawing freely and keeping, which costs more draws.",
                correct=True,
            ),
            Choice(
                "The mask is slower.",
                "It is the quicker of the two: no draw is thrown away.",
            ),
        ],
    ),
]
