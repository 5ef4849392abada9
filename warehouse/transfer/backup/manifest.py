"""What a backup says of itself, read without trust: a closed set of keys, roles, privileges and settings.

Nothing of it becomes SQL but names (by `psycopg.sql`), numbers and words of this page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from warehouse.transfer.strict_json import Between, Matches, NotAsDeclared, parse, printable

MOST_BYTES = 16 * 2**20
"""Of a manifest; a table takes about 60, a role 300."""
PUBLIC = "PUBLIC"
PRIVILEGES = ("CONNECT", "CREATE", "TEMPORARY")
"""What may be granted on a database."""
SETTINGS = {
    "datestyle", "default_statistics_target", "default_transaction_read_only", "enable_partitionwise_aggregate",
    "enable_partitionwise_join", "idle_in_transaction_session_timeout", "idle_session_timeout", "jit", "lock_timeout",
    "max_parallel_workers_per_gather", "plan_cache_mode", "random_page_cost", "search_path", "statement_timeout",
    "timezone", "transaction_timeout", "work_mem",
}  # fmt: skip
"""What may be set for a role in a database: nothing that loads code, writes files or changes who somebody is."""
SCHEMAS = ("mart", "slice", "result", "current", "model", "human", "stimulus", "ops", "fn")
"""Of the warehouse: what a search path may name, besides the role's own scratch schema."""

Grantee = Annotated[str, Matches(r"(?!pg_).+"), printable, lambda name: len(name.encode()) <= 63]
Name = Annotated[Grantee, Matches(r"(?!(?i:public|none)$).*")]
ScratchName = Annotated[str, Matches(r"scratch_[a-z][a-z0-9_]{0,39}")]
Line = Annotated[str, printable]
Count = Annotated[int, Between(0, 2**62)]
Major = Annotated[int, Between(10, 999)]
TableName = Annotated[str, Matches(r"[^.\x00-\x1f]{1,63}\.[^\x00-\x1f]{1,63}"), printable]


@dataclass(frozen=True)
class Role:
    """A role that the database stands on; `sees_all` is beyond row security."""

    name: Name
    may_log_in: bool
    sees_all: bool
    inherits: bool
    connection_limit: Annotated[int, Between(-1, 2**31 - 1)]
    comment: Line | None


@dataclass(frozen=True)
class Membership:
    """`member` is a member of `role`, with three options named as in SQL."""

    role: Name
    member: Name
    ADMIN: bool
    INHERIT: bool
    SET: bool


@dataclass(frozen=True)
class Setting:
    """``NAME=VALUE`` for a role in the database, or for all."""

    role: Name | None
    setting: Annotated[str, Matches(r"[a-z_]+=.*"), printable]

    @property
    def name(self) -> str:
        """What is set."""
        return self.setting.partition("=")[0]

    @property
    def value(self) -> str:
        """To what."""
        return self.setting.partition("=")[2]

    @property
    def is_harmless(self) -> bool:
        """True for one of `SETTINGS`; a search path names schemas of the warehouse and the role's own scratch only."""
        if self.name != "search_path":
            return self.name in SETTINGS
        path = [part.strip().strip('"') for part in self.value.split(",")]
        return self.role is not None and set(path) <= {*SCHEMAS, "public", f"scratch_{self.role}"}


@dataclass(frozen=True)
class RoleGrant:
    """What somebody may do with the database itself."""

    grantee: Grantee
    privilege: Annotated[str, PRIVILEGES.__contains__]

    @property
    def is_usual(self) -> bool:
        """True for what everybody may have: to connect, and to make temporary tables."""
        return self.grantee == PUBLIC and self.privilege != "CREATE"


@dataclass(frozen=True)
class Extension:
    """An extension of the database, and whether a column is of one of its types."""

    extension: Annotated[str, Matches(r"[a-z][a-z0-9_-]{0,62}")]
    is_needed: bool


@dataclass(frozen=True)
class Manifest:
    """All that a backup says of itself; `tables` has the checksum of each.

    `scratch` names the scratch schemas that are in it; older versions wrote the extensions of the database down.
    """

    format: str
    version: Line
    schema_revision: Annotated[str, Matches(r"[0-9]{4}")]
    made_at: Line
    database: Line
    database_bytes: Count
    server_version: Line
    server_major: Major
    tool_major: Major
    roles: tuple[Role, ...]
    memberships: tuple[Membership, ...]
    settings: tuple[Setting, ...]
    grants: tuple[RoleGrant, ...]
    tables: dict[TableName, Annotated[str, Matches(r"[0-9]{1,18}-[0-9a-f]{16}")]]
    dump_bytes: Count
    scratch: tuple[ScratchName, ...] = ()
    extensions: tuple[Extension, ...] = ()


def read(raw: bytes) -> Manifest:
    """Read a manifest.

    Raises
    ------
    NotAsDeclared
        If a key is missing or not known, a value of another type or beyond its bounds, or a role, privilege, membership
        or setting none that a backup holds.
    """
    told = parse(raw, Manifest)
    for fault in _faults(told):
        raise NotAsDeclared(fault)
    return told


def _faults(told: Manifest) -> Iterator[str]:
    """Name what does not fit together: names that are none of the backup's roles, and rights that no backup gives."""
    own = {role.name for role in told.roles}
    if len(own) < len(told.roles):
        yield "a role stands twice in roles"
    named = [name for one in told.memberships for name in (one.role, one.member)]
    named += [one.grantee for one in told.grants if one.grantee != PUBLIC]
    named += [one.role for one in told.settings if one.role is not None]
    yield from (f"{name!r} is none of its roles" for name in named if name not in own)
    if any(one.grantee == PUBLIC and not one.is_usual for one in told.grants):
        yield "its grants let everybody make schemas"
    for one in told.settings:
        if not one.is_harmless:
            yield f"the setting {one.setting[:80]!r} of {one.role or 'everybody'} is none that a backup makes"
