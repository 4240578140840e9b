"""The sync engine: pure Python, knows IMAP and mail, knows nothing of Odoo or of a database."""
