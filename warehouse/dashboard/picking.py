"""Which models a view shows where there are many: those whose name has what was typed, the first few in some order."""

from collections.abc import Sequence

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.reading import rows_of
from warehouse.database.types import Connection

MODELS = "models"
"""What the address of a file calls the models that are in it, one a line."""
FEW = 12
"""So many models are shown without asking."""
NUMBERS = (FEW, 25, 50, 100)
ORDERS = (Option("size", "largest first"), Option("resemblance", "most like readers first"), Option("name", "by name"))


def pick_models(connection: Connection, choices: Choices, corpus: str) -> list[str] | None:
    """Let the address pick models of a corpus; None where all of the few that there are are shown."""
    if named := choices.named(MODELS):
        return named
    known = rows_of(connection, _MODELS, {"corpus": corpus})
    if len(known) <= FEW and not any(map(choices.is_asked, ("search", "order", "top"))):
        return None
    wanted = choices.typed("search", "Models with").lower()
    order = choices.pick("order", "In order", ORDERS)
    numbers = [Option(str(number), f"first {number}") for number in NUMBERS if number < len(known)]
    top = choices.pick("top", "How many", [*numbers, Option(str(len(known)), f"all {len(known)}")])
    found = [row for row in known if wanted in row["model"].lower()]
    if not found:
        choices.notes.append(f"No model has {wanted!r} in its name: all are searched.")
        found = known
    best = _best(connection, corpus) if order == "resemblance" else {}
    keys = {
        "size": lambda row: (-(row["parameter_count"] or 0), row["model"]),
        "resemblance": lambda row: (-best.get(row["model"], float("-inf")), row["model"]),
        "name": lambda row: row["model"],
    }
    return [row["model"] for row in sorted(found, key=keys[order])][: int(top)]


def extractions_of(connection: Connection, corpus: str, models: Sequence[str]) -> list[int]:
    """Give the extractions of models over a corpus in the order in which exhibits list them."""
    rows = rows_of(connection, _EXTRACTIONS, {"corpus": corpus, "models": list(models)})
    return [row["extraction_id"] for row in rows]


def _best(connection: Connection, corpus: str) -> dict[str, float]:
    """Give how much each model resembles a group of readers: nested, or in-sample where no layer-choice is computed."""
    rows = rows_of(connection, _NESTED, {"corpus": corpus}) or rows_of(connection, _BEST, {"corpus": corpus})
    return {row["model"]: row["resemblance"] for row in rows if row["resemblance"] is not None}


_MODELS = """
SELECT DISTINCT language_model.model, language_model.parameter_count
FROM mart.language_model
JOIN mart.extraction ON extraction.model = language_model.model
WHERE extraction.corpus = %(corpus)s
"""
_EXTRACTIONS = """
SELECT extraction.extraction_id
FROM mart.extraction
JOIN mart.language_model ON language_model.model = extraction.model
WHERE extraction.corpus = %(corpus)s AND extraction.model = ANY (%(models)s)
ORDER BY language_model.parameter_count, extraction.model, extraction.condition, extraction.method
"""
_NESTED = """
SELECT extraction.model, max(layer_choice.nested_resemblance) AS resemblance
FROM current.layer_choice
JOIN mart.extraction ON extraction.extraction_id = layer_choice.extraction_id
JOIN human.measure ON measure.measure_id = layer_choice.measure_id
WHERE
    layer_choice.nested_resemblance IS NOT NULL AND jsonb_array_length(layer_choice.leave_out) < 1
    AND extraction.corpus = %(corpus)s AND extraction.is_default AND measure.measure = 'saccade_count/consecutive'
GROUP BY extraction.model
"""
"""Of the default choice alone, and not of mart.layer_choice, which would look for the best layers in-sample too."""
_BEST = """
SELECT model, max(resemblance) AS resemblance FROM mart.model_summary_default WHERE corpus = %(corpus)s GROUP BY model
"""
