"""The signed links in mails of before are taken out of what is stored.

Who reads the log of a request, or the queue of mails, could answer in the vendor's
place. A mail that waits in the queue gets its link again as it goes out.
"""

LINK = r'(href=")[^"]*/pso/vendor/[^"]*(")'
LOOK = r"\1/pso/request/%s/page\2"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE mail_message SET body = regexp_replace(
            body, %(link)s, replace(%(look)s, '%%s', res_id::text), 'g')
        WHERE model = 'pso.request' AND body ~ %(link)s
        """,
        {"link": LINK, "look": LOOK},
    )
    cr.execute(
        """
        UPDATE mail_mail SET body_html = regexp_replace(
            body_html, %(link)s, replace(%(look)s, '%%s', res_id::text), 'g')
        FROM mail_message message WHERE message.id = mail_message_id
            AND message.model = 'pso.request' AND body_html ~ %(link)s
        """,
        {"link": LINK, "look": LOOK},
    )
