"""What ``make demo`` runs: a sample mailbox on a real server, synced into a real Odoo.

``python -m demo`` (see ``__main__.py``) needs what ``dev/environment.sh`` sets up. Who is who:

- ``sample/``      the mails and what is to become of them; knows no Odoo and no server
- ``mailbox.py``   a Dovecot that holds them
- ``place.py``     what is kept between two runs, and where
- ``server.py``    Odoo as a process
- ``prepare.py``   inside Odoo: people, contacts, the connection
- ``summary.py``   inside Odoo: what landed where, against what was expected
- ``ending.py``    signals
- ``deliver.py``   a new mail for the demo that is running
"""
