-- Grain: one order given before $end_at, of a stay in house then.
select o.* from orders o
where o.stay_id in (
    select stay_id from stays where admitted_at < $end_at and (discharged_at is null or discharged_at >= $end_at))
  and o.ordered_at < $end_at
