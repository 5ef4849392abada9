"""The warehouse from Python: results and cells as frames and arrays, and its commands as functions."""

import re
from collections.abc import Sequence
from threading import Lock
from types import TracebackType
from typing import Any

import numpy as np
import psycopg
from psycopg import errors as pg

from warehouse import pipeline
from warehouse.client import cells, charts
from warehouse.client.cells import Cells
from warehouse.client.frames import Answer, as_frame, ask
from warehouse.client.scoring import noting_models
from warehouse.client.views import of_view
from warehouse.compute.one_analysis import plans
from warehouse.compute.plan import Plan
from warehouse.compute.selection import COLUMNS, chosen_columns
from warehouse.database.connection import Database
from warehouse.database.translation import first_line, translate_errors
from warehouse.database.types import Connection
from warehouse.errors import BadInput
from warehouse.load.tally import Tally
from warehouse.plugin.registry import Source, source_named
from warehouse.progress import Progress
from warehouse.schema import migrations

__all__ = ["Cells", "Warehouse"]


class Warehouse:
    """A warehouse that is open; made by `warehouse.connect`.

    It has one connection, opened when it is first needed, which reads only. Several threads may use it: their questions
    wait for each other, and each gets its own answer; threads that are to ask at the same time open a warehouse each.
    After a fork, the child opens its own, too. `close`, or the end of a ``with`` block, ends the connection.
    """

    def __init__(self, database: Database, *, write: bool = False) -> None:
        migrations.check(database)
        self._database, self._may_write = database, write
        self._opening = Lock()
        self._opened: Connection | None = None

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Warehouse in {self._database.place}, {'may write' if self._may_write else 'reads only'}>"

    def close(self) -> None:
        """End the connection; the next question opens another."""
        with self._opening:
            connection, self._opened = self._opened, None
        if connection is not None:
            connection.close()

    @property
    def _connection(self) -> Connection:
        with self._opening:
            if self._opened is None:
                self._opened = self._database.connect(autocommit=True, read_only=True)
            return self._opened

    def frame(self, what: str, /, *, to: str = "pandas", **given: Any) -> Any:
        """Give the rows of a view, or of a query, as a frame.

        Parameters
        ----------
        what : str
            The name of a view or table, of the schema ``mart`` unless it names another; or a query.
        to : str
            ``pandas``, ``polars`` or ``pyarrow``.
        **given
            Of a view: columns and the value that rows have in them, or a list of values, or None for null. Of a query:
            its parameters, written ``%(name)s`` in it.

        Returns
        -------
        DataFrame or Table
            Arrays of numbers arrive as arrays, lists of texts as tuples (in pandas), times with their zone.

        Raises
        ------
        UnknownName
            There is no such view, or it has no such column.
        BadInput
            The query cannot be understood, or the library is not installed.

        Examples
        --------
        >>> wh.frame("layer_curve", model="gpt2-large", measure="saccade_count/first_three")  # doctest: +SKIP
        """
        query, parameters = (
            (what, given) if re.search(r"\s", what.strip()) else of_view(self._connection, what.strip(), given)
        )
        return as_frame(self._ask(query, parameters), to)

    def chart(self, name: str, /, **given: Any) -> Any:
        """Draw a figure of the report, for a notebook to show.

        Parameters
        ----------
        name : str
            Of the exhibit, e.g. ``layer_curve`` or ``scale_fit``.
        **given
            Columns of the exhibit and the value that rows have in them, or a list of values: ``corpus`` and ``measure``
            choose the figure, others (``series``, ``language_group``) what is in it.

        Returns
        -------
        altair.Chart
            Its ``to_dict`` is the Vega-Lite specification, its ``save`` writes SVG and PNG without a browser.

        Raises
        ------
        UnknownName
            There is no such figure, or it has no such column.
        BadInput
            There is nothing to draw, more than one figure fits, or Altair is not installed.

        Examples
        --------
        >>> wh.chart("layer_curve", corpus="reading_brain", measure="saccade_count/first_three")  # doctest: +SKIP
        """
        with translate_errors("reading"):
            return charts.chart(self._connection, name, given)

    def layer(self, model: str, layer: int, **chosen: str) -> Cells:
        """Give what the heads of a layer attend to.

        Parameters
        ----------
        model : str
            Its name in the warehouse.
        layer : int
            Counted from 0.
        **chosen
            ``corpus``, ``condition``, ``method``, where the model has several.

        Raises
        ------
        UnknownName
            There is no such attention, or more than one that fits.
        """
        found = cells.layer(self._connection, {"model": model, **chosen}, layer)
        return Cells(self._pairs(found.corpus_id), found.values, found.columns)

    def readers(self, measure: str, group: str, **chosen: str) -> Cells:
        """Give what the readers of a group did, by a measure.

        Parameters
        ----------
        measure : str
            As `mart.measure` names it, e.g. ``saccade_count/first_three``.
        group : str
            E.g. ``L1``.
        **chosen
            ``corpus``, where several have such readers.

        Raises
        ------
        UnknownName
            There are no such readers, or those of several corpora.
        """
        found = cells.readers(self._connection, {"measure": measure, "language_group": group, **chosen})
        return Cells(self._pairs(found.corpus_id), found.values, found.columns)

    def attention(self, model: str, sentence: str, **chosen: str) -> np.ndarray:
        """Give all attention within a sentence, (n_layers, n_heads, n_words, n_words) float32; `chosen` as for `layer`.

        Raises
        ------
        UnknownName
            There is no such attention or sentence, or more than one extraction that fits.
        """
        return cells.attention(self._connection, {"model": model, **chosen}, sentence)

    def reading_measures(self, *, to: str = "pandas", **given: Any) -> Any:
        """Give `mart.reading_measure`, a row a reader, reading and word; `given` as for `frame`."""
        return self.frame("mart.reading_measure", to=to, **given)

    def ingest(self, source: str, /, *arguments: Any, **parameters: Any) -> Tally:
        """Load a source, as ``warehouse ingest SOURCE`` does; a parameter that is not given has its default.

        Raises
        ------
        BadInput
            The warehouse was opened to read only, or what is given cannot be used.
        """
        return self._load(source_named(source), arguments, parameters)

    def compute(
        self, analysis: str, /, *, leave_out: Sequence[str] = (), jobs: int = 1, **given: Any
    ) -> dict[str, Tally]:
        """Compute an analysis, as ``warehouse compute ANALYSIS`` does.

        Parameters
        ----------
        analysis : str
            Its name.
        leave_out : sequence of str
            Labels of sentences to leave out.
        jobs : int
            Processes.
        **given
            What to compute it of (``model``, ``measure``, ``group``, ``corpus``, ... as the options of the command),
            and parameters of the analysis.

        Raises
        ------
        BadInput
            The warehouse was opened to read only, or the data cannot be analysed.
        """
        self._require_write()
        chosen, own = _parted(given)
        name = analysis.replace("-", "_")
        return pipeline.compute(self._database, name, chosen, leave_out, Progress(quiet=True), jobs, **own)

    def plan(self, analysis: str, /, *, leave_out: Sequence[str] = (), **given: Any) -> list[Plan]:
        """Say what `compute` would do, as ``warehouse plan`` does; takes the same."""
        chosen, own = _parted(given)
        return plans(self._database, analysis.replace("-", "_"), chosen, leave_out, **own)

    def score(self, checkpoint: str, corpus: str, *, to: str = "pandas", **parameters: Any) -> Any:
        """Take a model's attention on a corpus, compare it with the readers, and give its rows of `mart.model_summary`.

        What was done before is not done again: of a model that is scored already, the rows come at once.

        Parameters
        ----------
        checkpoint : str
            A folder or a name on the hub.
        corpus : str
            A corpus with readers that is in the warehouse.
        to : str
            As for `frame`.
        **parameters
            Of ``ingest("attention", ...)``, such as ``model``, its name in the warehouse, or ``device``.
        """
        names: set[str] = set()
        source = noting_models(source_named("attention"), names)
        self._load(source, (), {"checkpoint": checkpoint, "corpus": corpus, **parameters})
        self.compute("layer_choice", model=sorted(names), corpus=corpus)
        return self.frame("mart.model_summary", to=to, model=sorted(names), corpus=corpus)

    def _load(self, source: Source, arguments: Sequence[Any], parameters: dict[str, Any]) -> Tally:
        self._require_write()
        return pipeline.ingest(self._database, source, arguments, parameters, Progress(quiet=True))

    def _ask(self, query: Any, parameters: dict[str, Any]) -> Answer:
        with translate_errors("reading"):
            try:
                return ask(self._connection, query, parameters)
            except (psycopg.ProgrammingError, psycopg.DataError, pg.ReadOnlySqlTransaction) as error:
                raise BadInput(first_line(error), "the query", "correct it") from None

    def _pairs(self, corpus_id: int) -> Any:
        return as_frame(self._ask(cells.PAIRS, {"corpus_id": corpus_id}), "pandas")

    def _require_write(self) -> None:
        if not self._may_write:
            raise BadInput("was opened to read only", "the warehouse", "open it with warehouse.connect(write=True)")


def _parted(given: dict[str, Any]) -> tuple[dict[str, Sequence[str]], dict[str, Any]]:
    """Part what chooses units from the parameters of an analysis."""
    choosing = {name: given.pop(name) for name in ("measure", *COLUMNS) if name in given}
    return chosen_columns(choosing), given
