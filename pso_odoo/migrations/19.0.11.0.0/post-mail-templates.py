"""The mails to vendors promise one click where the page has it, in what is there too.

Templates are left to their users by an upgrade, so that what nobody changed since it
came with version 19.0.9.0.0 is renewed here, in each language; what somebody changed is
left, and the log says so.
"""

import json
import logging
import re
from hashlib import sha256

_logger = logging.getLogger(__name__)

# Of each template and language the digest of its words, what was said, and what is.
RENEWED = {
    ("mail_template_request", "en_US"): (
        "84a2d122dba84f259675343c2742b4e1bc4acdca999a28662a337a2a65415702",
        "still right, one",
        "still right and nothing is missing, one",
    ),
    ("mail_template_request", "nl_NL"): (
        "d4c7caa981c1067e18d17077faf11627ef5316e0e24a989621e27aadd8337e55",
        "dat nog, dan",
        "dat nog en ontbreekt er niets, dan",
    ),
    ("mail_template_reminder", "en_US"): (
        "a40fd7b6d1800533d81989ea3d1e77acc395a4d5d6c965c834d0d1379a651883",
        "nothing has changed, one",
        "nothing has changed and nothing is missing, one",
    ),
    ("mail_template_reminder", "nl_NL"): (
        "7aea9533d267a48e07ad359a1396248571766e1f75446019ec05914e9b1722f1",
        "er niets veranderd, dan",
        "er niets veranderd en ontbreekt er niets, dan",
    ),
}


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        SELECT template.id, data.name, template.body_html FROM mail_template template
        JOIN ir_model_data data ON data.model = 'mail.template'
            AND data.res_id = template.id AND data.module = 'pso_odoo'
        WHERE data.name IN %s
        """,
        [tuple({name for name, _language in RENEWED})],
    )
    for number, name, bodies in cr.fetchall():
        renewed = {
            language: _renew(name, language, body)
            for language, body in (bodies or {}).items()
        }
        cr.execute(
            "UPDATE mail_template SET body_html = %s::jsonb WHERE id = %s",
            [json.dumps(renewed), number],
        )


def _renew(name, language, body):
    """Return the words of today of what nobody changed, and else what is there."""
    digest, said, says = RENEWED.get((name, language), (None, None, None))
    words = " ".join((body or "").split())
    if digest and digest == sha256(words.encode()).hexdigest():
        pattern = r"\s+".join(map(re.escape, said.split()))
        return re.sub(pattern, says, body, count=1)
    if not says or says not in words:
        _logger.warning(
            "The mail template %s (%s) was changed by its users, and stays as it is. "
            "That one click is enough holds where nothing is missing: see the text of "
            "a new database.",
            name,
            language,
        )
    return body
