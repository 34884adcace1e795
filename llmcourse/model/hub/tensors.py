"""The names of a file, matched with the names of a table: every tensor has its place, and every place its tensor."""

from collections.abc import Collection
from fnmatch import fnmatchcase

from llmcourse.model.hub.entries import Entry, HubError
from llmcourse.model.hub.family import HubFamily


def match_names(family: HubFamily, table: list[Entry], names: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """(the name in the file for each of their names, the parts of our model that this architecture leaves out).

    Raises HubError for a tensor that is missing, and for one that has no place.
    """
    found = {official_name(name, family, table): name for name in names}
    parts = [part for part, prefix in family.optional if not any(name.startswith(prefix) for name in found)]
    left_out = tuple(prefix for part, prefix in family.optional if part in parts)
    places = {}
    for row in table:
        if row.theirs in found:
            places[row.theirs] = found[row.theirs]
        elif not (left_out and row.theirs.startswith(left_out)):
            raise missing(row.theirs, names)
    for official, name in found.items():
        ignored = any(fnmatchcase(official, pattern) for pattern in family.ignored)
        # A model with one table of words may have its second name in the file, too.
        if official not in places and not ignored and official != "lm_head.weight":
            raise HubError(f"the file holds {name!r}, for which a {family.model_type} of this config has no place")
    return places, parts


def official_name(name: str, family: HubFamily, table: list[Entry]) -> str:
    """A name as the table has it: with the prefix that files of a bare model leave out, and in today's spelling."""
    for old, new in family.renamed:
        if name.endswith(old):
            name = name.removesuffix(old) + new
    heads = {row.theirs.partition(".")[0] for row in table} | {"lm_head", "cls"}
    return name if name.partition(".")[0] in heads else family.prefix + name


def missing(name: str, names: Collection[str]) -> HubError:
    """What to say of a missing tensor. Two reasons are so common that they are named."""
    if name == "lm_head.weight":
        why = ": its config says tie_word_embeddings=false, and then there must be a table for writing, too"
    else:
        why = "" if names else ": it holds no tensors at all"
    return HubError(f"the weights lack the tensor {name!r}{why}")
