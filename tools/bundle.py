"""`python -m tools.bundle` writes the JavaScript that draws charts in the dashboard's page, from what vl-convert ships.

The file stands in the repository, so that the dashboard needs neither the internet nor vl-convert. Its first line names
the versions; a test compares them with those of the library.
"""

from pathlib import Path

import vl_convert

FILE = Path("warehouse/dashboard/static/vega.js")
NOTICE = """\
// {versions}
// Made by `python -m tools.bundle`. Vega, Vega-Lite, vega-embed, vega-tooltip and vega-interpreter: BSD-3-Clause,
// Copyright 2015-2025 University of Washington Interactive Data Lab and contributors. d3: ISC, Copyright Mike Bostock.
"""


def versions() -> str:
    """Name what is in the bundle."""
    lite = vl_convert.get_vegalite_versions()[-1]
    return f"Vega {vl_convert.get_vega_version()}, Vega-Lite {lite}, vega-embed {vl_convert.get_vega_embed_version()}"


def main() -> None:
    """Write the file."""
    FILE.write_text(
        NOTICE.format(versions=versions()) + vl_convert.javascript_bundle().rstrip() + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
