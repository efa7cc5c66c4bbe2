"""Units of the web client, tested by HOOT as core tests its own (``web/tests``)."""

from browser import TIMEOUT

from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

SUITE = "@pso_odoo"


@tagged("post_install", "-at_install")
class TestJavascript(HttpCase):
    def test_units(self):
        suite = test_js.HOOTCommon._generate_hash(self, SUITE)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            login="admin",
            timeout=TIMEOUT,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
