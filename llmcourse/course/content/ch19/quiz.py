"""Quiz of notebook 19."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A GPT with 1 billion parameters is trained on 20 billion tokens of short texts. About how many operations?",
        [
            Choice(
                "2 · 10^19: one for each parameter and token.",
                "A weight is multiplied and added, two operations, in the forward pass alone; the backward pass needs "
                "four more.",
            ),
            Choice(
                "1.2 · 10^20: six for each parameter and token.",
                "Two in the forward pass and four in the backward pass: 6·N·D.",
                correct=True,
            ),
            Choice(
                "That depends on the batch size.",
                "The batch size decides how many tokens a step takes, and so how many steps there are. The product "
                "stays the same.",
            ),
        ],
    ),
    Question(
        "You double the batch. Which part of the memory of a training step doubles?",
        [
            Choice("All of it.", "Weights, gradients and moments belong to the model; they do not know the batch."),
            Choice(
                "The activations.",
                "What the forward pass keeps is kept for each token. The rest depends on the parameters only.",
                correct=True,
            ),
            Choice(
                "The gradients.",
                "There is one gradient for each parameter, summed over the batch, however large that is.",
            ),
        ],
    ),
    Question(
        "What does checkpointing of activations change?",
        [
            Choice(
                "The gradients become approximate.",
                "What is computed a second time is the same as the first time, bit for bit. So are the gradients.",
            ),
            Choice(
                "A little less work, a little more memory.",
                "The other way round: the forward pass of the blocks is done twice so that less has to be kept.",
            ),
            Choice(
                "About a third more work, and far less memory.",
                "A step is forward plus two forwards' worth of backward; another forward makes four parts of three.",
                correct=True,
            ),
        ],
    ),
    Question(
        "Nine runs on stories were fitted with E free. The fit said that E is near 0, and its error was small. Why is "
        "that no discovery?",
        [
            Choice(
                "All runs lay far above the floor, where a curve that ends at 0 and one that ends at 0.45 look alike.",
                "E is what is left when the other two terms are gone. Where they have not gone, the runs say little "
                "about it.",
                correct=True,
            ),
            Choice(
                "The fit has a bug: E must come out right if the error is small.",
                "A small error says that the curve passes near the points, and nothing about where there are none.",
            ),
            Choice(
                "Stories have no floor.",
                "They have: choices in them are drawn by lot. The world knows it: 0.45 nats per token.",
            ),
        ],
    ),
    Question(
        "Two teams train the same model on the same tokens, and one reports ten times the carbon. What can explain it?",
        [
            Choice(
                "Only a mistake: the same operations take the same energy.",
                "Operations per joule differ several times between chips, and grams per kilowatt-hour by more than ten "
                "between grids.",
            ),
            Choice(
                "The chips, the data centre, and above all the grid.",
                "Each is a factor in the product, and the grid's alone varies by more than ten between countries.",
                correct=True,
            ),
            Choice(
                "The random seed.",
                "The seed changes the weights in the end, and not the number of operations.",
            ),
        ],
    ),
]
