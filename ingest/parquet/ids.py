"""Surrogate ids of another warehouse as those of this one, by the natural keys of the rows that they name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingest.parquet.references import named_by
from ingest.parquet.tables import Export, TableColumns
from warehouse.declarations import Table
from warehouse.load.stored import Stored
from warehouse.schema.natural_keys import identity, natural_key
from warehouse.schema.tables import human, model, ops, stimulus

ENTITIES = {"sentence": stimulus.sentence, "extraction": model.extraction, "region": human.region}
"""What the ids in `ops.usage_warning_on` name, by `entity`."""
KINDS = {"corpus": stimulus.corpus, "extraction": model.extraction, "subject": human.subject}
"""What the ids in `ops.unit.about` name; groups stand there by their names."""


class NotHere(LookupError):
    """A row of the other warehouse that this one does not hold."""


class Ids:
    """Translates ids; what this warehouse holds is asked of it, what was just written is learned."""

    def __init__(self, export: Export, stored: Stored) -> None:
        self._export, self._stored = export, stored
        self._maps: dict[Table, dict[int, int]] = {}

    def of(self, table: Table, numbers: Iterable[int | None]) -> list[int | None]:
        """Give the ids here of rows of a table; None stays None.

        Raises
        ------
        NotHere
            If this warehouse lacks a row.
        """
        wanted = list(numbers)
        known = self._maps.setdefault(table, {})
        if not known.keys() >= set(wanted) - {None}:
            known.update(self.match_rows(table))
        missing = set(wanted) - {None} - known.keys()
        if missing:
            raise NotHere(f"{table.fullname} {min(number for number in missing if number is not None)}")
        return [None if number is None else known[number] for number in wanted]

    def match_rows(self, table: Table) -> dict[int, int]:
        """Find the rows of the export that this warehouse holds: id there to id here."""
        here, rows = self._stored.keys(table), self._export.dicts(table)
        found = {}
        for row in rows:
            try:
                key = self._natural(table, row)
            except NotHere:
                continue
            if key in here:
                found[row[str(identity(table))]] = here[key]
        return found

    def learn(self, table: Table, theirs: Sequence[int], ours: Sequence[int]) -> None:
        """Remember the ids of rows that were written in a transaction that is still open."""
        self._maps.setdefault(table, {}).update(zip(theirs, ours, strict=True))

    def translate_ids(self, table: Table, rows: TableColumns) -> TableColumns:
        """Give rows with the ids of this warehouse, without the surrogate id of their own."""
        own = identity(table)
        return {name: self._column(table, name, rows, values) for name, values in rows.items() if name != own}

    def rules_here(self) -> set[str]:
        """Name the rules of saccades that this warehouse has."""
        return {name for (name,) in self._stored.keys(human.saccade_rule)}

    def readers_here(self) -> list[int]:
        """Give the ids of all readers of this warehouse."""
        return sorted(self._stored.keys(human.subject).values())

    def about(self, things: Sequence[str]) -> list[str] | None:
        """Translate what a unit is about, kinds and ids as text; None, not known, where one of them is not here."""
        try:
            return sorted(self._thing(*thing.split(" ", 1)) for thing in things)
        except NotHere:
            return None

    def _natural(self, table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
        one = self.translate_ids(table, {name: [row[name]] for name in natural_key(table)})
        return tuple(value for (value,) in one.values())

    def _column(self, table: Table, name: str, rows: TableColumns, values: list[Any]) -> list[Any]:
        if table is ops.usage_warning_on and name == "entity_id":
            named = zip(rows["entity"], values, strict=True)
            return [self.of(ENTITIES[entity], [number])[0] for entity, number in named]
        if table is ops.unit and name == "about":
            return [None if things is None else self.about(things) for things in values]
        target = named_by(table.c[name])
        return values if target is None else list(self.of(target, values))

    def _thing(self, kind: str, name: str) -> str:
        return f"{kind} {self.of(KINDS[kind], [int(name)])[0]}" if kind in KINDS else f"{kind} {name}"
