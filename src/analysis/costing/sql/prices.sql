-- Grain: one purchase price of an item for a time that reaches into the period. Items without a dated price have one
-- from the beginning.
-- changes: the item has several prices in the period, so that each line needs the one of its time.
select item_code, valid_from, valid_to, purchase_price, count(*) over (partition by item_code) > 1 as changes
from (
  select item_code, cast(valid_from as timestamp) as valid_from,
    coalesce(lead(cast(valid_from as timestamp)) over (partition by item_code order by valid_from), timestamp '9999-01-01') as valid_to,
    purchase_price
  from (
    select item_code, valid_from, purchase_price from item_prices
    union all
    select item_code, date '0001-01-01', purchase_price from items i
    where not exists (select 1 from item_prices p where p.item_code = i.item_code and p.valid_from = date '0001-01-01')
  )
)
where valid_from < $end_at and valid_to > $start_at
