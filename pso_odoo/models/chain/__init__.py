from . import (
    pso_campaign,
    pso_request,
    pso_campaign_link,
    pso_request_link,
)
