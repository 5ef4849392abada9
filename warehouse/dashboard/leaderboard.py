"""The leaderboard: models of a corpus by how much they resemble a group of readers, in the order that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.dashboard.choices import Choices, Option
from warehouse.dashboard.reading import WITHOUT_ATTENTION, rows_of
from warehouse.database.types import Connection


@dataclass(frozen=True)
class Column:
    """A column of the table: its name in the view, its heading, and the columns of its interval, where it has one."""

    name: str
    heading: str
    interval: tuple[str, str] | None = None
    is_text: bool = False
    times: float = 1.0

    def told(self, row: Mapping[str, Any]) -> str:
        """Say a row's value with its interval."""
        value = row[self.name]
        if value is None:
            return "–"
        if self.is_text or isinstance(value, int):
            return f"{value:,}" if isinstance(value, int) else str(value)
        ends = [row[end] for end in self.interval or ()]
        around = f" [{', '.join(f'{end * self.times:.3g}' for end in ends)}]" if ends and None not in ends else ""
        return f"{value * self.times:.3g}{around}"


COLUMNS = (
    Column("leaderboard_rank", "Place"),
    Column("model", "Model", is_text=True),
    Column("stage", "Training", is_text=True),
    Column("parameter_count", "Parameters"),
    Column("nested_resemblance", "Nested [%]", ("nested_low", "nested_high"), times=100),
    Column("resemblance", "In-sample [%]", ("interval_low", "interval_high"), times=100),
    Column("unique_r2", "Unique R2"),
    Column("p_bonferroni", "p (unique)"),
    Column("exchanged_share", "By position [%]", times=100),
    Column("best_layer", "Best layer"),
    Column("layer_total", "Layers"),
    Column("subject_count", "Readers"),
)
ORDERS = [Option(column.name, column.heading) for column in COLUMNS]
DIRECTIONS = (Option("up", "lowest first"), Option("down", "highest first"))
MOST = (50, 200, 1000)


@dataclass(frozen=True)
class Leaderboard:
    """A table of models.

    Attributes
    ----------
    choices : Choices
        What is shown, in which order.
    columns : sequence of Column
        What is told of a model.
    rows : list of mapping
        The models.
    order, direction : str
        The column that they are sorted by, and ``up`` or ``down``.
    """

    choices: Choices
    columns: Sequence[Column]
    rows: list[dict[str, Any]]
    order: str
    direction: str

    def sorted_by(self, column: Column) -> str:
        """Give the address that sorts by a column; a second time the other way round."""
        turned = "down" if self.direction == "up" else "up"
        first = "up" if column.is_text or column.name == "leaderboard_rank" else "down"
        return self.choices.address({"order": column.name, "by": turned if column.name == self.order else first})


def leaderboard(connection: Connection, asked: Mapping[str, str]) -> Leaderboard:
    """Show the models that the address asks for."""
    choices = Choices(asked)
    groups = rows_of(connection, _GROUPS)
    corpus = choices.pick("corpus", "Corpus", [row["corpus"] for row in groups])
    group = choices.pick("group", "Readers", [row["language_group"] for row in groups if row["corpus"] == corpus])
    wanted = choices.typed("search", "Models with")
    order = choices.pick("order", "In order of", ORDERS)
    direction = choices.pick("by", "Direction", DIRECTIONS)
    top = choices.pick("top", "How many", [Option(str(most), f"first {most}") for most in MOST])
    rows = rows_of(connection, _ROWS, {"corpus": corpus, "group": group})
    rows = [row for row in rows if wanted.lower() in row["model"].lower()]
    known = sorted(
        (row for row in rows if row[order] is not None), key=lambda row: row[order], reverse=direction == "down"
    )
    rest = [row for row in rows if row[order] is None]
    return Leaderboard(choices, COLUMNS, [*known, *rest][: int(top)], order, direction)


_GROUPS = f"""
SELECT corpus, language_group FROM mart.noise_ceiling GROUP BY corpus, language_group
ORDER BY {WITHOUT_ATTENTION}, corpus, language_group
"""
_ROWS = """
SELECT * FROM mart.resemblance_leaderboard
WHERE corpus = %(corpus)s AND language_group = %(group)s ORDER BY leaderboard_rank, model
"""
