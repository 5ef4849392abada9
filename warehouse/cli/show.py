"""`warehouse show ANALYSIS`: results as people read them, from the views of `mart`."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.cli.commands import Command, Group, example
from warehouse.cli.context import CommandContext
from warehouse.cli.formats import Form, format_options
from warehouse.cli.output import format_value, numbers, print_rows, say
from warehouse.cli.selection import choice_option, example_call, pop_selection, selection_options
from warehouse.cli.tables import fits, folded, record, table, terminal_width
from warehouse.compute.restriction import Selection, refuse_unknown, restriction
from warehouse.database.columns import columns_of
from warehouse.database.connection import Database
from warehouse.errors import BadInput
from warehouse.plugin.registry import Analysis, analyses, analysis_named, find_analysis
from warehouse.schema import migrations
from warehouse.schema.fields import FIELDS

ORDER = (
    "corpus", "comparison", "measure", "language_group", "leaderboard_rank", "parameter_count", "left_model",
    "right_model", "model", "tuned_model", "condition", "left_condition", "right_condition", "pattern_set",
    "predictor_set", "fitted", "held_out", "quarter",
    "layer", "head", "against", "reference_left_model", "reference_right_model", "divergence_kind",
    "depth_kind", "depth", "alternative", "statistic", "cluster_kind", "model_choice", "score_kind", "predictor",
    "quantity", "left_group", "right_group", "subject_label", "variant", "ceiling_kind", "test_kind",
)  # fmt: skip
"""What rows are ordered by first, where their view has it; then by all else that is not a measured number."""
TELLING = {*ORDER} - {"parameter_count"}
"""What tells rows apart; of a model, its name does."""
GROUPED = ORDER[:3]
"""Of these, what stands above groups of rows where a table is too wide."""

SUMMARIES = {
    "leaderboard": ("mart.resemblance_leaderboard", "Print which models resemble readers most, best first."),
    "context": ("mart.resemblance_in_context_default", "Print resemblance beside what position gives, and beyond it."),
}
"""Tables of several analyses, which say what is null since it was not computed, and stand on human_resemblance."""
CHOSEN_IN_SUMMARIES = ("model", "corpus", "group")

OF_MEASURES = ("quantity", "saccade_rule", "region", "reading")
"""What measures are chosen by."""
MEASURED = (700, 701)
"""PostgreSQL's numbers of the types real and double precision."""
EMPTY: tuple[Any, ...] = (None, [])
"""What a column tells nothing by."""


class ShowGroup(Group):
    """Finds the analyses when it is asked, so that other commands start without them."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Name the summaries and the analyses that can be shown."""
        found = sorted(name.replace("_", "-") for name, analysis in analyses().items() if analysis.shows)
        return [*SUMMARIES, *found]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Make the command that shows a summary or an analysis."""
        if name in SUMMARIES:
            return _summary(name, *SUMMARIES[name])
        analysis = find_analysis(name.replace("-", "_"))
        return _command(analysis) if analysis and analysis.shows else None


@click.group("show", cls=ShowGroup, epilog=example("warehouse show leaderboard"))
def show_group() -> None:
    """Print results as tables, CSV, JSON, Markdown or Parquet."""


def _summary(name: str, view: str, told: str) -> click.Command:
    @click.pass_obj
    def run(command: CommandContext, /, form: Form, **given: Any) -> None:
        database = command.database()
        migrations.check(database)
        show(database, "human_resemblance", view, pop_selection(given), form)

    options = [*map(choice_option, CHOSEN_IN_SUMMARIES), *format_options()]
    described = f"{told}\n\nFrom {view}; what has not been computed is empty."
    example_of = example(f"warehouse show {name} --corpus reading_brain")
    return Command(name, epilog=example_of, callback=run, params=options, help=described, short_help=told)


def _command(analysis: Analysis) -> click.Command:
    name, views = analysis.name, analysis.shows
    layers = [click.Option(["--layers"], is_flag=True, help="Print every layer, not just the best.")]
    options = [*selection_options(analysis), *(layers if len(views) > 1 else []), *format_options()]

    @click.pass_obj
    def run(command: CommandContext, /, form: Form, layers: bool = False, **given: Any) -> None:
        database = command.database()
        migrations.check(database)
        show(database, name, views[int(layers)], pop_selection(given), form)

    described = f"Print {name.replace('_', ' ')} from {' or '.join(views)}."
    return Command(
        name.replace("_", "-"),
        epilog=example(example_call("show", analysis)),
        callback=run,
        params=options,
        help=described,
        short_help=f"Print {name.replace('_', ' ')}.",
    )


def show(database: Database, name: str, view: str, selection: dict[str, Any], form: Form) -> None:
    """Print the rows of a view that a selection leaves.

    Raises
    ------
    BadInput
        If there is no such result yet.
    """
    rows, warnings = _rows(database, view, selection, analysis_named(name).unless_chosen)
    if not rows:
        remedy = f"run `warehouse compute {name.replace('_', '-')}` with the same choice first"
        raise BadInput("no results for this choice yet", view, remedy)
    if not form.is_table:
        filled = {column: heading(column) for column in _for_people(rows[0]) if not _is_empty(rows, column)}
        print_rows(rows, form, filled)
        return
    width = None if form.is_wide else terminal_width()
    for line in _told(rows, width):
        say(line)
    for code, description in warnings:
        say(folded(f"{code}: {description}", width))


def _told(rows: list[dict[str, Any]], width: int | None) -> Iterator[str]:
    """Tell every column for people: in a table where rows differ in it, else once below."""
    headings = {column: heading(column) for column in _for_people(rows[0])}
    empty = [column for column in headings if _is_empty(rows, column)]
    texts = [{column: format_value(row[column], told) for column, told in headings.items()} for row in rows]
    same = [column for column in headings if all(row[column] == rows[0][column] for row in rows)]
    if len(rows) == 1:
        pairs = [(told, texts[0][column]) for column, told in headings.items() if column not in empty]
        yield record(pairs, width)
    else:
        yield _table(texts, {column: told for column, told in headings.items() if column not in same}, width)
        shared = [f"{headings[name]} {texts[0][name]}" for name in same if name not in empty]
        if shared:
            yield folded(f"In every row: {', '.join(shared)}.", width)
    if empty:
        yield folded(f"Empty: {', '.join(headings[column] for column in empty)}.", width)


def _table(texts: list[dict[str, str]], columns: dict[str, str], width: int | None) -> str:
    """Lay rows out; where they are too wide, what they are ordered by first stands above each group of them."""
    groups: list[str] = []
    while not fits(texts, columns, width) and (first := next((name for name in GROUPED if name in columns), None)):
        columns = {name: told for name, told in columns.items() if name != first}
        groups.append(first)
    return table(texts, columns, may_go=_least_wanted(texts, columns), width=width, groups=groups)


def _least_wanted(texts: list[dict[str, str]], columns: dict[str, str]) -> list[str]:
    """Order what may be left out: from the right flags, numbers, facts, then headlines; what tells rows apart stays."""
    plain = [name for name in reversed(columns) if name not in TELLING and not is_headline(name)]
    flags = [name for name in plain if all(row[name] in ("yes", "no", "-") for row in texts)]
    figures = [name for name in plain if name in numbers(texts, columns)]
    return [*flags, *figures, *plain, *(name for name in reversed(columns) if is_headline(name))]


def _is_empty(rows: list[dict[str, Any]], column: str) -> bool:
    return all(row[column] in EMPTY for row in rows)


def _for_people(row: Mapping[str, Any]) -> list[str]:
    """Leave out the numbers that rows have in this warehouse only, and lists once more as texts for other clients."""
    again = {"warnings"} if "usage_warnings" in row else set()
    again |= {name for name in row if name.endswith("_text") and name.removesuffix("_text") in row}
    return [name for name in row if not name.endswith("_id") and name not in again]


def is_headline(column: str) -> bool:
    """Tell whether the dictionary of columns says that a column is the last to be left out of a table."""
    return column in FIELDS and FIELDS[column].is_headline


def heading(column: str) -> str:
    """Give what the dictionary of columns says, or the name of a column that it does not have."""
    return FIELDS[column].heading if column in FIELDS and FIELDS[column].heading else column.replace("_", " ")


def _rows(
    database: Database, view: str, selection: dict[str, Any], unless_chosen: Selection
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    with database.connect(read_only=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        refuse_unknown(connection, selection)
        source = sql.SQL(view)
        types = columns_of(connection, [view])
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


_SELECT = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}")
_MEASURES = sql.SQL("SELECT measure FROM slice.reader_group WHERE {}")
_WARNINGS = "SELECT usage_warning, description FROM ops.usage_warning WHERE usage_warning = ANY (%s) ORDER BY 1"
