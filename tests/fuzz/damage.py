"""Inputs that were sound: bytes, lines, fields, numbers and lengths of a valid one are changed, a few at a time."""

import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

FOREIGN = (
    b"", b" ", b"\0", b"\r", b"\n", b"\n\n", b"\t", b'"', b"'", b"\\", b"=", b",", b"-1", b"0", b"00", b"1", b"2",
    b"255", b"32768", b"65536", b"2147483648", b"999999999", b"9223372036854775808", b"1" * 40, b"9" * 5000, b"1.5",
    b"1e309", b"nan", b"inf", b"true", b"null", b"[]", b"{}", b"[" * 50, b"n/a", b".", b"..", b"/", b"%s", b"\x1b[31m",
    b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xcc\x81" * 40,
    b"\xc2\x85", "\u0663".encode(), "\u00b2".encode(), "\N{GRINNING FACE}".encode(), "\ufb01".encode(), b"x" * 3000,
)  # fmt: skip
"""What parsers stumble over: nothing, separators, numbers beside every type, text that is none."""

Edit = Callable[[bytes, int, bytes], bytes]


def _insert(content: bytes, place: int, foreign: bytes) -> bytes:
    place %= len(content) + 1
    return content[:place] + foreign + content[place:]


def _overwrite(content: bytes, place: int, foreign: bytes) -> bytes:
    place %= len(content) + 1
    return content[:place] + foreign + content[place + max(1, len(foreign)) :]


def _cut(content: bytes, place: int, foreign: bytes) -> bytes:
    place %= len(content) + 1
    return content[:place] + content[place + 7 * len(foreign) + 1 :]


def _end(content: bytes, place: int, _foreign: bytes) -> bytes:
    return content[: place % (len(content) + 1)]


def _flip(content: bytes, place: int, _foreign: bytes) -> bytes:
    changed = bytearray(content)
    if changed:
        changed[place // 8 % len(changed)] ^= 1 << place % 8
    return bytes(changed)


def _repeat(content: bytes, place: int, foreign: bytes) -> bytes:
    place %= len(content) + 1
    return content[:place] + content[place : place + 9] * (len(foreign) % 9 + 2) + content[place:]


def _part(separator: bytes) -> Edit:
    """Replace what stands between two separators."""

    def edit(content: bytes, place: int, foreign: bytes) -> bytes:
        parts = content.split(separator)
        parts[place % len(parts)] = foreign
        return separator.join(parts)

    return edit


def _move(content: bytes, place: int, foreign: bytes) -> bytes:
    """Put a line where another is, or twice."""
    lines = content.split(b"\n")
    taken = lines[place % len(lines)] if len(foreign) % 2 else lines.pop(place % len(lines))
    lines.insert((place // 7) % (len(lines) + 1), taken)
    return b"\n".join(lines)


def _number(content: bytes, place: int, foreign: bytes) -> bytes:
    """Put something else in the place of a number."""
    found = [each.span() for each in re.finditer(rb"\d+", content)]
    start, stop = found[place % len(found)] if found else (0, 0)
    return content[:start] + foreign + content[stop:]


EDITS: tuple[Edit, ...] = (
    _insert, _overwrite, _cut, _end, _flip, _repeat, _part(b"\n"), _part(b"\t"), _part(b"\n"), _part(b","), _move,
    _number, _number,
)  # fmt: skip


def damaged(valid: bytes, edits: Sequence[Edit] = EDITS) -> st.SearchStrategy[bytes]:
    """Give a valid input with one to four edits."""
    place = st.integers(0, 2**20)
    one = st.tuples(st.sampled_from(edits), place, st.sampled_from(FOREIGN) | st.binary(max_size=6))

    def applied(chosen: list[tuple[Edit, int, bytes]]) -> bytes:
        content = valid
        for edit, where, foreign in chosen:
            content = edit(content, where, foreign)
        return content

    return st.lists(one, min_size=1, max_size=4).map(applied)


def any_bytes(*valid: bytes) -> st.SearchStrategy[bytes]:
    """Give inputs from nothing, and damaged ones."""
    return st.one_of(st.binary(max_size=200), *(damaged(one) for one in valid for _ in range(4)))
