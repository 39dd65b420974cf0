-- Grain: one code without its counterpart on a day: a local item that has no national code, or a national code that
-- rules name and no local item has. Materials that are not charged need no national code.
-- gap: item_without_code, code_without_item; code, name, kind (of the item); rules: how many rules name the code.
-- Table crosswalk_rules: code, rules. A code of the hospital may carry a local suffix after a hyphen.
with valid as (
  select item_code, code, split_part(code, '-', 1) as stem
  from item_codes
  where system like 'national%' and valid_from <= cast($day as date)
    and (valid_to is null or valid_to >= cast($day as date))
)
select 'item_without_code' as gap, i.item_code as code, i.name, i.kind, cast(null as bigint) as rules
from items i
left join (select distinct item_code from valid) v on v.item_code = i.item_code
where v.item_code is null and coalesce(i.separately_charged, true)
union all
select 'code_without_item', r.code, null, null, r.rules
from crosswalk_rules r
left join (select code from valid union select stem from valid) v on v.code = r.code
where v.code is null
order by gap, code
