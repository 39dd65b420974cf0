-- One row: the stays of a subject in $period and in the baseline from $since on, and what they were charged.
select count(*) filter (where period = $period) as now, count(*) filter (where period between $since and $last) as before,
  coalesce(sum(charge) filter (where period = $period), 0) as charge,
  coalesce(sum(charge) filter (where period between $since and $last), 0) as charge_before
from shift_stays
where hospital_id = $hospital and ($scope = 'hospital' or department = $subject)
