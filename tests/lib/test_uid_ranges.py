"""Sets of UIDs."""

import pytest

from lib.grammar import Malformed
from lib.uid_ranges import UidRanges


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"5", [(5, 5)]),
        (b"1:3,7", [(1, 3), (7, 7)]),
        (b"7,3:1,4", [(1, 4), (7, 7)]),
        (b"1:10,5:20,30", [(1, 20), (30, 30)]),
        (b"1:4294967295", [(1, 4294967295)]),
    ],
)
def test_parse(text, expected):
    assert list(UidRanges.parse(text)) == expected


@pytest.mark.parametrize(
    "text", [b"", b"*", b"1:*", b"1,", b"a", b"1 2", b"-1", b"1:2:3", b"12345678901"]
)
def test_malformed(text):
    with pytest.raises(Malformed):
        UidRanges.parse(text)


def test_as_a_set():
    uids = UidRanges.of([9, 1, 2, 3, 7])
    assert [uid for uid in range(12) if uid in uids] == [1, 2, 3, 7, 9]
    assert uids.count() == 5
    assert [uids.count(below=uid) for uid in (1, 2, 4, 8, 100)] == [0, 1, 3, 4, 5]
    assert list(uids | UidRanges.parse(b"4:6,100")) == [(1, 7), (9, 9), (100, 100)]
    assert uids == UidRanges.parse(b"1:3,7,9") != UidRanges()
    assert uids and not UidRanges()
    assert 5 not in UidRanges()
