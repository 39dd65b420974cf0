-- Grain: one row. Cost of the period that reached no patient or no clinical centre, by the cases' method.
select coalesce(cast(sum(amount) as double), 0) as amount from unallocated
where hospital_id = $hospital and period = $period and method in ('all', $case_method)
