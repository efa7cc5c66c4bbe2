from odoo import fields, models

from ..tools.headers import header_key
from .pso_import import KINDS


class PsoImportHeader(models.Model):
    """What a user once said of a header: which field it is, or that it is none.

    It is one's own: the header of somebody's list is nobody else's business.
    """

    _name = "pso.import.header"
    _description = "Header Known from an Earlier PSO Import"
    _order = "kind, key"

    kind = fields.Selection(KINDS, required=True)
    key = fields.Char(required=True, help="The header as it is compared.")
    name = fields.Char(
        string="Field", required=True, help="The technical name of the field, or none."
    )

    _header_unique = models.UniqueIndex(
        "(create_uid, kind, key)", "A header is one field."
    )

    def _decisions(self, kind):
        """Return what the user has said: ``{header as it is compared: name}``."""
        own = [("create_uid", "=", self.env.uid), ("kind", "=", kind)]
        return {header.key: header.name for header in self.search(own)}

    def _remember(self, kind, said):
        """Keep what the user says of headers: ``{header: name}``."""
        own = [("create_uid", "=", self.env.uid), ("kind", "=", kind)]
        by_key = {header_key(header): name for header, name in said.items()}
        by_key.pop("", None)
        known = self.search([*own, ("key", "in", list(by_key))])
        for header in known:
            header.name = by_key.pop(header.key)
        self.create(
            [{"kind": kind, "key": key, "name": name} for key, name in by_key.items()]
        )
