"""The names of a file, matched with the names of a table: every tensor has its place, and every place its tensor."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from llmcourse.model.hub.entries import Entry, HubError
from llmcourse.model.hub.family import HubFamily

Shape = tuple[int, ...]


def official_names(family: HubFamily, table: list[Entry], names: Collection[str]) -> dict[str, str]:
    """The name in the file for each name that the table could have: in today's spelling, with the prefix that files of
    a bare model leave out, and without what is there and not needed."""
    official = {official_name(name, family, table): name for name in names}
    return {
        theirs: name
        for theirs, name in official.items()
        if not any(fnmatchcase(theirs, pattern) for pattern in family.ignored)
    }


def official_name(name: str, family: HubFamily, table: list[Entry]) -> str:
    for old, new in family.renamed:
        if name.endswith(old):
            name = name.removesuffix(old) + new
    heads = {row.theirs.partition(".")[0] for row in table} | {"lm_head", "cls"}
    return name if name.partition(".")[0] in heads else family.prefix + name


def left_out(family: HubFamily, found: Collection[str]) -> tuple[list[str], list[str]]:
    """(the parts of our model that this architecture has not, the beginnings of their tensors' names)."""
    absent = [(part, prefix) for part, prefix in family.optional if not any(name.startswith(prefix) for name in found)]
    return [part for part, _ in absent], [prefix for _, prefix in absent]


def first_problem(wanted: Mapping[str, Shape], found: Mapping[str, Shape]) -> tuple[str, str] | None:
    """(what is wrong, the tensor's name), or None: whether a file with the tensors `found` fills a model that wants
    `wanted`.

    "missing": wanted and not there. "shape": there in another shape. "no place": there, and nothing wants it; but a
    second name for a table that is read and written with, `lm_head.weight`, is no mistake.
    """
    for name in wanted:
        if name not in found:
            return "missing", name
    for name in wanted:
        if tuple(found[name]) != tuple(wanted[name]):
            return "shape", name
    for name in found:
        if name not in wanted and name != "lm_head.weight":
            return "no place", name
    return None


def check_tensors(
    family: HubFamily, wanted: Mapping[str, Shape], found: Mapping[str, Shape], names: Mapping[str, str]
) -> None:
    """Raises HubError for the first problem. `names`: how the file itself spells each name."""
    problem = first_problem(wanted, found)
    if problem is None:
        return
    what, name = problem
    if what == "missing":
        untied = ": its config says tie_word_embeddings=false, and then there must be a table for writing, too"
        raise HubError(f"the weights lack the tensor {name!r}{untied if name == 'lm_head.weight' else ''}")
    if what == "shape":
        shapes = f"has the shape {tuple(found[name])}, its config asks for {tuple(wanted[name])}"
        raise HubError(f"the tensor {names[name]!r} {shapes}")
    raise HubError(f"the file holds {names[name]!r}, for which a {family.model_type} of this config has no place")
