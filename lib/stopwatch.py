"""What the time of a run went into."""

import time
from collections import Counter


class Stopwatch:
    """Runs from the moment that it is made.

    :param clock: returns a moment in seconds that never goes back
    """

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._last = clock()
        #: seconds by name of the phase
        self.laps = Counter()

    def lap(self, phase):
        """Count the time since the last lap for a phase, named by a str; a phase may have several laps."""
        now = self._clock()
        self.laps[phase] += now - self._last
        self._last = now
