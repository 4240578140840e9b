"""A pytest plugin for make test: each of pytest-xdist's workers tests in a database of its own.

pytest-odoo would see to that, but not with Odoo 19: it sets `db_name` to a text, where Odoo wants a list (2.3.0). So it
is told which database to use (`dev/database.sh copies` makes them), and not that it is one worker of several.
"""

import os

import pytest


# a wrapper, as pytest-odoo's is one, and would else read the option first
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    worker = os.environ.pop("PYTEST_XDIST_WORKER", None)
    # the engine's tests do without Odoo
    if worker and config.getoption("odoo_database", None):
        config.option.odoo_database += f"_{worker}"
    return (yield)
