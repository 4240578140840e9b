"""VANISHED, which tells of messages that are not there any more (RFC 7162)."""

import re
from collections.abc import Callable

from .errors import ProtocolError
from .grammar import Malformed
from .uid_ranges import UidRanges

_EARLIER = re.compile(rb"\(EARLIER\) ", re.IGNORECASE)


class Vanishing:
    """Collects VANISHED: the answer to a question about the past ("EARLIER"), and news that may come
    with any command and are not repeated in this session (RFC 7162 section 3.2.10).

    :param noted: called with the news
    """

    def __init__(self, noted: Callable[[UidRanges], None]):
        self._noted = noted
        self._earlier: list[UidRanges] = []
        self._news = UidRanges()

    def heard(self, text: bytes) -> None:
        """Note a VANISHED."""
        earlier = _EARLIER.match(text)
        try:
            uids = UidRanges.parse(text[earlier.end() if earlier else 0 :].strip())
        except Malformed:
            raise ProtocolError("a VANISHED without UIDs") from None
        if earlier:
            self._earlier.append(uids)
        else:
            self._news = self._news | uids
            self._noted(uids)

    def take_earlier(self) -> UidRanges:
        """What was told of the past since this was last asked."""
        taken, self._earlier = self._earlier, []
        return UidRanges(part for ranges in taken for part in ranges)

    def take_news(self) -> UidRanges:
        """What vanished since this was last asked."""
        taken, self._news = self._news, UidRanges()
        return taken
