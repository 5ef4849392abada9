"""What is chosen to be computed or shown, as a restriction on views; names that are not there are refused."""

from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from psycopg import sql

from warehouse.database.columns import columns_of
from warehouse.database.types import Connection
from warehouse.errors import BadInput, UnknownName
from warehouse.plugin.registry import Analysis
from warehouse.slices import Slices

CHOICES = {
    "model": ("slice.extraction_layer", "model"),
    "condition": ("slice.extraction_layer", "condition"),
    "method": ("slice.extraction_layer", "method"),
    "corpus": ("stimulus.corpus", "corpus"),
    "quantity": ("slice.quantity", "quantity"),
    "saccade_rule": ("human.saccade_rule", "saccade_rule"),
    "region": ("human.region", "region"),
    "language_group": ("human.language_group", "language_group"),
    "pattern_set": ("stimulus.pattern_set", "pattern_set"),
    "predictor_set": ("stimulus.predictor_set", "predictor_set"),
    "reading": ("mart.measure", "reading"),
}
"""Columns to choose work by, and where their values are to be found."""

UNLESS_CHOSEN: dict[str, Sequence[str]] = {"reading": ["1"]}
"""What a view that offers a column is restricted to where nothing is chosen and the analysis says nothing else."""

Selection = Mapping[str, Sequence[str]]
"""Chosen values by column of `CHOICES`; a column that is not there is not restricted."""


def restriction_of(
    slices: Slices, analysis: Analysis, selection: Selection
) -> tuple[sql.Composable, dict[str, list[str]]]:
    """Restrict an analysis's views, whose columns are asked for once of analyses over the same."""
    reading = slices.reading
    offered = reading.remember(
        "columns of views", analysis.over, lambda: columns_of(reading.connection, analysis.over), at_most=64
    )
    return restriction(_of_quantities(analysis, selection), offered, analysis.unless_chosen)


def _of_quantities(analysis: Analysis, selection: Selection) -> Selection:
    """Restrict a selection to the quantities that an analysis is for; `BadInput` where others are chosen."""
    if not analysis.quantities:
        return selection
    asked = [name for name in selection.get("quantity", ()) if name not in analysis.quantities]
    if asked := [*asked, *selection.get("region", ())]:
        counts = " or ".join(analysis.quantities)
        remedy = "leave --region away and choose --measure count" if counts == "saccade_count" else "choose another"
        raise BadInput(f"is for {counts}, and cannot be asked of {', '.join(asked)}", analysis.name, remedy)
    return {**selection, "quantity": selection.get("quantity") or analysis.quantities}


def restriction(
    selection: Selection, offered: Container[str], unless_chosen: Selection = MappingProxyType({})
) -> tuple[sql.Composable, dict[str, list[str]]]:
    """Give the condition that a selection puts on a view with the columns `offered`, and its parameters.

    A view of pairs is chosen from by either side: ``left_model`` or ``right_model``. Where nothing is chosen of a
    column, `unless_chosen` is, and `UNLESS_CHOSEN`.
    """
    selection = {**UNLESS_CHOSEN, **unless_chosen, **selection}
    where: list[sql.Composable] = [sql.SQL("true")]
    for name in selection:
        sides = [side for side in (name, f"left_{name}", f"right_{name}") if side in offered]
        if sides:
            ways = [sql.SQL("{} = ANY (%({})s)").format(sql.Identifier(side), sql.SQL(name)) for side in sides]
            where.append(sql.SQL("({})").format(sql.SQL(" OR ").join(ways)))
        elif name == "corpus" and "corpus_id" in offered:
            where.append(_OF_CORPORA)
    return sql.SQL(" AND ").join(where), {name: list(values) for name, values in selection.items()}


def refuse_unknown(connection: Connection, selection: Selection) -> None:
    """Raise `UnknownName` for a chosen name that the warehouse does not hold."""
    for name, chosen in selection.items():
        view, column = CHOICES[name]
        known = [value for (value,) in connection.execute(f"SELECT DISTINCT {column} FROM {view}").fetchall()]
        for value in chosen:
            if value not in known:
                raise UnknownName(name.replace("_", " "), value, known)
    _refuse_condition_lacked(connection, selection.get("model", ()), selection.get("condition", ()))
    _refuse_sets_lacked(connection, selection.get("predictor_set", ()))


def _refuse_condition_lacked(connection: Connection, models: Sequence[str], conditions: Sequence[str]) -> None:
    """Raise `BadInput` for a chosen model that has attention under none of the chosen conditions."""
    for model in models if conditions else ():
        held = [name for (name,) in connection.execute(_CONDITIONS, [model]).fetchall()]
        if not set(held) & set(conditions):
            remedy = f"choose one that it has ({', '.join(held)}), or ingest its attention under that condition"
            raise BadInput(f"has no attention under {' or '.join(conditions)}", model, remedy)


def _refuse_sets_lacked(connection: Connection, chosen: Sequence[str]) -> None:
    """Raise `BadInput` for a chosen set of predictors that no corpus has the features or the surprisal for."""
    offered = [name for (name,) in connection.execute(_SETS).fetchall()] if chosen else []
    for name in chosen:
        if name not in offered:
            remedy = f"choose one that a corpus has ({', '.join(offered)}), or ingest what it is made of"
            raise BadInput("is made of features, or of a model's surprisal, that no corpus has", name, remedy)


_SETS = "SELECT DISTINCT predictor_set FROM slice.design ORDER BY predictor_set"
_CONDITIONS = "SELECT DISTINCT condition FROM slice.extraction_layer WHERE model = %s ORDER BY condition"
_OF_CORPORA = sql.SQL("corpus_id IN (SELECT corpus_id FROM stimulus.corpus WHERE corpus = ANY (%(corpus)s))")
