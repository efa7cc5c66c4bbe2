from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...tools.groups import HR, PURCHASE, USER

# Who is in one of these sees something of the score.
READERS = (USER, PURCHASE)
# Any of these changes a fact.
CHANGES = ("write", "create", "unlink")


class ResUsers(models.Model):
    _inherit = "res.users"

    pso_warning = fields.Char(
        string="PSO Warning",
        compute="_compute_pso_warning",
        groups="base.group_erp_manager",
        help="What follows from giving somebody both the PSO score and the right to "
        "change facts about employees.",
    )

    @api.depends("all_group_ids")
    @api.depends_context("lang")
    def _compute_pso_warning(self):
        """Warn also of groups that are chosen and not saved yet: it is seen before."""
        readers = self._pso_groups(READERS)
        target_group = self._pso_groups([HR])
        for user in self:
            groups = user.all_group_ids._origin
            user.pso_warning = (
                bool(groups & readers)
                and not groups & target_group
                and user._origin.id != SUPERUSER_ID
                and self._pso_groups_change_facts(groups.ids)
                and self.env._(
                    "This user sees something of the PSO score and can change facts "
                    "about employees, schedules or companies. So the score is shown "
                    "as it was last night, and what is changed back within days is "
                    "noted in the PSO log: otherwise the effect of a change would "
                    "tell who belongs to the target group. Better give one of the two "
                    "to somebody else."
                )
            )

    def _pso_groups(self, names):
        groups = self.env["res.groups"].sudo()
        return groups.union(*(self.env.ref(name).sudo() for name in names))

    def _pso_readers_of_kept_figures(self):
        """Find the users who see of the score that of last night alone."""
        readers = self._pso_groups(READERS)
        domain = Domain("all_group_ids", "in", readers.ids) & Domain(
            "share", "=", False
        )
        users = self.sudo().search(domain)
        return users.filtered(lambda user: user._pso_sees_kept_figures())

    def _pso_is_traced(self):
        """Return whether changes of facts by this user are noted (``pso.trace``)."""
        self.ensure_one()
        sees_something = any(map(self.has_group, READERS))
        return sees_something and self._pso_sees_kept_figures()

    def _pso_sees_kept_figures(self):
        """Return whether this user is told figures of last night, and none of now.

        Who can change facts about persons and read the score could change a fact of
        one person, look what becomes of the score, and change it back: then he would
        know who counts. The PSO Target Group may know that, and the superuser is no
        person. Whatever gives somebody such a right, it is asked by access rights.
        """
        self.ensure_one()
        if self.id == SUPERUSER_ID or self.has_group(HR):
            return False
        return self._pso_groups_change_facts(self._get_group_ids())

    def _pso_groups_change_facts(self, groups):
        """Return whether access rights let these groups change facts of persons.

        :param groups: their ids, with those that they imply
        """
        access = self.env["ir.model.access"]
        return any(
            access._get_access_groups(model, change).matches(groups)
            for model in self._pso_fact_models()
            for change in CHANGES
        )

    def _pso_fact_models(self):
        """Name the models of core on whose records the employment of persons rests.

        Which these are, the lines of persons know, which are higher up.
        """
        return ()
