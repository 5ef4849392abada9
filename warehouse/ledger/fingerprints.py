"""Fingerprints: what decides some numbers, as one digest by which it is known again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def fingerprint(parts: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON in which every string is prefixed with its length: nothing can collide."""
    return hashlib.sha256(_canonical(parts).encode()).hexdigest()


def _canonical(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_canonical(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_canonical, value)) + "]"
    text = json.dumps(value, ensure_ascii=True)
    return f"{len(text)}:{text}"
