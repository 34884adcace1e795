"""The quiz of notebook 15."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "In instruction tuning, why are the words of the user not scored?",
        [
            Choice(
                "Because their loss cannot be computed.",
                "It can, and chapter 10 did: every word has a next one. We choose to leave it out.",
            ),
            Choice(
                "Because the model should learn to answer such texts, not to write them.",
                "What is scored is what is learned. The prompt is still read at every position of the reply.",
                correct=True,
            ),
            Choice(
                "Because a causal mask hides them from the reply.",
                "Then the model could not answer. The reply attends to the whole prompt; only its targets go.",
            ),
        ],
    ),
    Question(
        "A reward model gives every reply 5 more than it did yesterday. What changes?",
        [
            Choice(
                "Its loss: all rewards are too high now.",
                "The loss of Bradley and Terry sees differences only, and those are as before.",
            ),
            Choice(
                "Nothing that matters: only the differences between replies to the same prompt mean something.",
                "Readers have only ever said which of two they like better. There is no zero in that.",
                correct=True,
            ),
            Choice(
                "The best of n replies is another one.",
                "The reply with the highest reward still has the highest reward when all have grown by 5.",
            ),
            Choice(
                "A model that is trained with it moves five times as far.",
                "The same number added to all rewards does not favour any reply, so it pushes the model nowhere.",
            ),
        ],
    ),
    Question(
        "In DPO, what does a larger beta do?",
        [
            Choice(
                "It lets the model go farther from the reference.",
                "The other way round: with a large beta a small change of ln p is already a large reward.",
            ),
            Choice(
                "It makes a pair count as settled after a smaller change of the model.",
                "The reward is beta ln p / p_ref. The larger beta, the less has to change until a pair is settled: "
                "a short leash.",
                correct=True,
            ),
            Choice(
                "It is another name for the learning rate.",
                "A learning rate scales every step alike. Beta stands inside the sigmoid, and says when to stop.",
            ),
            Choice(
                "It weighs the chosen reply against the rejected one.",
                "Both are multiplied by the same beta; they count alike.",
            ),
        ],
    ),
    Question(
        "The reward rises with every round of training. What do you know about the replies?",
        [
            Choice(
                "They become better: that is what the reward measures.",
                "It measures what it was made to measure. Where that and quality part ways, training finds the place.",
            ),
            Choice(
                "They become shorter.",
                "Nothing in a reward says so. A reward that counts words makes them longer.",
            ),
            Choice(
                "That training works. Whether they are better has to be measured by something that is not trained on.",
                "A measure that is optimized stops being a good one. Keep another aside: here it is the world's judge.",
                correct=True,
            ),
        ],
    ),
]
