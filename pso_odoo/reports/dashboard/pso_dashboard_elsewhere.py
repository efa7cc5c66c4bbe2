from odoo import api, models

from ...tools.groups import PURCHASE, USER


class PsoDashboard(models.AbstractModel):
    """Where to go for who may not see the score."""

    _inherit = "pso.dashboard"

    @api.model
    @api.readonly
    def elsewhere(self):
        """Say to who may not see the score who may give access, and what there is.

        It tells nothing but the rights of the user.

        :return: ``{message, doors: [{name, action}]}``; an action is an external id or
            the address of a page; False for who may see the score
        """
        user = self.env.user
        if user.has_group(USER):
            return False
        doors = []
        if user.has_group(PURCHASE):
            doors += [
                self._door("pso_purchase_report_action"),
                self._door("pso_certificate_action"),
                self._door("pso_supplier_figure_action"),
            ]
        if user.has_group("base.group_system"):
            name = self.env._("Who may see the score")
            doors.append(
                {"name": name, "action": "pso_odoo.res_config_settings_action"}
            )
        # Of everybody, so that having it says nothing.
        doors.append(
            {"name": self.env._("What PSO stores about me"), "action": "/my/pso"}
        )
        return {
            "message": self.env._(
                "An administrator gives access in Settings, PSO (group PSO Score)."
            ),
            "doors": doors,
        }

    def _door(self, name):
        action = self.env.ref(f"pso_odoo.{name}").sudo()
        return {"name": action.name, "action": f"pso_odoo.{name}"}
