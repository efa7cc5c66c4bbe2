"""Calls without the defaults of the action that led to them."""

from functools import wraps

from odoo.tools.misc import clean_context


def without_defaults(method):
    """Have a button write without the defaults of the action that opened its record.

    The web client sends the context of an action along with every call on what the
    action opened. ``default_kind``, meant for a dialog, would become a value of
    whatever the button of that dialog writes.
    """

    @wraps(method)
    def plain(self, *args, **kwargs):
        env = self.env(context=clean_context(self.env.context))
        return method(self.with_env(env), *args, **kwargs)

    return plain
