"""Sequence sets as clients write them."""


class NumberSet:
    """The members of a sequence set; ranges are not spelt out, since they may span millions."""

    def __init__(self, text: bytes, last: int = 0):
        self._ranges = []
        for part in text.split(b","):
            ends = [last if end == b"*" else int(end) for end in part.split(b":")]
            self._ranges.append((min(ends), max(ends)))

    def __contains__(self, number: int) -> bool:
        return any(low <= number <= high for low, high in self._ranges)
