"""The embedded server: the programs it is made of, the user that runs them, its directory, its life."""

from warehouse.database.server.binaries import OLDEST, find_binaries
from warehouse.database.server.directory import default_directory
from warehouse.database.server.embedded import EmbeddedServer
from warehouse.database.server.postmaster import Status
from warehouse.database.server.roles import DATABASE

__all__ = ["DATABASE", "OLDEST", "EmbeddedServer", "Status", "default_directory", "find_binaries"]
