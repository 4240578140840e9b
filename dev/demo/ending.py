"""How the demo ends when somebody or something ends it."""

import signal
import sys


def end_cleanly():
    """Let `kill` and a terminal that is closed end this process as Ctrl-C does: with everything cleaned up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # whoever used nohup wants it to go on
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number, frame):
    # they often come twice: by the terminal, and handed on
    for again in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    sys.exit(128 + number)
