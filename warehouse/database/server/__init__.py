"""The embedded server: the programs it is made of, the user that runs them, its directory, its life."""

from warehouse.database.server.binaries import OLDEST, find_binaries
from warehouse.database.server.directory import default_directory
from warehouse.database.server.embedded import DATABASE, ROLE, EmbeddedServer, Status

__all__ = ["DATABASE", "OLDEST", "ROLE", "EmbeddedServer", "Status", "default_directory", "find_binaries"]
