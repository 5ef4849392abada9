"""Which models a view shows where there are many: those whose name has what was typed, the first few in some order."""

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


def _best(connection: Connection, corpus: str) -> dict[str, float]:
    rows = rows_of(connection, _BEST, {"corpus": corpus})
    return {row["model"]: row["resemblance"] for row in rows if row["resemblance"] is not None}


_MODELS = """
SELECT DISTINCT language_model.model, language_model.parameter_count
FROM mart.language_model
JOIN mart.extraction ON extraction.model = language_model.model
WHERE extraction.corpus = %(corpus)s
"""
_BEST = """
SELECT model, max(resemblance) AS resemblance FROM mart.resemblance_leaderboard WHERE corpus = %(corpus)s GROUP BY model
"""
