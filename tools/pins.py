"""`python -m tools.pins` writes `constraints.txt`: every package of every extra, by version and hash, for any system.

Versions that the file has are kept; options go to `uv pip compile`, e.g. ``--upgrade`` or ``--upgrade-package NAME``.
torch is held below a version only, without a hash, and what it brings along (CUDA's libraries) is not pinned: which
build of it fits depends on the machine. uv checks the hashes of constraints; pip, given one hash, wants one for
everything, so that `pip install -c constraints.txt` installs what is pinned (uv) but not this project.
"""

import re
import subprocess
import sys
from pathlib import Path

FILE = Path("constraints.txt")
TORCH = "torch<2.14"
OF_THE_MACHINE = re.compile(r"(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)\b")
COMPILE = [
    "--quiet", "--universal", "--python-version=3.11", "--all-extras", "--generate-hashes", "--no-header",
    "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", f"--output-file={FILE}",
]  # fmt: skip


def main() -> None:
    """Resolve, and leave out what depends on the machine."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *COMPILE, *sys.argv[1:], "pyproject.toml", "-"]
    subprocess.run(command, input=f"uv\n{TORCH}\n", text=True, check=True)
    pins = re.split(r"\n(?=\S)", FILE.read_text().strip())
    FILE.write_text("\n".join([*(pin for pin in pins if not OF_THE_MACHINE.match(pin)), TORCH]) + "\n")


if __name__ == "__main__":
    main()
