"""Names that were likely meant where one is not known; for errors, the command line and Python alike."""

from collections.abc import Collection
from difflib import get_close_matches

MOST_NEAR, MOST_LISTED = 3, 40
"""Names that a sentence suggests, and that it lists."""
LEAST_BEGUN = 3
"""Letters of a name that is taken for the beginning of a longer one."""


def near_names(name: str, known: Collection[str]) -> list[str]:
    """Give the known names that were likely meant, best first: of another case, spelt much alike, longer, or its end.

    Parameters
    ----------
    name : str
        What was given.
    known : collection of str
        What there is.

    Returns
    -------
    list of str
        At most three; one alone where it differs in case, hyphens and underscores only.
    """
    alike: dict[str, list[str]] = {}
    for one in sorted(known):
        alike.setdefault(_plain(one), []).append(one)
    wanted = _plain(name)
    if wanted in alike:
        return alike[wanted][:MOST_NEAR]
    begun = [plain for plain in alike if len(wanted) >= LEAST_BEGUN and plain.startswith(wanted)]
    ended = [plain for plain in alike if len(plain) >= LEAST_BEGUN and wanted.endswith(plain)]
    found = [*get_close_matches(wanted, alike, n=MOST_NEAR), *begun, *ended]
    return list(dict.fromkeys(one for plain in found for one in alike[plain]))[:MOST_NEAR]


def listed(known: Collection[str]) -> str:
    """List names in order, numbers by their size, of very many the first."""
    more = f" and {len(known) - MOST_LISTED:,} more" if len(known) > MOST_LISTED else ""
    in_order = sorted(known, key=lambda name: (int(name) if name.isdecimal() else -1, name))
    return ", ".join(in_order[:MOST_LISTED]) + more


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-")
