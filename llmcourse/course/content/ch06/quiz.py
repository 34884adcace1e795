"""The quiz of notebook 06."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "In a pre-norm block, what reaches the input of the next block if attention and feed-forward both say 0?",
        [
            Choice(
                "x itself, unchanged.",
                "Each part only adds. When it has nothing to say, the page goes on as it was, and so does the gradient "
                "on its way back.",
                correct=True,
            ),
            Choice(
                "0: nothing goes in, so nothing comes out.",
                "That is so without residual connections, where each part replaces what was there.",
            ),
            Choice(
                "x, normalized.",
                "That is post-norm, where the sum goes through the norm. In pre-norm only the copies are normalized "
                "that the parts read.",
            ),
            Choice(
                "The mean of the tokens before it.",
                "Attention takes means, but here it says 0, and the feed-forward layer never sees other tokens.",
            ),
        ],
    ),
    Question(
        "A vector goes through LayerNorm, with scale 1 and no shift. You add 5 to each of its numbers, and then "
        "multiply all by 3. What comes out?",
        [
            Choice(
                "The same as before.",
                "The mean takes the 5 away, and the standard deviation takes the 3. What a norm lets through is the "
                "pattern.",
                correct=True,
            ),
            Choice(
                "Three times what came out before.",
                "The standard deviation is three times as large too, and it is what everything is divided by.",
            ),
            Choice(
                "Something else, since 5 was added: nothing is subtracted.",
                "That is RMSNorm, which only scales. LayerNorm subtracts the mean first.",
            ),
            Choice(
                "It depends on the other vectors of the batch.",
                "That is batch normalization. LayerNorm looks at one vector of one token, and at nothing else.",
            ),
        ],
    ),
    Question(
        "A neuron of the last feed-forward layer fires before every place name, and nowhere else. You silence it. What "
        "does the model do before place names?",
        [
            Choice(
                "It can no longer name a place there.",
                "It may, but it does not follow. In our model the clearest neuron could be spared, because others "
                "write the same.",
            ),
            Choice(
                "One has to try. Firing at the right moment does not prove that it is needed.",
                "Just so. When a neuron fires, what it writes, and whether it is needed are three questions; the third "
                "takes an intervention.",
                correct=True,
            ),
            Choice(
                "Nothing changes, since single neurons never matter.",
                "Some do: you have seen neurons whose loss costs a lot before their own kind of word. One has to try.",
            ),
            Choice(
                "It names a place everywhere.",
                "That would be the effect of turning it *on* everywhere, as at the beginning of this chapter.",
            ),
        ],
    ),
    Question(
        "The relu is taken out of a feed-forward layer with d_model = 64 and d_ff = 256. What is left?",
        [
            Choice(
                "A layer with the same power, only faster.",
                "Two linear maps in a row are one linear map, and a linear map cannot keep one key from stirring "
                "another's neuron.",
            ),
            Choice(
                "A single 64 × 64 matrix: the 256 neurons are no use any more.",
                "down · up is one matrix. The relu is what lets each neuron decide whether it is meant.",
                correct=True,
            ),
            Choice(
                "A layer that lets tokens see each other.",
                "No feed-forward layer does that, with or without relu. Each position works on its own.",
            ),
            Choice(
                "A layer that cannot have a gradient.",
                "A linear map has a perfectly good gradient. What it lacks is a way to say 'not meant'.",
            ),
        ],
    ),
    Question(
        "You train 100 layers, pre-norm, and the loss falls. A friend removes all norms and gets NaN in the third "
        "step. What happened first?",
        [
            Choice(
                "The numbers in the stream grew with every block, until a float could not hold them.",
                "Each part adds something as large as what it reads. With a norm in front, that is 1; without, it is "
                "as large as the page, which so doubles and doubles.",
                correct=True,
            ),
            Choice(
                "The model learned the stories by heart.",
                "Then its training loss would be small, not NaN; and not after three steps.",
            ),
            Choice(
                "The attention weights no longer sum to 1.",
                "The softmax sees to that, whatever its input, as long as that is a number.",
            ),
            Choice(
                "The relu died.",
                "Dead neurons give 0, never NaN. Look at the size of the stream, block by block.",
            ),
        ],
    ),
]
