"""Every effect has one lane, so that nothing is counted twice.

gate: it may keep an option out, whatever it costs. money: it is a cost line. priority: it weighs in only with the
dollars that the user puts on its scale. beside: it is shown and never adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Lane = Literal["gate", "money", "priority", "beside"]


@dataclass(frozen=True)
class Effect:
    """Something that speaks for or against an option, and the one place where it does."""

    name: str
    lane: Lane
    through: tuple[str, ...]
    """Cost lines, ids of rules, or statements of the scales."""
    not_elsewhere: str = ""
    """Where one might look for it too, and why it is not there."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "effect": self.name,
            "lane": self.lane,
            "through": list(self.through),
            "not_elsewhere": self.not_elsewhere,
        }


EFFECTS = (
    Effect("tokens at list or contract price", "money",
           ("api_input", "api_cached_input", "api_cache_writes", "api_output", "api_batch", "api_provisioned"),
           "surcharges of a region or endpoint are in the price; the rule that asks for the region only admits"),
    Effect("price change when a model is replaced", "money", ("price_step",), "no drift is charged beside it"),
    Effect("GPUs rented or leased", "money", ("compute", "lease")),
    Effect("servers bought and sold", "money", ("hardware", "residual_value", "support")),
    Effect("site and energy", "money", ("power", "colocation", "cluster_and_storage", "network_egress"),
           "emissions are a scale, not a cost"),
    Effect("emissions at a carbon price, where asked for", "money", ("carbon",),
           "a scenario may price carbon or put worth on the footprint scale, not both"),
    Effect("licences of software", "money", ("software",)),
    Effect("operations staff", "money", ("people",), "without out-of-turn security patches and fine-tunes"),
    Effect("patching the serving stack", "money", ("patching",), "the loss that patches prevent differs by no route"),
    Effect("setting up a route", "money", ("set_up",)),
    Effect("moving here now", "money", ("migration",)),
    Effect("replacing the model by plan", "money", ("refresh",), "forced moves count only beyond this rhythm"),
    Effect("evaluating, auditing, ending", "money", ("evaluation", "audits", "exit")),
    Effect("moving on when a model is shut down", "money", ("forced_migration",),
           "repeated in the lock-in figure, which adds nothing; the second operator that makes it cheap is not on a scale"),
    Effect("fine-tuning: work, training, premium, repeats", "money", ("fine_tuning",),
           "whether it is allowed is a gate, how deep it could go a scale"),
    Effect("unused commitment", "money", ("commitment",)),
    Effect("expected security loss over the baseline's", "money", ("security",),
           "only where switched on; otherwise beside"),
    Effect("what the user entered", "money", ("other",)),
    Effect("tax, where asked for", "money", ("irrecoverable_vat", "tax_relief")),
    Effect("where data may go and who may see them", "gate",
           ("DATA-01", "DATA-02", "DATA-03", "DATA-04", "DATA-05", "DATA-06.keys", "DATA-06.network", "DATA-08")),
    Effect("proofs that a provider must have", "gate", ("DATA-06.fedramp", "DATA-07", "DATA-09")),
    Effect("whom one may deal with", "gate", ("ORIG-01", "ORIG-02", "ORIG-03")),
    Effect("what the licence allows for this use", "gate",
           ("LIC-01", "LIC-02", "LIC-03", "LIC-04", "LIC-05", "LIC-06", "LIC-07"),
           "freedom beyond this use is a scale"),
    Effect("whether a provider trains what the option needs", "gate", ("CUST-01",), "deeper training is a scale"),
    Effect("what the law demands", "gate", ("REG-01", "REG-02", "REG-03")),
    Effect("a shutdown announced for the time of use", "gate", ("LIFE-01",), "what the move costs is money"),
    Effect("good enough, long enough", "gate", ("PERF-01", "PERF-02"), "quality above the floor is not rewarded"),
    Effect("control over versions, engine, logs and machines", "priority",
           ("weights_can_be_inspected", "version_is_frozen", "engine_and_logs_are_own", "machines_are_own")),
    Effect("how deep customization could go", "priority",
           ("adapter_training", "full_fine_tuning", "continued_pretraining", "own_quantization")),
    Effect("freedom to change course", "priority",
           ("many_operators", "weights_can_be_held", "rights_outlast_growth", "any_open_model_fits")),
    Effect("emissions", "priority", ("footprint",), "energy itself is money"),
    Effect("security loss: mean, percentiles, worst years", "beside", ("security_loss_usd",)),
    Effect("lock-in as a whole", "beside", ("lock_in_usd",)),
    Effect("energy and emissions as amounts", "beside", ("co2e_kg",)),
)  # fmt: skip
"""What is weighed, in the order that the page shows it."""
