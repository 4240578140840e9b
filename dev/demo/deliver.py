"""``make demo-mail``: a customer writes to Clara while the demo runs.

    python -m demo.deliver RUNNING.json

The file is written by the demo; it says where its mailbox is.
"""

import imaplib
import json
import ssl
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

from .sample import clients
from .sample.letter import Letter
from .sample.people import CLARA, person

#: sender, subject, text; one after the other
_LETTERS = (
    (
        "amelie",
        "One more tin",
        """
Dear Clara,

it is evening, the tea room is full, and somebody has just ordered the last pot of Hojicha. Could
you add one tin to the next parcel?

Best regards,
""",
    ),
    (
        "sabine",
        "Grüntee im Regal",
        """
Hallo Frau Whitfield,

der Sencha steht seit heute Morgen im Regal, und drei Dosen sind schon weg. Bitte schicken Sie uns
noch zwölf!

Viele Grüße
""",
    ),
    (
        "ken",
        "The first leaves",
        """
Dear Ms Whitfield,

this morning we saw the first leaves. They are very small and very green.

With best wishes,
""",
    ),
)


def main(running_file):
    try:
        access = json.loads(Path(running_file).read_text())
    except FileNotFoundError:
        print("error: the demo of this checkout is not running: start it with make demo")
        return 1
    context = ssl.create_default_context(cafile=access["ca_file"])
    with imaplib.IMAP4_SSL(access["host"], access["port"], ssl_context=context) as client:
        client.login(access["login"], access["password"])
        number = int(client.status("INBOX", "(MESSAGES)")[1][0].split()[-1].rstrip(b")"))
        letter = _letter(*_LETTERS[number % len(_LETTERS)])
        status, answer = client.append("INBOX", None, None, clients.to_bytes(letter))
    if status != "OK":
        print(f"error: the mailbox refused it: {answer}")
        return 1
    print(f"==> Delivered: {letter.subject!r} from {letter.sender.name} <{letter.sender.email}>")
    return 0


def _letter(sender, subject, body):
    return Letter(
        # another one each time, so that it is another email
        key=f"delivered-{uuid.uuid4()}",
        sender=person(sender),
        to=(CLARA,),
        subject=subject,
        body=body,
        date=datetime.now(timezone.utc),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
