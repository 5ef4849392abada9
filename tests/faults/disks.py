"""A disk of memory for the server, whose size can be changed while it is used; only root may mount one."""

import os
import subprocess
from pathlib import Path

from warehouse.database.server.processes import server_account

SPACIOUS = 2 << 30


def mount(place: Path) -> bool:
    """Mount a spacious disk of memory for the server's user; False where that is not allowed."""
    if os.geteuid() != 0:
        return False
    account = server_account()
    options = f"size={SPACIOUS},mode=0711,uid={account.uid},gid={account.gid}"
    return _mounted("-t", "tmpfs", "-o", options, "tmpfs", str(place))


def leave_room(place: Path, room: int) -> None:
    """Make the disk so small that this many bytes are left."""
    disk = os.statvfs(place)
    used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    _mounted("-o", f"remount,size={used + room}", str(place))


def make_spacious(place: Path) -> None:
    """Give the disk its room again."""
    _mounted("-o", f"remount,size={SPACIOUS}", str(place))


def unmount(place: Path) -> None:
    """Take the disk away."""
    if place.is_mount():
        subprocess.run(["umount", str(place)], check=True)


def _mounted(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True).returncode == 0
