from . import base_partner_merge, pso_edition_import
