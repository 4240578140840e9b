"""Sets of UIDs as servers write them, ``1:3,7``; ranges are never spelt out, since they may span
billions.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from .grammar import Malformed

_SET = re.compile(rb"\d{1,10}(?::\d{1,10})?(?:,\d{1,10}(?::\d{1,10})?)*")


class UidRanges:
    """An immutable set of UIDs.

    :param ranges: (lowest, highest) in any order, overlaps allowed
    """

    __slots__ = ("_highs", "_lows")

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()):
        self._lows: list[int] = []
        self._highs: list[int] = []
        for low, high in sorted(ranges):
            if self._highs and low <= self._highs[-1] + 1:
                self._highs[-1] = max(self._highs[-1], high)
            else:
                self._lows.append(low)
                self._highs.append(high)

    @classmethod
    def parse(cls, text: bytes) -> "UidRanges":
        """Read a set; the ends of a range come in any order (RFC 3501 section 9).

        :raises Malformed: it is none
        """
        if not _SET.fullmatch(text):
            raise Malformed("not a set of UIDs")
        parts = (part.split(b":") for part in text.split(b","))
        return cls(sorted((int(ends[0]), int(ends[-1]))) for ends in parts)

    @classmethod
    def of(cls, uids: Iterable[int]) -> "UidRanges":
        """The set of given UIDs."""
        return cls((uid, uid) for uid in uids)

    def __contains__(self, uid: int) -> bool:
        place = bisect_right(self._lows, uid) - 1
        return place >= 0 and uid <= self._highs[place]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Lowest and highest of each run, ascending."""
        return zip(self._lows, self._highs, strict=True)

    def __bool__(self) -> bool:
        return bool(self._lows)

    def __eq__(self, other) -> bool:
        return isinstance(other, UidRanges) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"UidRanges({list(self)})"

    def __or__(self, other: "UidRanges") -> "UidRanges":
        return UidRanges([*self, *other])

    def count(self, below: int = 2**63) -> int:
        """How many UIDs are in it, or how many that are below one."""
        return sum(min(high + 1, below) - low for low, high in self if low < below)
