"""The first version noted of a message that could not be read neither when it was tried nor why, in a way that can be
told: such messages would never be tried again."""


def migrate(cr, version):
    cr.execute("""
        UPDATE imap_placement
           SET last_attempt = create_date, attempts = 1, error_code = 'message_unreadable'
         WHERE state = 'quarantined' AND last_attempt IS NULL
    """)
