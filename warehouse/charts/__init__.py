"""Charts as Vega-Lite specifications: one definition for the report, the dashboard and notebooks.

`figure` turns rows into a chart; each kind is a module (`curve`, `bars`, `stack`, `fit`, `matrix`). A chart is plain
JSON: the dashboard's page draws it in the browser, `rendering` as SVG and PNG for the report, and a notebook shows it
through Altair.
"""

from warehouse.charts.figure import KINDS, Figure, figure
from warehouse.charts.looks import COLOURS, Look, looks

__all__ = ["COLOURS", "KINDS", "Figure", "Look", "figure", "looks"]
