from . import (
    pso_campaign,
    pso_request,
)
