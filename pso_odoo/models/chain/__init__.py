from . import (
    pso_campaign,
    pso_request,
    pso_campaign_link,
    pso_request_link,
    pso_answer,
    pso_answer_entity,
    pso_answer_check,
    pso_answer_verify,
    pso_answer_refuse,
    pso_answer_duplicates,
    pso_page_visit,
    pso_request_page,
)
