-- One row a month x performing centre: what a minute and a bed-day cost, in yuan.
-- direct, practical: of the minutes that can be worked; worked: of those that were (outpatients' estimated by the price
-- of a minute), so with the idle time; empty where nothing was done.
with used as (
    select month, cost_centre, sum(quantity * minutes) as minutes
    from truth_performed where minutes is not null group by month, cost_centre
)
select t.month, t.cost_centre, t.direct / t.minutes as direct, t.full / t.minutes as practical,
    t.full / nullif(u.minutes * t.outside, 0) as worked, t.beds / nullif(t.bed_days, 0) as bed_day, t.standard
from true_rates as t
left join used as u on u.month = t.month and u.cost_centre = t.cost_centre
