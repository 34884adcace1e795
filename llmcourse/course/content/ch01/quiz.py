"""The quiz of notebook 01."""

from llmcourse.course.quizzes import Choice, Question

QUIZ = [
    Question(
        "A filter removes 100 pages. 80 of them were spam; 20 further spam pages are still there. What are its "
        "precision and its recall?",
        [
            Choice(
                "80% and 80%.",
                "Of 100 removed, 80 rightly: precision 80%. Of 100 spam pages in all, 80 were caught: recall 80%.",
                correct=True,
            ),
            Choice(
                "80% and 20%.",
                "20 pages were missed, but recall counts those that were caught: 80 of the 100 there were.",
            ),
            Choice(
                "100% and 80%.",
                "A precision of 100% would mean that nothing good was removed. Twenty pages were.",
            ),
            Choice(
                "It cannot be said without the number of all pages.",
                "Neither of the two needs it. Precision looks at what was removed, recall at what should have been.",
            ),
        ],
    ),
    Question(
        "Why is mojibake repaired before characters are normalized with NFKC?",
        [
            Choice(
                "Because normalizing is slower, and should run on fewer pages.",
                "Both run on every page that has anything but ASCII. The reason is not time.",
            ),
            Choice(
                "Because NFKC rewrites the odd characters by which wrong decoding can be recognized and undone.",
                "The trade mark sign of â€™ becomes two letters, for one. What is left can no longer be turned back "
                "into the bytes from which it came.",
                correct=True,
            ),
            Choice(
                "Because NFKC would decode the text a second time, and twice is once too often.",
                "NFKC decodes nothing. It replaces characters by others that mean the same.",
            ),
            Choice(
                "The order does not matter, as each step leaves alone what the other one changes.",
                "They work on the very same characters. Section 3 counts the pages that the wrong order loses.",
            ),
        ],
    ),
    Question(
        "Two pages tell one story, on two different sites. Why does a hash of the page not find that out?",
        [
            Choice(
                "Because a hash of a long text is not reliable.",
                "It is: equal inputs have equal hashes, however long. These two inputs are not equal.",
            ),
            Choice(
                "Because menus, session numbers and footers differ, and one different character changes the hash.",
                "A hash knows only equal and not equal. So the frame has to go first, and for what differs a little "
                "one needs shingles.",
                correct=True,
            ),
            Choice(
                "Because hashes of two sites are kept in two tables.",
                "They all go into one table. The trouble is in what goes into the hash.",
            ),
            Choice(
                "Because Python salts its hashes anew in each run.",
                "So it does, and that is a reason to use another function. But within one run equal texts would still "
                "have equal hashes.",
            ),
        ],
    ),
    Question(
        "You keep 128 numbers for each text and go from 32 bands of 4 to 16 bands of 8. What happens?",
        [
            Choice(
                "Nothing: 128 numbers are compared in both cases.",
                "How they are grouped decides who meets. All numbers of a band have to agree, and eight agree more "
                "rarely than four.",
            ),
            Choice(
                "More pairs become candidates, and more copies are found.",
                "It goes the other way: longer bands are harder to match, and there are fewer of them.",
            ),
            Choice(
                "Fewer pairs become candidates, and copies that were edited more are lost.",
                "The S-curve moves to the right: only texts that are very much alike still meet.",
                correct=True,
            ),
            Choice(
                "The estimate of each similarity gets more precise.",
                "The estimate comes from all 128 numbers, whichever way they are cut.",
            ),
        ],
    ),
    Question(
        "A model's test loss is much lower than last year's. Then you learn that a third of the test set was in the "
        "crawl. What can you say?",
        [
            Choice(
                "The model is better all the same: it has learned those texts.",
                "By heart, perhaps. Whether it does better on texts it has never seen is just what the number no "
                "longer tells.",
            ),
            Choice(
                "Nothing yet: look at the loss on test texts that were not in the crawl.",
                "Split the test set by what leaked. The part that did not leak still measures what a test is for.",
                correct=True,
            ),
            Choice(
                "Nothing is wrong, since the model saw no answers, only texts.",
                "For a language model the text is the answer: every next word of it.",
            ),
            Choice(
                "Take the mean of this year's loss and last year's.",
                "A mean of a sound number and a spoiled one is a spoiled number.",
            ),
        ],
    ),
]
