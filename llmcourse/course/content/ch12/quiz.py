"""The quiz of notebook 12."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A new head is put on a pretrained GPT, and only the head is trained. Which tasks can it learn well?",
        [
            Choice(
                "All that the whole model could learn, only more slowly.",
                "The head is one matrix. What the vector that it reads does not say, no matrix can get out of it, "
                "however long it is trained.",
            ),
            Choice(
                "Those whose answer can be read off the last word's vector by weighing its numbers.",
                "A linear head draws one flat boundary through the vectors. Whatever pretraining has put on two sides "
                "of such a boundary is learned from few labels; the rest is not.",
                correct=True,
            ),
            Choice(
                "None: a head that starts at zero gets no gradient.",
                "The head's own gradient is the error times the vector that it reads, and neither is zero. Only the "
                "gradient for what lies below the head is zero, in the first step.",
            ),
            Choice(
                "Only predicting the next word, since that is what the model was trained for.",
                "The vector at the last word holds a lot that helps to predict the next one, feelings among it. That "
                "can be read for other ends.",
            ),
        ],
    ),
    Question(
        "Your classifier is right on 97% of new texts. What do you have to know before you call that good?",
        [
            Choice(
                "The loss on the training texts.",
                "It can be almost zero for a model that has learned its few texts by heart and knows nothing else.",
            ),
            Choice(
                "How many parameters it has.",
                "That says what it costs, not what it can do. A bag of words with few parameters may do as well.",
            ),
            Choice(
                "What counting words, or always naming the larger class, reaches on the same texts.",
                "If the baseline has 96%, most of the 97% was in the words. If it has 70%, the model has learned "
                "something that counting cannot.",
                correct=True,
            ),
            Choice(
                "Whether the confusion matrix is symmetric.",
                "Whether two errors are equally frequent matters for their use. It does not say whether the task "
                "was hard.",
            ),
        ],
    ),
    Question(
        "What does fine-tuning on a new task do to the loss on the pretraining task?",
        [
            Choice(
                "It falls: more training makes a better model.",
                "Better at what it is trained on now. Nothing in the new loss rewards saying the right next word.",
            ),
            Choice(
                "It rises, the more the further the weights are moved; with frozen layers it stays what it was.",
                "The old task is no longer asked for, so nothing protects it. Slower rates for lower layers move less "
                "of what the old task needs.",
                correct=True,
            ),
            Choice(
                "Nothing: the new head takes all of the change.",
                "That is so only if the rest is frozen. Otherwise the gradient goes through the head into all layers.",
            ),
            Choice(
                "It jumps to that of an untrained model after the first step.",
                "A step of fine-tuning moves each weight very little. Forgetting is gradual, which is why a short run "
                "with small rates forgets so little.",
            ),
        ],
    ),
    Question(
        "A classifier says 99% for nearly every text, and is right on 70% of them. What mends the 99%, and what not?",
        [
            Choice(
                "Divide its logits by a temperature fitted on labelled texts that it has not learned from; no guess "
                "changes by that.",
                "All logits are divided by the same number, so the largest stays the largest. The confidence becomes "
                "honest, the 70% stay 70%.",
                correct=True,
            ),
            Choice(
                "Train it longer on the same texts, until it is sure for good reasons.",
                "It is so sure because it knows those texts by heart. More training makes it surer still.",
            ),
            Choice(
                "Fit the temperature on the texts that it was trained on.",
                "On those it is right nearly always, so being sure pays. The temperature would come out near 1 or "
                "below.",
            ),
            Choice(
                "Call a guess positive only above 99%.",
                "A threshold chooses which guesses you act on. The numbers still do not mean what they say.",
            ),
        ],
    ),
]
