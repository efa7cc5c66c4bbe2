"""The benchmark: how it builds its databases, and what it measures in them.

``build``, ``hardware`` and ``report`` belong to the command; the rest runs where Odoo
is, started by ``inside``.
"""
