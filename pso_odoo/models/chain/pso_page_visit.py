from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from odoo import api, fields, models
from odoo.tools.misc import hmac

# How often in an hour: a page is asked for by one link, and a form is sent by it; pages
# are asked for from one address of the internet by links that do not open, and by what
# is no link at all. Of the links that open no address is counted: behind one of them
# there may be all of an organisation.
MOST = {"link": 120, "sent": 30, "address": 600, "guess": 20}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BATCH = 10_000


class PsoPageVisit(models.Model):
    """That somebody asked for the page of a vendor, kept for a day to count it.

    Addresses and links are kept as what cannot be turned back into them. A line for
    each visit, and no counter: two visits at a time would wait for each other.
    """

    _name = "pso.page.visit"
    _description = "PSO Visit of a Vendor's Page"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    moment = fields.Datetime(required=True, readonly=True)

    _key_idx = models.Index("(key, moment)")
    _moment_idx = models.Index("(moment)")

    @api.model
    def _is_too_often(self, kind, text):
        """Count a visit, and return whether there were too many within an hour.

        :param kind: one of ``MOST``
        :param text: the link, or the address
        """
        visits = self.sudo()
        key = f"{kind}:{hmac(visits.env, 'pso_odoo.page_visit', text)}"
        now = fields.Datetime.now()
        count = visits.search_count(
            [("key", "=", key), ("moment", ">", now - HOUR)], limit=MOST[kind]
        )
        if count >= MOST[kind]:
            return True
        visits.create({"key": key, "moment": now})
        return False

    @api.autovacuum
    def _gc_visits(self):
        """Delete visits of which nobody counts any more."""
        before = fields.Datetime.now() - DAY
        visits = self.search([("moment", "<", before)], limit=BATCH)
        visits.unlink()
        return len(visits), len(visits) == BATCH


def network(address):
    """Return the address that visits are counted by: of IPv6 who has it has many.

    >>> network("192.0.2.1"), network("2001:db8::1:2"), network("::ffff:192.0.2.1")
    ('192.0.2.1', '2001:db8::/64', '192.0.2.1')
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        if not found.ipv4_mapped:
            return str(ip_network((int(found), 64), strict=False))
        found = found.ipv4_mapped
    return str(found)
