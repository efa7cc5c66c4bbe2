from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from ...tools.context import without_defaults
from ...tools.groups import HR
from ...tools.sampling import draw, new_seed, population_digest


class PsoSample(models.Model):
    """How a file review is drawn, drawn again by who verifies it, and closed."""

    _inherit = "pso.sample"

    def _population(self):
        """Find the people of the target group who count in it, by their keys.

        Those of a locked measurement are kept with it, deleted employees too.

        :return: ``{key: (employee id or None, id of the last status or None)}``
        :raise AccessError: if the user may not read the measurement, or is not in the
            PSO HR group
        """
        self._check_names()
        measurement = self.measurement_id._origin
        measurement.check_access("read")
        people, window = self.env["pso.person.line"], measurement._window()
        if measurement.is_locked:
            lines = people._sql_for(window)
        else:
            lines = people._sql_live_of([window], people._sql_group)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT key, MAX(employee_id),
                    (ARRAY_AGG(status_id ORDER BY date_from DESC))[1]
                FROM (%s) AS line
                WHERE kind = 'group' AND direct_hour_days > 0 GROUP BY key
                """,
                lines,
            )
        )
        return {key: facts for key, *facts in rows}

    def _check_names(self):
        """Refuse who may not see names.

        :raise AccessError: if the user is not in the PSO HR group
        """
        if not self.env.su and not self.env.user.has_group(HR):
            raise AccessError(
                self.env._("Only users with access to the target group draw files.")
            )

    @without_defaults
    def action_draw(self):
        """Draw the files, once: the sample, its seed and its population are kept.

        :raise AccessError: if the user is not in the PSO HR group
        :raise UserError: if it has been drawn already, or somebody else is at it, or
            nobody counts
        """
        self.check_access("write")
        busy = self - self.try_lock_for_update()
        if busy:
            raise UserError(
                self.env._(
                    "%(sample)s: somebody else is drawing or changing it right now. "
                    "Try again in a moment.",
                    sample=busy[0].display_name,
                )
            )
        self._check_draft()
        for sample in self:
            sample._draw()

    def _draw(self):
        population = self._population()
        if not population:
            raise UserError(
                self.env._(
                    "Nobody of the target group counts in %(measurement)s: there is "
                    "no file to draw.",
                    measurement=self.measurement_id.name,
                )
            )
        entered = (self.seed or "").strip()
        seed = entered or new_seed()
        keys = draw(seed, population, self.size)
        draws = self.sudo().search([("measurement_id", "=", self.measurement_id.id)])
        lines = [
            {
                "sample_id": self.id,
                "position": position,
                "key": key,
                "employee_id": population[key][0],
                "status_id": population[key][1],
            }
            for position, key in enumerate(keys, start=1)
        ]
        with mute_logger("odoo.sql_db"):  # it would log who is drawn
            self.env["pso.sample.line"].sudo().create(lines)
            self.sudo().write(
                {
                    "state": "drawn",
                    "number": max(draws.mapped("number"), default=0) + 1,
                    "seed": seed,
                    "is_seed_drawn": not entered,
                    "population": len(population),
                    "population_digest": population_digest(population),
                    "drawn_on": fields.Datetime.now(),
                    "drawn_by_id": self.env.uid,
                }
            )
            self.flush_recordset()
        self._seal("draw", count=len(keys))

    @api.readonly
    @without_defaults
    def action_verify_draw(self):
        """Repeat the draw, and say whether the same files come out.

        :raise AccessError: if the user is not in the PSO HR group
        """
        self.ensure_one()
        self.check_access("read")
        kind, message = self._verify_draw()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Verify Draw"),
                "message": message,
                "type": kind,
                "sticky": kind != "success",
            },
        }

    def _verify_draw(self):
        """Repeat the draw from who counts now: kind of message, and what came out."""
        population = self._population()
        count = len(self.line_ids)
        if population_digest(population) != self.population_digest:
            return "warning", self.env._(
                "The people who count have changed since the draw: %(then)s then, "
                "%(now)s now. It cannot be repeated from what is in Odoo now.",
                then=self.population,
                now=len(population),
            )
        lines = self.line_ids.sorted("position")
        if draw(self.seed, population, self.size) != lines.mapped("key"):
            return "danger", self.env._(
                "Other files come out of the same people: seed, size or files of this "
                "sample were changed after the draw."
            )
        return "success", self.env._(
            "The same %(count)s files come out of the same %(people)s people.",
            count=count,
            people=self.population,
        )

    # -- closing -----------------------------------------------------------------

    @without_defaults
    def action_close(self):
        """Freeze the review.

        :raise UserError: if it is not drawn, or a file has not been looked at
        """
        self.check_access("write")
        for sample in self:
            if sample.state != "drawn":
                raise UserError(
                    self.env._(
                        "%(sample)s is not being reviewed.", sample=sample.display_name
                    )
                )
            if sample.open_count:
                raise UserError(
                    self.env._(
                        "Of %(count)s files is not yet said whether they are complete.",
                        count=sample.open_count,
                    )
                )
            sample.sudo().write(
                {
                    "state": "closed",
                    "closed_on": fields.Datetime.now(),
                    "closed_by_id": self.env.uid,
                }
            )
            sample._seal("close", count=len(sample.line_ids))
