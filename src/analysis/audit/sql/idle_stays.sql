-- Grain: one stay that may have more empty days than a rule allows: days with no more lines of anything but a bed than
-- refunds in the whole stay. Which days are empty, audit_idle_days says line by line.
with days as (
  select l.encounter_no, cast(l.charged_at as date) as day,
    count(*) filter (where not l.refund and i.item_code is not null
      and coalesce(i.kind not in ('bed', 'nursing', 'consultation'), true)) as lines,
    count(*) filter (where l.refund) as refunds
  from audit_slim_lines l left join items i on i.item_code = l.item_code
  group by l.encounter_no, cast(l.charged_at as date)
),
stays as (
  select *, sum(refunds) over (partition by encounter_no) as given from days
)
select encounter_no from stays where lines <= given
group by encounter_no
having count(*) > (select min(coalesce(limit_value, 0)) from audit_rule_rows where pattern = 'empty_bed')
