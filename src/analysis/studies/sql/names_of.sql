-- Grain: one code of a kind, with its names; the hospital's own before those shared by all.
select code, min(name) as name, min(name_en) as name_en
from names
where kind = $kind and hospital_id in ($hospital, '*')
group by code
order by code
