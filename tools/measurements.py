"""Writes what follows from benchmarks/results/: docs/benchmarks.md, a picture for each benchmark, docs/capacity.md."""

import ast

from tools import capacity
from tools.results import RESULTS, ROOT, Run, history, latest
from tools.small_multiples import Panel, Point, small_multiples
from warehouse.report.capacity import MEASURED

HEAD = """# Benchmarks

How fast, how large, and beside what: every figure is taken beside another way to do the same in one run, so that what
slows the machine slows both. Value is the median of at least five turns, spread the least and the most of them; where
there is no spread, it was measured once.

```sh
make bench                                   # all at a tenth of the paper's size, in a few minutes
python -m benchmarks --scale 1               # the paper's size, which the targets are for
python -m benchmarks ingest slices           # some
python -m benchmarks.growth --times 1 10 100 # corpora up to a hundred times the paper's
python -m benchmarks.sums --times 1 10 100   # sums in place of cells, likewise
```

Each run is a line in `benchmarks/results/NAME.jsonl`, with date, commit, machine, load and scale; the newest is last.
In the pictures, a point is a run (filled: the paper's size, hollow: a part of it), the bar its spread, the dashed line
the target; axes are logarithmic. [Capacity](capacity.md) says what follows from these figures for larger studies.

This page is generated (`python -m tools.pages`, and at the end of `make bench`); a test compares it with the results.
"""


def pages() -> dict[str, str]:
    """Make the pages and the pictures; text by path."""
    histories = {path.stem: history(path.stem) for path in sorted(RESULTS.glob("*.jsonl"))}
    pictures = {
        f"docs/benchmarks/{name}.svg": small_multiples(panels(runs)) for name, runs in histories.items() if runs
    }
    contents = "\n".join(f"- [{name}](#{name}): {_purpose(name)}" for name in histories)
    sections = [section(name, runs) for name, runs in histories.items() if runs]
    page = "\n".join([HEAD, contents, "", *sections])
    return {
        "docs/benchmarks.md": page, "docs/capacity.md": capacity.page(),
        MEASURED.relative_to(ROOT).as_posix(): capacity.shipped(), **pictures,
    }  # fmt: skip


def write() -> None:
    """Write the pages and the pictures into the checkout."""
    for path, text in pages().items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


def panels(runs: list[Run]) -> list[Panel]:
    """Make a panel of every figure of the latest run of the paper's size, or of any size where there is none."""
    return [
        Panel(figure["what"], _points(figure["what"], runs), figure["target"], figure["at_most"])
        for figure in latest(runs)["figures"]
        if figure["value"] > 0
    ]


def section(name: str, runs: list[Run]) -> str:
    """Print a benchmark's purpose, its latest figures and its picture."""
    run = latest(runs)
    load = "" if run["load_at_the_end"] is None else f", load {run['load_at_the_end']:.1f}"
    size = "" if run["scale"] == 1 else f" at {run['scale']:g} of the paper's size"
    told = (
        f"Measured {run['date']} UTC at commit {run['commit']}{size}: {run['processor']}, {run['cores']} cores{load}, "
        f"{len(runs)} run{'s' if len(runs) > 1 else ''} on record."
    )
    head = "| figure | value | spread | target | holds |\n| --- | --- | --- | --- | --- |"
    rows = "\n".join(_row(figure) for figure in run["figures"])
    return f"## {name}\n\n{_purpose(name)}.\n\n{told}\n\n{head}\n{rows}\n\n![{name}](benchmarks/{name}.svg)\n"


def _points(what: str, runs: list[Run]) -> list[Point]:
    return [
        Point(run["commit"].removesuffix("-dirty"), figure["value"], _spread(figure), run["scale"] == 1)
        for run in runs
        for figure in run["figures"]
        if figure["what"] == what and figure["value"] > 0
    ]


def _spread(figure: Run) -> tuple[float, float] | None:
    least, most = figure["spread"] or (0, 0)
    return (least, most) if least > 0 else None


def _row(figure: Run) -> str:
    spread = "{:.4g} to {:.4g}".format(*figure["spread"]) if figure["spread"] else ""
    target = (
        "" if figure["target"] is None else f"{'at most' if figure['at_most'] else 'at least'} {figure['target']:.3g}"
    )
    holds = {True: "yes", False: "**no**", None: ""}[figure["holds"]]
    return f"| {figure['what']} | {figure['value']:.4g} | {spread} | {target} | {holds} |"


def _purpose(name: str) -> str:
    """Give what the first sentence of a benchmark's docstring says before the command that runs it."""
    path = ROOT / "benchmarks" / f"{name}.py"
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n\n")[0].partition(": ``")[0].replace("\n", " ").rstrip(".")
