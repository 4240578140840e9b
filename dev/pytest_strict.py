"""A pytest plugin for make test: a skipped test counts as failed, as it has shown nothing.

It is no conftest.py: pytest would import that before it knows that the addon's package is called
`odoo.addons.mail_imap_sync`.
"""

import dataclasses

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    # The addon is tested through a link to the checkout. Show its files as a person names them,
    # relative to the checkout and not to the folder that pytest was really started in.
    if config.rootpath.resolve() == config.invocation_params.dir:
        config.invocation_params = dataclasses.replace(
            config.invocation_params, dir=config.rootpath
        )


def _fail_if_skipped(report):
    # An expected failure is reported as a skip too, but it did run.
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"A skipped test counts as failed: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    _fail_if_skipped(report)
    return report
