"""A text and the number of its class: what a classifier learns from."""

from typing import NamedTuple


class Labelled(NamedTuple):
    """`kind` says, where somebody knows, what sort of text it is; no model is shown it."""

    text: str
    label: int
    kind: str = ""
