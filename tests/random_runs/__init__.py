"""Random runs: what happens to mailboxes in every order, with syncs that are cut or killed anywhere between.

``mails`` says what mail there is and where it belongs, ``memory`` keeps it on servers in memory, ``steps`` are the
things that happen, ``decisions`` what people decide in Odoo, ``faults`` break a sync, ``check`` compares the outcome
with what it should be, ``eyes`` what people see with what they should, and ``machine`` draws runs from seeds, and cuts
a failing one down to the steps that matter.
"""
