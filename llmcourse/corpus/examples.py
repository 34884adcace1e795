"""The few stories that run through the whole course, so that a reader gets to know them."""

RING = (
    "Mia the baker lived near the mill. One cold morning she walked to the river. There she lost her golden ring. "
    "She was sad and looked for it everywhere. Tom the sailor came by with a brown dog. The sailor looked under a "
    "stone and found the golden ring. Tom gave it back to Mia. Mia was happy in the end. Who lost the ring? Mia."
)

APPLES = (
    "A pilot lived near the old tower. One sunny evening she went to the market. She had six apples in her basket. "
    "Ben the painter gave her three more, so she had nine apples. Then the pilot sold two, and there were seven. The "
    "pilot smiled all the way home. How many apples were there at the end? Seven."
)

FOX = (
    "Near the lake lived a teacher named Leo. After lunch he ran to the forest. There he saw a gray fox. It was "
    "cold and sat near the well. Leo put a green blanket around the gray fox. He named it Pip, and Pip came home "
    "with him. Leo was not gloomy at all. What was the name of the fox? Pip."
)

STORIES = {"ring": RING, "apples": APPLES, "fox": FOX}
