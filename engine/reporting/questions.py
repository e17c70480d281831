"""The reports: each a question in SQL over the tables, with ``$from`` and ``$to`` (UTC seconds, to is excluded).

What they read is in ``views.py``. Amounts in answers are in the currency's units, shares in 0..1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    BAR = "bar"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Chart:
    """How an answer is drawn: ``y`` over ``x``, apart by ``colour``, the first ``most`` rows."""

    mark: Mark
    x: str
    y: str
    colour: str = ""
    most: int = 40


@dataclass(frozen=True, slots=True)
class Question:
    """One report. ``shares`` and ``amounts`` are columns shown as per cent and as money."""

    name: str
    title: str
    sql: str
    chart: Chart
    shares: frozenset[str] = frozenset()
    amounts: frozenset[str] = frozenset()


_DAY = "strftime(make_timestamp(time * 1000000), '%Y-%m-%d')"

QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            "best-sellers",
            "Best sellers",
            """
            select sku, sum(units)::bigint as units, count(distinct order_id) as orders,
                   sum(units) filter (node_id <> '') / sum(units) as filled
            from final_contents group by sku order by units desc, sku
            """,
            Chart(Mark.BAR, "sku", "units", most=30),
            frozenset(("filled",)),
        ),
        Question(
            "fill-rate",
            "Fill rate by day",
            f"""
            select {_DAY} as day, count(*) as orders, sum(units)::bigint as units,
                   1 - sum(units_unfilled) / sum(units) as units_filled,
                   count(*) filter (units_unfilled = 0) / count(*) as orders_whole
            from final group by day order by day
            """,
            Chart(Mark.LINE, "day", "units_filled", most=366),
            frozenset(("units_filled", "orders_whole")),
        ),
        Question(
            "split-rate",
            "Splits by day",
            f"""
            select {_DAY} as day, count(*) as orders, sum(shipments)::bigint as shipments,
                   sum(packages)::bigint as packages, sum(shipments) / count(*) as shipments_per_order,
                   count(*) filter (shipments > 1) / count(*) as split,
                   count(*) filter (shipments = 1 and units_unfilled = 0) / count(*) as in_one_shipment
            from final group by day order by day
            """,
            Chart(Mark.LINE, "day", "split", most=366),
            frozenset(("split", "in_one_shipment")),
        ),
        Question(
            "cost",
            "Cost per order by component",
            """
            with orders as (select currency, count(*) as n from final group by currency)
            select currency, component, sum(amount) / 1e6 as total, sum(amount) / 1e6 / any_value(n) as per_order,
                   sum(amount) / nullif(sum(sum(amount)) over (partition by currency), 0) as share
            from final_costs join orders using (currency)
            group by currency, component order by currency, total desc, component
            """,
            Chart(Mark.BAR, "component", "per_order", "currency"),
            frozenset(("share",)),
            frozenset(("total", "per_order")),
        ),
        Question(
            "turnaround",
            "Turnaround by node and stage, hours",
            """
            with stays as (
                select subject_id, before, after, time, data ->> 'node_id' as node_id,
                       time - lag(time) over (partition by subject_id order by time, n) as stay_s
                from (select *, row_number() over () as n from events where kind = 'SHIPMENT' and before <> after)
            )
            select node_id, before || ' to ' || after as stage, count(*) as shipments,
                   median(stay_s) / 3600 as median_hours, quantile_cont(stay_s, 0.9) / 3600 as p90_hours
            from stays where before <> '' and stay_s is not null and time >= $from and time < $to
            group by node_id, before, after order by node_id, median_hours desc, stage
            """,
            Chart(Mark.BAR, "node_id", "median_hours", "stage"),
        ),
        Question(
            "on-time",
            "On time by carrier and level",
            """
            with planned as (
                select carrier_id, level, count(*) as planned, count(*) filter (late_days = 0) / count(*) as planned_on_time
                from final_shipments where promise_time is not null group by all
            ), arrived as (
                select b.carrier_id, b.level, count(*) as arrived,
                       count(*) filter (coalesce((m.data ->> 'arrived_time')::bigint, m.time) <= s.promise_time)
                           / count(*) as on_time
                from moves m join begun b using (subject_id)
                join shipments s on s.route_id = b.route_id and s.node_id = b.node_id and s.carrier_id = b.carrier_id
                     and s.level = b.level and s.ship_time = b.ship_time
                where m.after in ('DELIVERED', 'HANDED_OVER') and s.promise_time is not null group by all
            )
            select coalesce(nullif(carrier_id, ''), 'own') as carrier_id, level,
                   coalesce(planned, 0) as planned, planned_on_time, coalesce(arrived, 0) as arrived, on_time
            from planned full join arrived using (carrier_id, level) order by planned desc, carrier_id, level
            """,
            Chart(Mark.BAR, "level", "planned_on_time", "carrier_id"),
            frozenset(("planned_on_time", "on_time")),
        ),
        Question(
            "rejects",
            "Rejects by node",
            """
            with asked as (
                select data ->> 'node_id' as node_id, count(*) as asked from moves
                where kind = 'SHIPMENT' and after = 'RELEASED' group by all
            ), refused as (
                select data ->> 'node_id' as node_id, count(*) as rejected, mode(reason) as commonest_reason
                from moves where kind = 'SHIPMENT' and after = 'REJECTED' group by all
            )
            select node_id, coalesce(asked, 0) as asked, coalesce(rejected, 0) as rejected,
                   rejected / nullif(asked, 0) as reject_rate, commonest_reason
            from asked full join refused using (node_id) order by rejected desc, asked desc, node_id
            """,
            Chart(Mark.BAR, "node_id", "reject_rate"),
            frozenset(("reject_rate",)),
        ),
        Question(
            "returns",
            "Returns by reason",
            """
            with asked as (
                select subject_id, order_id, reason, data from moves where kind = 'RETURN' and before = ''
            ), units as (
                select subject_id, sum((line.value ->> 2)::bigint) as units
                from asked, json_each(data -> 'contents') as line group by all
            ), closed as (
                select subject_id, (data ->> 'exchange_order_id') <> '' as exchanged,
                       ((data ->> 'goods_micros')::bigint + (data ->> 'tax_micros')::bigint) / 1e6 as worth
                from moves where kind = 'RETURN' and after = 'CLOSED' and before <> 'CLOSED'
            ), out as (
                select count(distinct order_id) as orders from moves
                where kind = 'SHIPMENT' and after in ('SHIPPED', 'HANDED_OVER')
            )
            select coalesce(nullif(reason, ''), 'not said') as reason, count(*) as returns,
                   coalesce(sum(units), 0)::bigint as units,
                   count(*) / sum(count(*)) over () as share,
                   count(distinct order_id) / nullif((select orders from out), 0) as of_orders_shipped,
                   coalesce(count(*) filter (exchanged), 0) as exchanged,
                   coalesce(sum(worth), 0) as goods_and_tax
            from asked left join units using (subject_id) left join closed using (subject_id)
            group by 1 order by returns desc, reason
            """,
            Chart(Mark.BAR, "reason", "returns"),
            frozenset(("share", "of_orders_shipped")),
            frozenset(("goods_and_tax",)),
        ),
        Question(
            "stock-ageing",
            "Stock by days since its SKU last left the node",
            """
            with sold as (
                select node_id, sku, max(d.time) as last_time from contents join decisions d using (route_id)
                where d.time < $to and d.state not in ('RELEASED', 'EXPIRED') group by all
            ), aged as (
                select node_id, sku, on_hand, (least(time, $to) - last_time) / 86400 as days
                from stock left join sold using (node_id, sku) where on_hand > 0
            )
            select node_id, sum(on_hand)::bigint as units,
                   coalesce(sum(on_hand) filter (days < 30), 0)::bigint as under_30_days,
                   coalesce(sum(on_hand) filter (days >= 30 and days < 90), 0)::bigint as days_30_to_90,
                   coalesce(sum(on_hand) filter (days >= 90), 0)::bigint as over_90_days,
                   coalesce(sum(on_hand) filter (days is null), 0)::bigint as never_left,
                   (sum(on_hand * greatest(days, 0)) filter (days is not null))
                       / (sum(on_hand) filter (days is not null)) as mean_days
            from aged group by node_id order by never_left desc, over_90_days desc, mean_days desc, node_id
            """,
            Chart(Mark.BAR, "node_id", "mean_days"),
        ),
    )
}
"""Every report by name."""
