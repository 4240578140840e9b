"""What a provider's sign-in page gives out (RFC 6749): a token for now, and one to get more of them."""

import json
import time
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Tokens:
    """They never show in ``repr``.

    :param refresh: gets new tokens until access is withdrawn
    :param access: signs in to the mail server
    :param expires: when ``access`` ends, in seconds of the epoch
    """

    refresh: str = field(repr=False)
    access: str = field(repr=False)
    expires: int

    @classmethod
    def load(cls, text: str) -> "Tokens":
        """Read what :meth:`dump` wrote."""
        return cls(**json.loads(text))

    def dump(self) -> str:
        """As a text, which has to be encrypted where it is stored."""
        return json.dumps(asdict(self))

    def lasts(self, seconds: float) -> bool:
        """Whether ``access`` can still be used for so long."""
        return self.expires - time.time() >= seconds
