-- Grain: one code that a report shows by name. Codes shared by all hospitals stand under hospital '*'.
select hospital_id, 'hospital' as kind, hospital_id as code, name, name_en, cast(null as varchar) as class from hospitals
union all
select hospital_id, 'department', department, name, name_en, null from departments
union all
select hospital_id, 'cost_centre', cost_centre, name, name_en, class from cost_centres
union all
select '*', 'drg', drg_code, name, name_en, null from payment_standards
qualify row_number() over (partition by drg_code order by year desc, severity) = 1
union all
select '*', 'item', item_code, name, name_en, null from items
union all
select coalesce(hospital_id, '*'), 'physician', physician_id, coalesce(name, physician_id), name, null from physicians
