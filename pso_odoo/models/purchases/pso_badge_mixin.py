from odoo import api, models

# Where vendors stand below each other: lists, and alternatives on the form of an order.
COMPARING = {
    "list": "/list/field[@name='partner_id']",
    "form": "//field[@name='alternative_po_ids']/list/field[@name='partner_id']",
}
# Else a list with many columns leaves neither level nor last day of it.
READABLE = {"width": "130px", "class": "text-wrap"}


class PsoBadgeMixin(models.AbstractModel):
    """A document with ``partner_id`` and ``pso_badge`` that lists show together."""

    _name = "pso.badge.mixin"
    _description = "PSO Badge of the Vendor"

    # Whether the column is there from the start.
    _pso_badge_optional = "show"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Show the badge beside the vendor wherever a list compares vendors.

        Also in lists of other addons, such as those of calls for tenders.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        add_badge(arch, view_type, self._pso_badge_optional)
        return arch, view


def add_badge(arch, view_type, optional):
    """Add the badge to the lists of a view that compare vendors.

    :param optional: whether the column is there from the start, in a list of its own
    """
    path = COMPARING.get(view_type)
    for vendor in arch.xpath(path) if path else ():
        if vendor.getparent().find("field[@name='pso_badge']") is None:
            shown = "show" if view_type == "form" else optional
            badge = {"name": "pso_badge", "optional": shown, **READABLE}
            vendor.addnext(vendor.makeelement("field", badge))
