"""The unit tests of static/tests/unit, and Odoo's own of the chatter with our patches in it, in a real browser."""

from odoo.tests import HttpCase, no_retry, tagged

OURS = "@mail_imap_sync"
#: suites of Odoo that show that other threads behave as before
OF_ODOO = [
    "@mail/chatter/web/chatter",
    "@mail/chatter/web/chatter_search",
]


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    @no_retry
    def test_our_patches(self):
        self.run_suites(OURS)

    @no_retry
    def test_odoos_own_tests_still_pass(self):
        self.run_suites(*OF_ODOO)

    def run_suites(self, *names):
        ids = "".join(f"&id={self.suite_id(name)}" for name in names)
        failures = []

        def ends_the_run(message):
            failures.append(message)
            return "[HOOT]" not in message

        try:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{ids}",
                "",
                "",
                login="admin",
                timeout=600,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=ends_the_run,
            )
        except AssertionError as error:
            raise AssertionError("\n\n".join(failures)) from error

    @staticmethod
    def suite_id(name):
        """Return the identifier by which a suite is chosen: hoot's hash of its name."""
        number = 0
        for character in name:
            number = (number * 31 + ord(character)) & 0xFFFFFFFF
        return f"{number:08x}"
