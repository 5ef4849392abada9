"""Which corpus a data set belongs to: the project's own, or another study's in the same layout."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.reading_brain.data_set import description
from ingest.reading_brain.sentences import CITATION, CORPUS, LICENCE
from warehouse import logs
from warehouse.errors import BadInput

NOT_STATED = "not stated"
OWN = {"corpus": CORPUS, "language": "en", "licence": LICENCE, "citation": CITATION}
"""The project's own data."""


def corpus_facts(directories: Sequence[Path], corpus: str | None, given: Mapping[str, str | None]) -> dict[str, str]:
    """Give the columns of `stimulus.corpus`, as the data sets describe themselves or as they were given.

    Parameters
    ----------
    directories : sequence of Path
        The data sets.
    corpus : str or None
        The name that was given.
    given : mapping of str to (str or None)
        ``language``, ``licence``, ``citation``.

    Raises
    ------
    BadInput
        Data sets of another study without a name and a licence, or under the name of the project's corpus.
    """
    described = {directory: description(directory) for directory in directories}
    others = [directory for directory, found in described.items() if not found.is_of_the_project]
    told = {name: value for name, value in given.items() if value}
    for directory in others:
        if not described[directory].is_missing and (
            corpus in (None, CORPUS) or not {"language", "licence"} <= told.keys()
        ):
            raise BadInput(
                f"is {described[directory].name!r}, which is not the Reading Brain project", directory,
                "give --corpus NAME, --language and --licence of that study",
            )  # fmt: skip
    if others and corpus in (None, CORPUS):
        logs.remark(
            f"{others[0]} does not say whose data it is: it is stored as {CORPUS} with "
            "the licence not stated; give --corpus, --language and --licence if it is another study's."
        )
    unstated = {"corpus": CORPUS, "language": "en", "licence": NOT_STATED, "citation": NOT_STATED}
    return {**(unstated if others else OWN), **told, "corpus": corpus or CORPUS}
