"""The quiz of notebook 14."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "LoRA trains 2% of a model's parameters. Which part of a training step shrinks to about 2%?",
        [
            Choice(
                "The time that it takes.",
                "The forward pass is as long as ever, and gradients still have to flow back through every layer above "
                "the lowest LoRA. Only the gradients of the frozen weights are saved: a third at best.",
            ),
            Choice(
                "What the optimizer remembers, and the gradients of the weights.",
                "Both have one or two numbers for each *trained* parameter, and none for a frozen one. With AdamW that "
                "is three quarters of what the weights and all that hangs on them need.",
                correct=True,
            ),
            Choice(
                "The activations that are kept for the backward pass.",
                "Most are still needed: to send the gradient through a frozen layer, what went into the activation "
                "functions and the softmax must be known.",
            ),
            Choice(
                "The number of labelled texts that it needs.",
                "Fewer trained numbers can overfit less, but nothing makes a fiftieth of the texts enough.",
            ),
        ],
    ),
    Question(
        "LoRA starts with A at random and B at zero. Why not both at zero?",
        [
            Choice(
                "The output would be zero at first.",
                "It would be the frozen layer's output, with B at zero alone as well as with both: that is wanted.",
            ),
            Choice(
                "Neither would ever get a gradient, and nothing would be learned.",
                "The gradient of B is a product with A x, the gradient of A one with B. With both at zero both are "
                "zero, and stay so.",
                correct=True,
            ),
            Choice(
                "The scale α/r would divide by zero.",
                "r is the rank, the number of rows of A. It does not depend on what stands in them.",
            ),
            Choice(
                "Both could be at zero; the random numbers only make it faster.",
                "Try it: after any number of steps the model is the one that you began with.",
            ),
        ],
    ),
    Question(
        "A LoRA of rank 16 is put on a linear layer that leads from 768 numbers to 2. What does it train?",
        [
            Choice(
                "Fewer numbers than the layer has: LoRA always saves.",
                "The layer has 768 · 2 = 1,536 weights. Count what the two matrices have.",
            ),
            Choice(
                "16 · (768 + 2) = 12,320 numbers, eight times as many as the layer itself.",
                "A product of two matrices is small only if its rank is: r · (n_in + n_out) against n_in · n_out. And "
                "no change of this layer has a rank above 2.",
                correct=True,
            ),
            Choice(
                "16 · 768 · 2 = 24,576 numbers.",
                "That would be sixteen layers. A is 16 × 768 and B is 2 × 16.",
            ),
        ],
    ),
    Question(
        "You hold a LoRA file of 100 kB. What else do you need to use it?",
        [
            Choice(
                "Nothing: the file is the model.",
                "It holds corrections to matrices that are not in it.",
            ),
            Choice(
                "Any model of the same shape.",
                "The shapes would fit, and the corrections would be to other weights than those they were learned for: "
                "noise. That is why the file knows a hash of its base.",
            ),
            Choice(
                "The very model that it was trained on.",
                "The output is W x plus a correction of just this W x. One base of gigabytes serves any number of such "
                "files.",
                correct=True,
            ),
            Choice(
                "The texts that it was trained on.",
                "What was learned from them is in A and B.",
            ),
        ],
    ),
    Question(
        "Which of these can be merged into the weights, so that it costs nothing when the model is used?",
        [
            Choice(
                "A bottleneck adapter.",
                "Between its two matrices stands an activation function: no single matrix does the same.",
            ),
            Choice(
                "LoRA.",
                "x Wᵀ + s · x Aᵀ Bᵀ is x (W + s · B A)ᵀ: linear beside linear is linear.",
                correct=True,
            ),
            Choice(
                "A prefix.",
                "Its keys and values stand beside those of the text, and take part in every softmax anew.",
            ),
        ],
    ),
]
