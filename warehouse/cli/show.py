"""`warehouse show ANALYSIS`: results as people read them, from the views of `mart`."""

from collections.abc import Iterator
from typing import Any

import click
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.cli.context import CommandContext
from warehouse.cli.output import format_value, print_csv, print_json, record_as_list, say, table
from warehouse.cli.selection import pop_selection, selection_options
from warehouse.compute.plan import Selection, refuse_unknown, restriction
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.plugin.registry import analyses, analysis_named
from warehouse.schema import migrations
from warehouse.schema.fields import FIELDS

ORDER = (
    "corpus", "comparison", "measure", "language_group", "parameter_count", "left_model", "right_model", "model",
    "condition", "left_condition", "right_condition", "pattern_set", "predictor_set", "fitted", "held_out", "quarter",
    "layer", "head", "against", "reference_left_model", "reference_right_model", "divergence_kind",
    "depth_kind", "depth", "alternative", "statistic", "cluster_kind", "model_choice", "score_kind", "predictor",
)  # fmt: skip
"""What rows are ordered by first, where their view has it; then by all else that is not a measured number."""


OF_MEASURES = ("quantity", "saccade_rule", "region", "reading")
"""What measures are chosen by."""
MEASURED = (700, 701)
"""PostgreSQL's numbers of the types real and double precision."""
EMPTY: tuple[Any, ...] = (None, [])
"""What a column tells nothing by."""


class ShowGroup(click.Group):
    """Finds the analyses when it is asked, so that other commands start without them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the analyses that can be shown."""
        return sorted(name.replace("_", "-") for name, analysis in analyses().items() if analysis.shows)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Make the command that shows an analysis."""
        analysis = analyses().get(name.replace("-", "_"))
        return _command(analysis.name, analysis.shows) if analysis and analysis.shows else None


@click.group("show", cls=ShowGroup)
def show_group() -> None:
    """Print results as tables, JSON or CSV."""


def _command(name: str, views: tuple[str, ...]) -> click.Command:
    options: list[click.Parameter] = [
        click.Option(["--json", "as_json"], is_flag=True, help="Print JSON, all columns."),
        click.Option(["--csv", "as_csv"], is_flag=True, help="Print CSV, all columns."),
    ]
    if len(views) > 1:
        options.insert(0, click.Option(["--layers"], is_flag=True, help="Print every layer, not just the best."))

    @click.pass_obj
    def run(command: CommandContext, /, as_json: bool, as_csv: bool, layers: bool = False, **given: Any) -> None:
        database = command.database()
        migrations.check(database)
        show(
            database,
            name,
            views[int(layers)],
            pop_selection(given),
            "json" if as_json else "csv" if as_csv else "table",
        )

    described = f"Print {name.replace('_', ' ')} from {' or '.join(views)}."
    return click.Command(name.replace("_", "-"), callback=run, params=[*selection_options(), *options], help=described)


def show(database: Database, name: str, view: str, selection: dict[str, Any], form: str) -> None:
    """Print the rows of a view that a selection leaves, as ``table``, ``json`` or ``csv``.

    Raises
    ------
    BadInput
        If there is no such result yet.
    """
    rows, warnings = _rows(database, view, selection, analysis_named(name).unless_chosen)
    if not rows:
        remedy = f"run `warehouse compute {name.replace('_', '-')}` with the same choice first"
        raise BadInput("no results for this choice yet", view, remedy)
    if form != "table":
        (print_json if form == "json" else print_csv)(rows)
        return
    for line in _told(rows):
        say(line)
    for code, description in warnings:
        say(f"{code}: {description}")


def _told(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Tell every column for people: in a table where rows differ in it, else once below."""
    headings = {column: _heading(column) for column in rows[0] if _is_for_people(column)}
    empty = [column for column in headings if all(row[column] in EMPTY for row in rows)]
    same = [column for column in headings if all(row[column] == rows[0][column] for row in rows)]
    if len(rows) == 1:
        yield record_as_list({heading: rows[0][column] for column, heading in headings.items() if column not in empty})
    else:
        yield table(rows, {column: heading for column, heading in headings.items() if column not in same})
        shared = [
            f"{headings[name]} {format_value(rows[0][name], headings[name])}" for name in same if name not in empty
        ]
        if shared:
            yield f"In every row: {', '.join(shared)}."
    if empty:
        yield f"Empty: {', '.join(headings[column] for column in empty)}."


def _is_for_people(column: str) -> bool:
    """Leave out the numbers that rows have in this warehouse only; JSON and CSV hold them."""
    return not column.endswith("_id")


def _heading(column: str) -> str:
    """Give what the dictionary of columns says, or the name of a column that it does not have."""
    return FIELDS[column].heading if column in FIELDS and FIELDS[column].heading else column.replace("_", " ")


def _rows(
    database: Database, view: str, selection: dict[str, Any], unless_chosen: Selection
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    with database.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        refuse_unknown(connection, selection)
        source = sql.SQL(view)
        types = {column.name: column.type_code for column in cursor.execute(_NOTHING.format(source)).description or ()}
        measures = _measures(connection, selection)
        where, chosen = restriction(selection, types, unless_chosen)
        if measures is not None and "measure" in types:
            where += sql.SQL(" AND measure = ANY (%(measures)s)")
        names = [name for name, code in types.items() if code not in MEASURED and name not in ORDER]
        order = [*(name for name in ORDER if name in types), *names]
        question = _SELECT.format(source, where, sql.SQL(", ").join(map(sql.Identifier, order)))
        rows = cursor.execute(question, {**chosen, "measures": measures}).fetchall()
        codes = sorted({code for row in rows for code in row.get("usage_warnings", [])})
        return rows, connection.execute(_WARNINGS, [codes]).fetchall()


def _measures(connection: Any, selection: dict[str, Any]) -> list[str] | None:
    """Give the measures that quantity, rule, region and reading choose; None where none of them is given."""
    given = {name: selection[name] for name in OF_MEASURES if name in selection}
    if not given:
        return None
    where, chosen = restriction(given, OF_MEASURES)
    return [name for (name,) in connection.execute(_MEASURES.format(where), chosen)]


_NOTHING = sql.SQL("SELECT * FROM {} LIMIT 0")
_SELECT = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}")
_MEASURES = sql.SQL("SELECT measure FROM slice.reader_group WHERE {}")
_WARNINGS = "SELECT usage_warning, description FROM ops.usage_warning WHERE usage_warning = ANY (%s) ORDER BY 1"
