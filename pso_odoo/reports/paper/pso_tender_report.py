from odoo import api, fields, models
from odoo.tools import format_date, formatLang

ASPIRANT = "aspirant"


class ReportTender(models.AbstractModel):
    """What a client may see of the certificate of the company: for tenders.

    Nothing of persons stands in it; the shares only if a coordinator says so.
    """

    _name = "report.pso_odoo.report_tender"
    _description = "PSO Statement for Tenders"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the statement prints.

        :raise AccessError: if the user may not read one of the rounds
        :raise UserError: if there is no certificate that a client can rely on
        """
        rounds = self.env["pso.certification"].browse(docids)
        rounds.check_access("read")
        rounds._check_statement()
        return {
            "doc_ids": docids,
            "doc_model": rounds._name,
            "docs": rounds,
            "meaning": self._meaning,
            "shares": self._shares,
            "day": self._day,
            "today": self._day(fields.Date.context_today(self)),
        }

    def _meaning(self, level):
        """Say what a level means, as the scheme has published it (section 1)."""
        if level.code == ASPIRANT:
            return self.env._(
                "The organisation is below the norm and has a plan, approved by its "
                "management, by which it reaches step 1 at least within two years."
            )
        if not level.top_share:
            return self.env._("What this level means is not published.")
        return self.env._(
            "This organisation is among the best %(share)s %% of organisations of its "
            "size, by what it does for people with a distance to the labour market.",
            share=self._number(level.top_share),
        )

    def _shares(self, round_):
        """Return the direct and the indirect share as text, or None."""
        shares = round_._shares_to_show()
        return shares and [self._percent(share) for share in shares]

    def _day(self, day):
        """Write a day in words: clients abroad read figures in another order."""
        return format_date(self.env, day, date_format="long")

    def _number(self, value):
        digits = 0 if value == int(value) else 1
        return formatLang(self.env, value, digits=digits)

    def _percent(self, value):
        return f"{formatLang(self.env, value, digits=1)}\N{NO-BREAK SPACE}%"
