"""A pytest plugin: a test that does not run has not passed, so a skip counts as a failure.

It is no conftest.py: pytest would import that before it knows that the addon belongs under `odoo.addons`.
"""

import pytest


def _fail_if_skipped(report):
    # An expected failure is reported as a skip too, but it did run.
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped tests count as failed: {reason}"


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
