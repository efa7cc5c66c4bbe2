from . import (
    pso_campaign,
    pso_request,
    pso_request_contact,
    pso_request_words,
    pso_request_mail,
    pso_request_job,
    pso_campaign_sending,
    pso_campaign_figures,
    res_partner,
    pso_campaign_link,
    pso_request_link,
)
