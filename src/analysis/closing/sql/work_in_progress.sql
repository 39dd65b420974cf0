-- Grain: one stay in house at the end of the period x method x category. Opening balance of the next period.
select stay_id, hospital_id, method, category, amount from accrued where state = 'open' and amount <> 0
