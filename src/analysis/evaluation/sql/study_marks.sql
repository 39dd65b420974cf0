-- Grain: one stay that did what a definition asks for (any of its codes).
-- Items count where what was charged was not given back.
select stay_id from procedures where code in (select unnest($procedures))
union
select stay_id from pathway_records where pathway in (select unnest($pathways))
union
select stay_id from charges where item_code in (select unnest($items)) group by stay_id having sum(quantity) > 0
union
select stay_id from study_cases where surgeon in (select unnest($physicians))
union
select stay_id from study_cases where admission_type in (select unnest($admission_types))
order by 1
