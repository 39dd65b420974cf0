-- Grain: one DRG x service unit of a span's cases with complete cost, by one method of case costing: mean cost of a case.
-- unit: drugs and materials apart, all else at the centre where it arose. Cells that must not be told are left out.
with chosen as (
  select c.stay_id, c.drg_code
  from case_book c
  join drg_plan p on p.department is not distinct from c.department and p.drg_code is not distinct from c.drg_code
  where c.period between $first and $last and p.counted and c.cost_complete and c.cost_total is not null
),
counted as (select drg_code, count(*) as cases from chosen group by drg_code),
parts as (
  select h.drg_code, case when k.cost_item in ('drugs', 'materials') then k.cost_item else k.cost_centre end as unit,
    sum(k.amount) as amount
  from case_costs k join chosen h on h.stay_id = k.stay_id
  where k.method = $method
  group by all
)
select p.drg_code, p.unit, coalesce(n.class, '') as family, t.cases, cast(p.amount / t.cases as double) as amount
from parts p
join counted t on t.drg_code = p.drg_code
left join names n on n.hospital_id = $hospital and n.kind = 'cost_centre' and n.code = p.unit
order by p.drg_code, p.unit
