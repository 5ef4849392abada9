"""`warehouse show ANALYSIS`: results as people read them, from the views of `mart`."""

from typing import Any

import click
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.cli.door import Door
from warehouse.cli.output import print_csv, print_json, print_table
from warehouse.cli.selection import selection_options, taken_from
from warehouse.compute.plan import refuse_unknown, restriction
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.plugin.registry import analyses
from warehouse.schema import migrations

HEADINGS = {
    "comparison": "comparison", "left_model": "left model", "right_model": "right model",
    "left_condition": "left condition", "right_condition": "right condition", "model": "model",
    "condition": "condition", "measure": "measure", "language_group": "group", "left_group": "left group",
    "right_group": "right group", "pattern_set": "patterns", "quarter": "quarter", "layer": "layer", "head": "head",
    "depth_kind": "by", "depth": "depth", "js_nats": "JS", "js_standard_error_nats": "SE of JS",
    "js_head_averaged_nats": "JS of mean head", "jeffreys_nats": "Jeffreys", "jeffreys_infinite_count": "infinite",
    "against": "against", "reference_left_model": "reference left", "reference_right_model": "reference right",
    "reference_right_condition": "reference condition", "divergence_kind": "divergence",
    "mean_difference_nats": "mean difference", "sentence_count": "sentences",
    "best_layer": "best layer", "ceiling_kind": "kind", "r2": "R2", "standard_error": "SE", "least_r2": "least R2",
    "most_r2": "most R2", "pooled_r2": "pooled R2", "left_r2": "left R2", "right_r2": "right R2",
    "r2_difference": "difference", "t_statistic": "t", "degrees_of_freedom": "df", "p_value": "p",
    "p_bonferroni": "p Bonferroni", "p_holm": "p Holm", "p_benjamini_hochberg": "p B.-Hochberg", "ceiling": "ceiling",
    "resemblance": "R2/ceiling %", "adjusted_resemblance": "adjusted %", "cv_resemblance": "cross-val. %",
    "interval_low": "95 % from", "interval_high": "95 % to", "matched_resemblance": "equal heads %",
    "base_model": "base", "alternative": "tuned is", "higher_count": "higher", "lower_count": "lower",
    "higher_layers": "higher in", "lower_layers": "lower in", "significant_count": "right higher",
    "p_one_sided": "p one-sided", "model_choice": "models in it", "score_kind": "score", "predictor": "on",
    "model_count": "models", "pearson_r": "r", "slope": "slope", "intercept": "intercept",
    "parameter_billions": "billions", "predicted": "predicted", "band_low": "band from", "band_high": "band to",
    "is_extrapolation": "extrapolation",
    "statistic": "of", "cluster_kind": "drawn", "estimate": "estimate",
    "subject_count": "readers", "cell_count": "cells", "predictor_count": "heads", "rank": "rank",
    "leave_out": "left out", "missing_because": "missing because", "usage_warnings": "beware",
}  # fmt: skip
"""The columns that a table shows where its view has them, and their headings; JSON and CSV hold all."""
ORDER = (
    "corpus", "comparison", "measure", "language_group", "parameter_count", "left_model", "right_model", "model",
    "condition", "left_condition", "right_condition", "pattern_set", "quarter", "layer", "head",
    "against", "reference_left_model", "reference_right_model", "divergence_kind", "depth_kind", "depth",
    "alternative", "statistic", "cluster_kind", "model_choice", "score_kind", "predictor",
)  # fmt: skip
"""The columns that rows are ordered by where their view has them."""


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
    def run(door: Door, /, as_json: bool, as_csv: bool, layers: bool = False, **given: Any) -> None:
        database = door.database()
        migrations.check(database)
        show(database, name, views[int(layers)], taken_from(given), "json" if as_json else "csv" if as_csv else "table")

    described = f"Print {name.replace('_', ' ')} from {' or '.join(views)}."
    return click.Command(name.replace("_", "-"), callback=run, params=[*selection_options(), *options], help=described)


def show(database: Database, name: str, view: str, selection: dict[str, Any], form: str) -> None:
    """Print the rows of a view that a selection leaves, as ``table``, ``json`` or ``csv``.

    Raises
    ------
    BadInput
        If there is no such result yet.
    """
    rows, beware = _rows(database, view, selection)
    if not rows:
        remedy = f"run `warehouse compute {name.replace('_', '-')}` with the same choice first"
        raise BadInput("no results for this choice yet", view, remedy)
    if form != "table":
        (print_json if form == "json" else print_csv)(rows)
        return
    print_table(rows, {column: heading for column, heading in HEADINGS.items() if _is_told(rows, column)})
    for code, description in beware:
        click.echo(f"{code}: {description}")


def _is_told(rows: list[dict[str, Any]], column: str) -> bool:
    """Leave out columns that the view has not, and those that say nothing in any row."""
    quiet: list[Any] = [None, []]
    return column in rows[0] and (
        column not in ("leave_out", "missing_because", "usage_warnings")
        or any(row[column] not in quiet for row in rows)
    )


def _rows(
    database: Database, view: str, selection: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    with database.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        refuse_unknown(connection, selection)
        source = sql.SQL(view)
        columns = [column.name for column in cursor.execute(_NOTHING.format(source)).description or ()]
        measures = _measures(connection, selection)
        where, chosen = restriction(selection, columns)
        if measures is not None and "measure" in columns:
            where += sql.SQL(" AND measure = ANY (%(measures)s)")
        order = [name for name in ORDER if name in columns]
        question = _SELECT.format(source, where, sql.SQL(", ").join(map(sql.Identifier, order)))
        rows = cursor.execute(question, {**chosen, "measures": measures}).fetchall()
        codes = sorted({code for row in rows for code in row.get("usage_warnings", [])})
        return rows, connection.execute(_WARNINGS, [codes]).fetchall()


def _measures(connection: Any, selection: dict[str, Any]) -> list[str] | None:
    """Give the measures that quantity, rule and region choose; None where none of them is given."""
    chosen = {name: selection[name] for name in ("quantity", "saccade_rule", "region") if name in selection}
    if not chosen:
        return None
    where = " AND ".join(f"{name} = ANY (%({name})s)" for name in chosen)
    return [name for (name,) in connection.execute(f"SELECT measure FROM slice.reader_group WHERE {where}", chosen)]


_NOTHING = sql.SQL("SELECT * FROM {} LIMIT 0")
_SELECT = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}")
_WARNINGS = "SELECT usage_warning, description FROM ops.usage_warning WHERE usage_warning = ANY (%s) ORDER BY 1"
