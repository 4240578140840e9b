"""From an address to its mail server: the provider is known, or its domain says so, or a likely server answers.

The network is asked about the domain and never about the person: only the domain's own server for settings gets the
address. What DNS or such settings name is not connected to here; it is told to the person, and signing in comes next.
"""

from .find import find, known
from .found import Found, Outcome, Source

__all__ = ["Found", "Outcome", "Source", "find", "known"]
