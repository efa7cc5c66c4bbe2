"""A browser that keeps what it downloads, and pages that bring the tours."""

import json
import time
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase, common
from odoo.tools import config

# What the web client loads, made once for all tests: each of them forgets what it made.
BUNDLES = ("web.assets_web", "web.assets_web_print", "web.__assets_tests_call__")
# What the report loads, which must be there: a test has no primary to make it on.
REPORT_BUNDLES = ("web.report_assets_common", "web.report_assets_pdf")
# Seconds, for a busy machine: every step waits for what it needs, and no longer.
TIMEOUT = 300
DOWNLOAD_TIMEOUT = 60


class Downloader(common.ChromeBrowser):
    """Keeps what it downloads, and stays until that has come."""

    folder = None
    suffixes = ()

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._websocket_request(
            "Browser.setDownloadBehavior",
            params={"behavior": "allow", "downloadPath": self.folder},
        )

    def _spawn_chrome(self, cmd):
        # A report may come in a tab of its own, and no user clicks in a tour.
        return super()._spawn_chrome([cmd[0], "--disable-popup-blocking", *cmd[1:]])

    def stop(self):
        end = time.monotonic() + DOWNLOAD_TIMEOUT
        while not self.had_failure and time.monotonic() < end:
            found = sorted(path.suffix for path in Path(self.folder).iterdir())
            if found == sorted(self.suffixes):
                break
            time.sleep(0.1)
        super().stop()


class BrowserCase(HttpCase):
    """Tests in a browser whose pages bring the tours of the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Off under pytest-odoo, but with it the pages bring the tours.
        config["test_enable"] = True
        cls.addClassCleanup(config.__setitem__, "test_enable", False)
        for bundle in BUNDLES:
            assets = cls.env["ir.qweb"]._get_asset_bundle(bundle)
            assets.js()
            assets.css()
        for bundle in REPORT_BUNDLES:
            cls.env["ir.qweb"]._get_asset_bundle(bundle, autoprefix=True).css()

    def tour(self, name, login, url="/odoo", **parameters):
        """Run a tour of the addon.

        :param parameters: what the tour finds in ``odoo.psoTour``
        """
        options = {"startUrl": url, "delayToCheckUndeterminisms": 0}
        code = f"odoo.psoTour = {json.dumps(parameters)};"
        code += f"odoo.startTour('pso_odoo.{name}', {json.dumps(options)});"
        self.start_tour(
            url, f"pso_odoo.{name}", code=code, login=login, timeout=TIMEOUT
        )

    def downloads(self, folder, *suffixes):
        """For the browsers within: keep files of these suffixes in a folder."""
        options = {"folder": folder, "suffixes": suffixes}
        browser = type("Browser", (Downloader,), options)
        return patch.object(common, "ChromeBrowser", browser)
