"""Controls of a service that answers with a language model, keyed to OWASP, NIST and MITRE, with who owns each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calculator.assumptions import Assumptions
from calculator.governance.responsibility import ROUTES, legs_routes, matrix, owner
from calculator.scenario import Scenario


def checklist(known: Assumptions, routes: Sequence[str] = ROUTES) -> list[dict[str, Any]]:
    """Every control: what, how it is shown, whose it is on each route, and the listed risks that it addresses."""
    entries, techniques = known.rows("owasp"), known.rows("atlas")
    found = []
    for key, row in known.rows("checklist").items():
        risks = [entries[i] for i in row.list("owasp")]
        found.append(
            {
                "id": key,
                "control": row.text("control"),
                "evidence": row.text("evidence"),
                "responsibility": row.text("responsibility"),
                "owners": {route: owner(known, row.text("responsibility"), [route]) for route in routes},
                "owasp_2026": [{"id": f"{r.key}:2026", "title": r.text("title")} for r in risks],
                "owasp_2025": sorted(f"{r.text('id_2025')}:2025" for r in risks),
                "nist_ai_600_1": list(row.list("nist")),
                "mitre_atlas": [{"id": i, "title": techniques[i].text("title")} for i in row.list("atlas")],
            }
        )
    return found


def controls(scenario: Scenario, known: Assumptions) -> dict[str, Any]:
    """Responsibility matrix and checklist for the routes that a scenario weighs, with the source of the keys."""
    used = {route for option in scenario.options for route in legs_routes(scenario, option)}
    routes = [route for route in ROUTES if route in used]
    source = next(iter(known.rows("owasp").values())).parameter("title").source
    return {
        "routes": routes,
        "responsibility": matrix(known),
        "checklist": checklist(known, routes),
        "source": source.as_dict() if source else None,
    }
