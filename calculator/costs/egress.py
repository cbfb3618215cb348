"""What answers cost to send from rented machines; own sites and token prices have no bill for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calculator.costs.flows import Flows
from calculator.costs.served import Served
from calculator.inputs import Inputs
from calculator.options import RentedOption

BYTES_PER_GB = 1e9


def add_egress(flows: Flows, parts: Sequence[Served], inputs: Inputs) -> None:
    """Add the line `network_egress`: output tokens of rented fleets x bytes a token x price of a GB."""
    rented = [part for part in parts if isinstance(part.option, RentedOption) and part.gpus is not None]
    if not rented:
        return
    sent_bytes = inputs.number("gpu_rental.sent_bytes_per_output_token")
    each = sent_bytes * inputs.number("switching.egress_usd_per_gb") / BYTES_PER_GB
    for part in rented:
        assert part.factors is not None
        shares = part.share_of_requests or [np.ones((1, 1)) for _ in part.demands]
        for demand, share in zip(part.demands, shares, strict=True):
            usd_per_request = demand.output_tokens * part.factors.output * each
            flows.add_monthly("network_egress", demand.requests * share * usd_per_request[:, None])
