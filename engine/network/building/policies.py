"""policy.toml of the networks built here."""

from __future__ import annotations

from pathlib import Path

_POLICY = """\
# {note}
#
# Parameters, not published figures; set them to your own:
#   same-day courier   services.csv, LOCAL: 7.50 a delivery and 0.90 a mile, 12 miles round a store, leaves at 15:00, four hours
#   store transfers    transfer_lanes.csv: a store's own truck 0.80 + 0.06/lb, any DC 2.50 + 0.18/lb, store to store 4.00 + 0.25/lb
#   handling, lead times, capacities, reject rates, safety stock   nodes.csv
#   cartons and their costs   cartons.csv
#   transit days, carbon factors (150 g/kg last mile; 100 g per t km by road, 600 by air)   service_zones.csv
#   the surcharge of 4.00 above 30 inches   services.csv
#   every amount below
# The post's prices, zones' distances, dimensional rule and limits are published: docs/data.md says where.

name = "{name}"
currency = "USD"

[units]
weight = "lb"
length = "in"
distance = "mi"

[objective]
order = "cost"                    # cost, shipments
split_penalty = 1.00              # a second delivery, a second e-mail, a customer at home twice
late_penalty_per_day = 25.00      # a day late costs the express fee, an apology and some of the customers
late_allowed = true
carbon_price_per_kg = 0.05
reject_cost = 9.00
backorder_cost_per_unit = 250.00  # more than any lateness worth having

[routing]
max_shipments = 0                 # 0: no limit
divide = "when_needed"            # never, when_needed, freely
partial = true
cold_max_transit_days = 2
hold_minutes = 30
quote_minutes = 15
record_retention_days = 90
horizon_days = 14
package_fill = 0.85

[promises.GROUND]
days = 7
cutoff = "24:00"
delivery_days = "Mon-Sat"

[promises.TWO_DAY]
days = 2
cutoff = "14:00"
delivery_days = "Mon-Sat"

[promises.OVERNIGHT]
days = 1
cutoff = "14:00"
delivery_days = "Mon-Sat"

[promises.SAME_DAY]
days = 0
cutoff = "24:00"
delivery_days = "daily"
"""


def write_policy(name: str, note: str, out: Path) -> None:
    """Write policy.toml; ``note`` is its first line."""
    (out / "policy.toml").write_text(_POLICY.format(name=name, note=note), encoding="utf-8", newline="\n")
