"""What every report reads: what came of orders, each counted once, whatever was decided of it and how often.

An order that has a life (it has events) is one row, at the time of its first decision: of its shipments those that were not given
up, and of its units those that its last decision left out. An order without one, a checkout's, is its decision, unless
another took its place or its reservation was released or lapsed.

``final`` has a row for each order: order_id, time, currency, units, units_unfilled, shipments, packages, cost.
``final_shipments``, ``final_contents`` and ``final_costs`` are its parts; ``moves`` are the events of the period.
"""

from __future__ import annotations

VIEWS = """
create view decided as
    select * from decisions
    where state not in ('RELEASED', 'EXPIRED')
      and route_id not in (select replaces from decisions where replaces <> '');

create view told as select *, row_number() over () as n from events;

create view lives as
    select order_id, last(after order by n) as state from told where kind = 'ORDER' group by order_id;

create view begun as
    select subject_id, order_id, n, data ->> 'route_id' as route_id, data ->> 'node_id' as node_id,
           data ->> 'carrier_id' as carrier_id, data ->> 'level' as level, (data ->> 'ship_time')::bigint as ship_time
    from told where kind = 'SHIPMENT' and before = '';

create view standing as
    select b.*, s.shipment from begun b
    join lives using (order_id)
    join shipments s on s.route_id = b.route_id and s.node_id = b.node_id and s.carrier_id = b.carrier_id
         and s.level = b.level and s.ship_time = b.ship_time
    where lives.state <> 'CANCELLED'
      and subject_id not in (
          select subject_id from told where kind = 'SHIPMENT' and after in ('REJECTED', 'CANCELLED', 'NO_SHOW'));

-- Of what a shipment was planned with, the units by line that it has kept since lines were rejected, not found or taken out.
create view shrunk as
    select subject_id, last(data -> 'kept' order by n)::map(varchar, bigint) as kept
    from told where kind = 'SHIPMENT' and (data -> 'kept') is not null group by subject_id;

create view last_decided as
    select d.order_id, last(d.route_id order by d.time, coalesce(b.n, 1 << 40)) as route_id, min(d.time) as time,
           any_value(d.currency) as currency
    from decided d join lives using (order_id)
    left join (select route_id, max(n) as n from begun group by route_id) b on b.route_id = d.route_id
    where lives.state <> 'CANCELLED' group by d.order_id;

-- ``key`` names a row of ``final``: the order of a life, the decision of a checkout.
create view counted as
    select route_id as key, false as lives, order_id, route_id, time, currency
    from decided where order_id not in (select order_id from lives)
    union all select order_id, true, order_id, route_id, time, currency from last_decided;

create view final_shipments as
    select s.*, f.key, f.order_id, f.time from shipments s join counted f using (route_id)
    where not f.lives and f.time >= $from and f.time < $to
    union all
    select s.*, l.order_id, l.order_id, l.time from shipments s join standing t using (route_id, shipment)
    join last_decided l on l.order_id = t.order_id where l.time >= $from and l.time < $to;

create view final_contents as
    select c.node_id, c.line_id, c.sku, c.units, f.key, f.order_id
    from contents c join counted f using (route_id)
    where (not f.lives or c.node_id = '') and f.time >= $from and f.time < $to
    union all
    select c.node_id, c.line_id, c.sku, k.kept[c.line_id] as units, t.order_id, t.order_id
    from contents c join standing t using (route_id, shipment) join last_decided l on l.order_id = t.order_id
    join shrunk k using (subject_id) where k.kept[c.line_id] is not null and l.time >= $from and l.time < $to
    union all
    select c.node_id, c.line_id, c.sku, c.units, t.order_id, t.order_id
    from contents c join standing t using (route_id, shipment) join last_decided l on l.order_id = t.order_id
    where t.subject_id not in (select subject_id from shrunk) and l.time >= $from and l.time < $to;

-- What belongs to no shipment: splits, while any of the decision's shipments stands, and backorders, of the last decision.
create view final_costs as
    select k.component, k.amount, f.key, f.currency from costs k join counted f using (route_id)
    where (not f.lives or (k.shipment = -1 and k.component = 'BACKORDER'))
      and f.time >= $from and f.time < $to
    union all
    select k.component, k.amount, t.order_id, l.currency from costs k
    join (select distinct route_id, shipment, order_id from standing
          union select distinct route_id, -1, order_id from standing) t using (route_id, shipment)
    join last_decided l on l.order_id = t.order_id
    where (k.shipment >= 0 or k.component <> 'BACKORDER') and l.time >= $from and l.time < $to;

create view final as
    select f.order_id, f.time, f.currency, coalesce(u.units, 0)::bigint as units,
           coalesce(u.unfilled, 0)::bigint as units_unfilled, coalesce(s.shipments, 0) as shipments,
           coalesce(s.packages, 0)::bigint as packages, coalesce(k.cost, 0)::bigint as cost
    from counted f
    left join (select key, sum(units) as units, sum(units) filter (node_id = '') as unfilled
               from final_contents group by key) u using (key)
    left join (select key, count(*) as shipments, sum(packages) as packages
               from final_shipments group by key) s using (key)
    left join (select key, sum(amount) as cost from final_costs group by key) k using (key)
    where f.time >= $from and f.time < $to;

create view moves as select * from events where time >= $from and time < $to and before <> after;
"""
