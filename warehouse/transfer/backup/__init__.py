"""`warehouse backup FILE` and `warehouse restore FILE`: a whole database in one file, and back, proved by checksums.

The file is a zip archive that any tool opens: `database.dump` (pg_dump's custom format) and `manifest.json` (versions,
roles, and the checksum of every table as of the dump's own snapshot).
"""

from warehouse.transfer.backup.dumping import backup
from warehouse.transfer.backup.restoring import Restored, restore

__all__ = ["Restored", "backup", "restore"]
