from . import base_partner_merge, pso_company_settings, pso_edition_import
