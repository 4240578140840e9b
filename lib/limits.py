"""How much a server may send, and how long it may take. Its answers are hostile input (RFC 9051
section 11).
"""

from dataclasses import dataclass, replace

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session.

    Times are seconds, sizes bytes.

    :param connect_timeout: for the whole of: connecting, TLS, and the greeting
    :param open_timeout: for all that comes before folders can be asked for: connecting, signing in, and more
    :param session_timeout: for a whole session, of a server that is always just in time
    :param command_timeout: for one command with its whole answer, however often a byte arrives
    :param close_timeout: for the farewell; nobody waits for a server that hangs on LOGOUT
    :param compress: whether the connection is compressed where the server can (RFC 4978)
    :param max_line: longest line; a SEARCH answer with 150,000 UIDs needs 1.7 MB
    :param max_literal: largest literal; a larger one is refused before it is read
    :param max_answers: most untagged lines that one command may bring
    :param max_answer_bytes: most bytes that one command may bring
    :param max_folders: most folders of a mailbox
    :param max_depth: deepest nesting of parentheses in an answer
    :param status_batch: STATUS commands in flight at once; so few that neither side's buffers fill
        up while the other one still writes
    :param window: most messages of which one command asks the UID
    :param search_window: most messages that one SEARCH without ESEARCH looks at
    :param header_batch: most messages of one header fetch
    :param uid_set_chars: longest UID set of one command; servers cap command lines (RFC 7162
        section 4: 8192)
    :param body_batch: most messages of one body fetch
    :param body_batch_bytes: most bytes of one body fetch, unless a single message is larger
    :param max_refusals: refused fetches after which the folder is given up rather than bisected
        further
    :param max_repairs: reconnections of one session to find the message that breaks the connection
    """

    connect_timeout: float = 20.0
    open_timeout: float = 60.0
    session_timeout: float = 3600.0
    command_timeout: float = 120.0
    close_timeout: float = 2.0
    compress: bool = True
    max_line: int = 4 * MEGABYTE
    max_literal: int = 100 * MEGABYTE
    max_answers: int = 200_000
    max_answer_bytes: int = 200 * MEGABYTE
    max_folders: int = 20_000
    max_depth: int = 20
    status_batch: int = 100
    window: int = 10_000
    search_window: int = 100_000
    header_batch: int = 500
    uid_set_chars: int = 1_000
    body_batch: int = 200
    body_batch_bytes: int = 16 * MEGABYTE
    max_refusals: int = 64
    max_repairs: int = 24

    def with_message_limit(self, limit: int) -> "Limits":
        """The same for a server whose commands may be about no more than ``limit`` messages (RFC 9738); 0: no
        limit. One is left over for the neighbour that a window looks at.
        """
        if not limit:
            return self
        most = max(limit - 1, 1)
        return replace(
            self,
            window=min(self.window, most),
            search_window=min(self.search_window, most),
            header_batch=min(self.header_batch, most),
            body_batch=min(self.body_batch, most),
        )
