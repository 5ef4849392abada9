"""What is odd in the published data and cannot be seen from the files: `oddities.toml`, read."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Exclusion:
    """A reader who is left out: of everything, or of what one rule makes.

    The reader is recognised by the label of the recording, which is in the files: another study has a sub-01 too.
    """

    language_group: str
    subject_label: str
    recording: str
    excluded_because: str
    source: str
    saccade_rule: str | None = None

    def is_of(self, language_group: str, subject_label: str, recordings: Collection[str]) -> bool:
        """Tell whether a reader is the one that is meant."""
        named = (language_group, subject_label) == (self.language_group, self.subject_label)
        return named and any(label.partition("_")[0] == self.recording for label in recordings)


@dataclass(frozen=True)
class UsageWarning:
    """A sentence with a usage warning; recognised by its label and its text."""

    sentence_label: str
    sentence_text: str
    usage_warning: str
    reason: str


@dataclass(frozen=True)
class Oddities:
    """All of them; ``no_roi_record`` holds (group, label) of readers that the region files skip."""

    exclusions: tuple[Exclusion, ...] = ()
    usage_warnings: tuple[UsageWarning, ...] = ()
    no_roi_record: frozenset[tuple[str, str]] = frozenset()


@cache
def oddities() -> Oddities:
    """Read `oddities.toml`."""
    told = tomllib.loads(Path(__file__).with_name("oddities.toml").read_text(encoding="utf-8"))
    return Oddities(
        tuple(Exclusion(**entry) for entry in told["exclusion"]),
        tuple(UsageWarning(**entry) for entry in told["usage_warning"]),
        frozenset((entry["language_group"], entry["subject_label"]) for entry in told["no_roi_record"]),
    )
