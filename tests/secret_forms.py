"""Looking for a secret in what must not hold it, in whatever form it may have been written there."""

import base64
import json
from urllib.parse import quote, quote_plus


def forms(secret):
    """Return the forms (bytes) in which a secret may stand inside something else."""
    raw = secret.encode()
    found = {raw, secret.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()}
    for escaped in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        found.add(escaped.encode())
    for escaped in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret)):
        found.add(escaped[1:-1].encode())
    for start in range(3):
        # base64 of something longer: the characters that depend on nothing but the secret
        encoded = base64.b64encode(b"\0" * start + raw)
        whole = encoded[-(-start * 8 // 6) : (start + len(raw)) * 8 // 6]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def found_in(text, secrets):
    """Return the secrets that stand in some text (bytes), with the form of each."""
    return [(secret, form) for secret in secrets for form in forms(secret) if form in text]
