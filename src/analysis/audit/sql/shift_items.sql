-- Grain: one item x ordering physician of the stays of one subject: what the month's stays were given, and what as many
-- stays of the same DRGs were given in the baseline (weighted), and what the baseline's stays were given (plain).
-- Reads shift_lines and shift_stays.
with weights as (
  select drg_code,
    count(*) filter (where period = $period) / nullif(count(*) filter (where period between $since and $last), 0) as weight
  from shift_stays
  where hospital_id = $hospital and ($scope = 'hospital' or department = $subject)
  group by drg_code
),
lines as (
  select l.*, coalesce(w.weight, 0) as weight
  from shift_lines l left join weights w on w.drg_code = l.drg_code
  where l.hospital_id = $hospital and ($scope = 'hospital' or l.department = $subject)
    and ($kind = '' or l.kind = $kind)
)
select item_code, physician_id,
  coalesce(sum(quantity) filter (where now), 0) as quantity,
  coalesce(sum(amount) filter (where now), 0) as amount,
  coalesce(sum(quantity * weight) filter (where not now), 0) as quantity_expected,
  coalesce(sum(amount * weight) filter (where not now), 0) as amount_expected,
  coalesce(sum(amount) filter (where not now), 0) as amount_before
from lines
group by item_code, physician_id
order by item_code, physician_id
