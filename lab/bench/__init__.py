"""The benchmark: how it builds its databases, and what it measures in them.

What dev/bench imports belongs to the command; the rest runs where Odoo is, started by
``inside``.
"""
