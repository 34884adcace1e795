"""The words that the story world draws from.

Each list is one *category*; a template such as ``{friend=names}`` draws from it, every word equally likely
unless :mod:`llmcourse.corpus.plots` says otherwise. Some words stand in two categories on purpose: a *bat* flies
or hits a ball, and *bank*, *bark* and *ring* have a second meaning too (see ``SENSES``).
"""

NAMES_SHE = ("Mia", "Anna", "Lily", "Rosa", "Nora", "Ella", "Zoe", "Ruth")
NAMES_HE = ("Tom", "Ben", "Max", "Sam", "Leo", "Jack", "Omar", "Finn")
JOBS = ("baker", "teacher", "nurse", "doctor", "farmer", "pilot")
FRIEND_JOBS = ("painter", "sailor", "singer", "gardener")

#: With the skew knob on, these jobs lean to "she" and all others to "he"; chapter 20 measures what a model learns.
SKEWED_TO_SHE = frozenset({"baker", "teacher", "nurse"})

HOMES = ("mill", "lake", "church", "harbor", "old tower", "castle", "station", "school")
PLACES = ("forest", "market", "garden", "river", "hill", "beach", "park", "barn", "village", "library")
SPOTS = (
    "under a stone",
    "behind a tree",
    "in the grass",
    "near the well",
    "below the bridge",
    "inside a box",
    "beside the gate",
    "on a bench",
)

THINGS = ("ring", "key", "hat", "ball", "book", "lamp", "map", "kite", "drum", "bat")
LOOKS = ("red", "blue", "green", "golden", "wooden", "silver")
ANIMALS = ("dog", "cat", "fox", "owl", "goat", "bat")
FLYERS = frozenset({"owl", "bat"})
COATS = ("white", "brown", "black", "gray")
PET_NAMES = ("Pip", "Moss", "Button", "Cloud", "Pepper", "Snow")
GOODS = ("apples", "pears", "plums", "eggs", "shells", "nuts", "roses", "stamps")

GLAD = ("happy", "glad", "cheerful", "merry")
SORRY = ("sad", "upset", "gloomy", "angry")

#: Number words; the position is the number, so ``NUMBERS[3] == "three"``.
NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip

#: Words with two meanings. Templates mark which is meant: ``bank~river``.
SENSES = {
    "bank": ("river", "money"),
    "bark": ("tree", "sound"),
    "bat": ("animal", "tool"),
    "ring": ("jewel", "sound"),
}

#: Category name (as templates write it) to (what kind of entity it makes, its words).
CATEGORIES = {
    "names": ("person", NAMES_SHE + NAMES_HE),
    "jobs": ("job", JOBS),
    "friend_jobs": ("job", FRIEND_JOBS),
    "workers": ("worker", JOBS),  # a person of whom only the job is told: "a baker"
    "homes": ("place", HOMES),
    "places": ("place", PLACES),
    "spots": ("spot", SPOTS),
    "things": ("thing", THINGS),
    "looks": ("look", LOOKS),
    "animals": ("animal", ANIMALS),
    "coats": ("look", COATS),
    "pets": ("pet name", PET_NAMES),
    "goods": ("goods", GOODS),
    "glad": ("feeling", GLAD),
    "sorry": ("feeling", SORRY),
}
