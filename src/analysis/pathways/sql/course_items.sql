-- Grain: one stay on the pathway x item that was charged to it and not given back.
select c.stay_id, c.item_code as item, sum(c.quantity) as quantity, sum(c.amount) as amount
from charges c
join pathway_stays p on p.stay_id = c.stay_id and p.pathway = $pathway
where c.charged_at < $end_at
group by c.stay_id, c.item_code
having sum(c.quantity) > 0
order by c.stay_id, c.item_code
