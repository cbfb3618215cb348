"""Time to first token of an own fleet against the target, where the target does not bind its size."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.costs.fleet import FleetLoad
from calculator.demand import Demand
from calculator.quantities import TokenSize, base
from calculator.wording import figure


def first_token_notes(load: FleetLoad, demands: Sequence[Demand]) -> tuple[str, ...]:
    """What is said of each workload whose first token comes later, at the peak, than its target; waits included.

    A prompt at the 95th percentile takes longer by its prefill: at least in proportion to its tokens, since attention
    over a longer prompt grows faster than that.
    """
    said = []
    for demand, peak_ms, capacity in zip(demands, load.ttft_peak_ms, load.capacities, strict=True):
        slo, size = demand.workload.slo, demand.workload.input_tokens
        if slo.ttft_binding:
            continue
        late = [f"the first token comes after about {figure(peak_ms, 2)} ms at the peak"] if peak_ms > slo.ttft_ms else []
        if isinstance(size, TokenSize) and size.p95 is not None:
            longer = float(capacity.ttft_ms[0]) * (base(size.p95) / base(size.mean) - 1)
            if peak_ms + longer > slo.ttft_ms:
                late.append(f"of a prompt at the 95th percentile after at least {figure(peak_ms + longer, 2)} ms")
        if late:
            aim = f"the target is {figure(base(slo.ttft_ms))} ms and does not bind the fleet (slo.ttft_binding)"
            said.append(f"{demand.workload.name}: {', '.join(late)}; {aim}")
    return tuple(said)
