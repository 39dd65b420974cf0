"""The accounts tie: charges, settlements, workload, ledger and drivers say the same."""

import pytest

from analysis.engine import Engine


def test_a_stay_costs_the_sum_of_its_lines(db: Engine):
    wrong = db.frame("""
        select stay_id from stays
        left join (select stay_id, sum(amount) as lines from charges group by 1) using (stay_id)
        where discharged_at is not null and charge_total is distinct from lines""")
    assert wrong.empty


def test_fund_and_patient_pay_everything(db: Engine):
    bad = (
        "fund_paid + self_paid <> charge_total or claimed < fund_paid or out_of_catalogue > self_paid or fund_paid < 0"
    )
    assert db.value(f"select count(*) from stays where {bad}") == 0
    assert db.value("select count(*) from visits where fund_paid + self_paid <> charge_total") == 0
    assert db.value("select count(*) from visits where charge_drug + charge_consumable > charge_total") == 0
    assert db.value("select sum(fund_paid) from stays where payer in ('self', 'other')") == 0


def test_a_line_is_quantity_times_price_at_the_price_of_its_day(db: Engine):
    wrong = db.value("select count(*) from charges where amount <> quantity * unit_price")
    listed = db.value("""
        select count(*) from charges c join item_prices p on c.item_code = p.item_code
        where c.refund_of is null and p.valid_from = (select max(q.valid_from) from item_prices q
            where q.item_code = c.item_code and q.valid_from <= cast(c.charged_at as date))
          and p.list_price <> c.unit_price""")
    assert (wrong, listed) == (0, 0)


def test_lines_lie_inside_the_stay(db: Engine):
    wrong = db.value("""
        select count(*) from charges join stays using (stay_id)
        where charged_at < admitted_at or charged_at > coalesce(discharged_at, timestamp '2023-04-01')""")
    assert wrong == 0


def test_transfers_cover_the_stay(db: Engine):
    wrong = db.frame("""
        select stay_id from stays s join (
            select stay_id, min(from_time) as first, max(coalesce(to_time, timestamp '2100-01-01')) as last,
                   sum(epoch(coalesce(to_time, timestamp '2100-01-01')) - epoch(from_time)) as covered
            from transfers group by 1) t using (stay_id)
        where first <> admitted_at or last <> coalesce(discharged_at, timestamp '2100-01-01')
           or covered <> epoch(last) - epoch(first)""")
    assert wrong.empty
    assert db.value("select count(*) from stays anti join transfers using (stay_id)") == 0


def test_bed_days_are_midnights(db: Engine):
    """Counted again day by day: where a patient lies at the end of the day; a stay without a midnight counts one."""
    wrong = db.frame("""
        with nights as (
            select stay_id, cost_centre, from_time::date as first, coalesce(to_time::date, date '2023-04-01') as last
            from transfers),
        days as (
            select cost_centre, unnest(generate_series(first, last - interval 1 day, interval 1 day)) as day
            from nights where last > first
            union all
            select arg_max(cost_centre, first), min(first) from nights group by stay_id having sum(last - first) = 0),
        counted as (select cost_centre, strftime(day, '%Y-%m') as month, count(*) as days from days group by 1, 2)
        select month, cost_centre, days, bed_days from workload full join counted using (month, cost_centre)
        where setting = 'inpatient' and month >= '2022-10' and coalesce(days, 0) <> coalesce(bed_days, 0)""")
    assert wrong.empty


def test_workload_revenue_is_what_was_ordered(db: Engine):
    wrong = db.frame("""
        with inpatient as (
            select strftime(charged_at, '%Y-%m') as month, ordering_department as department, sum(amount) as revenue,
                   sum(amount) filter (kind = 'drug') as drug, sum(amount) filter (kind = 'consumable') as consumable,
                   sum(amount) filter (kind in ('laboratory', 'imaging', 'function_test', 'pathology')) as exam
            from charges join items using (item_code) group by 1, 2)
        select * from workload w join cost_centres c using (cost_centre)
        left join inpatient i on i.month = w.month and i.department = c.department
        where w.setting = 'inpatient' and (w.revenue <> coalesce(i.revenue, 0) or w.drug_revenue <> coalesce(drug, 0)
            or w.consumable_revenue <> coalesce(consumable, 0) or w.exam_revenue <> coalesce(exam, 0))""")
    assert wrong.empty
    wrong = db.frame("""
        with outpatient as (
            select strftime(visited_at, '%Y-%m') as month, department, count(*) as n, sum(charge_total) as revenue,
                   sum(charge_drug) as drug, sum(charge_consumable) as consumable from visits group by 1, 2)
        select * from workload w join cost_centres c using (cost_centre)
        left join outpatient o on o.month = w.month and o.department = c.department
        where w.setting = 'outpatient' and (w.visits <> coalesce(n, 0) or w.revenue <> coalesce(o.revenue, 0)
            or w.drug_revenue <> coalesce(drug, 0) or w.consumable_revenue <> coalesce(consumable, 0))""")
    assert wrong.empty


def test_settlements_are_the_stays_settled(db: Engine):
    wrong = db.frame("""
        with settled as (
            select strftime(settled_on, '%Y-%m') as month, payer, count(*) as n, sum(s.claimed) as claimed
            from stays s where payer not in ('self', 'other') and settled_on is not null group by 1, 2),
        refused as (
            select strftime(d.settled_on, '%Y-%m') as month, payer, sum(amount) as denied
            from denials d join stays using (stay_id) group by 1, 2)
        select * from settlements t full join settled s using (month, payer) left join refused using (month, payer)
        where (t.cases <> n or t.claimed <> s.claimed or t.denied <> coalesce(refused.denied, 0)) is not false
           or t.payable <> t.paid + t.denied + t.awaiting""")
    assert wrong.empty


def test_denials_come_one_to_three_months_after_settlement(db: Engine):
    wrong = "settled_on is null or denied_on - settled_on not between 25 and 95 or amount <= 0"
    assert db.value(f"select count(*) from denials where {wrong}") == 0
    assert (
        db.value("select count(*) from denials d join charges using (line_id) where d.stay_id <> charges.stay_id") == 0
    )
    assert db.value("select count(*) from denials d join charges c using (line_id) where d.amount > c.amount") == 0
    assert (
        db.value("select count(*) from denials d join stays s using (stay_id) where d.department <> s.department") == 0
    )


def test_the_fund_pays_what_was_settled_and_seen(db: Engine):
    wrong = db.frame("""
        with drawn as (
            select strftime(settled_on, '%Y-%m') as month, sum(fund_paid) as paid from stays group by 1
            union all select strftime(visited_at, '%Y-%m'), sum(fund_paid) from visits group by 1)
        select * from fund join (select month, sum(paid) as paid from drawn group by 1) using (month)
        where scope = 'quota' and month between '2022-10' and '2023-03' and expenditure <> paid""")
    assert wrong.empty
    assert db.value("select min(month) || max(month) from fund") == "2020-012023-12"


def test_ledger_has_seven_items_for_every_centre_and_month(db: Engine):
    expected = "(select count(*) * 6 * 7 from cost_centres)"
    assert db.value(f"select count(distinct (month, cost_centre, cost_item)) - {expected} from ledger") == 0
    assert db.value("select count(*) from ledger where amount < 0") == 0
    assert db.value("select count(distinct funding) from ledger") == 3


def test_goods_in_the_ledger_are_what_patients_got_and_a_little_more(db: Engine):
    """Zero mark-up: drugs and charged consumables cost what they were sold for; ward use comes on top."""
    found = db.frame("""
        with sold as (select month, cost_centre, sum(drug_revenue) as drugs, sum(consumable_revenue) as materials
                      from workload group by 1, 2)
        select cost_item, sum(amount) as spent, sum(case cost_item when 'drugs' then drugs else materials end) as sold,
               sum((amount < case cost_item when 'drugs' then drugs else materials end)::int) as below
        from ledger join sold using (month, cost_centre) where cost_item in ('drugs', 'materials') group by 1""")
    found = found.set_index("cost_item")
    assert found["below"].sum() == 0
    assert found.loc["drugs", "spent"] / found.loc["drugs", "sold"] == pytest.approx(1.025, abs=0.01)
    assert 1.05 < found.loc["materials", "spent"] / found.loc["materials", "sold"] < 1.4


def test_no_serving_centre_is_without_a_driver(db: Engine):
    """A pair without driver would stop the allocation: every centre serves someone every month."""
    named = {
        "0301": "sterilised_units",
        "0302": "visits",
        "0303": "inpatients",
        "0304": "inpatients",
        "0305": "prescriptions",
    }
    for centre, driver in named.items():
        months = "select count(distinct month) from drivers where from_centre = $centre and driver = $driver"
        assert db.value(f"{months} and quantity > 0", centre=centre, driver=driver) == 6, centre
    months = "select count(distinct (month, from_centre)) from drivers where driver = 'ordered_revenue'"
    assert db.value(months) == 6 * 8
    for driver in ("staff", "area"):
        missing = "select count(*) * 6 - (select count(*) from drivers where driver = $driver) from cost_centres"
        assert db.value(missing, driver=driver) == 0


def test_ordered_revenue_is_the_services_ordered_from_a_centre(db: Engine):
    wrong = db.frame("""
        with lines as (
            select strftime(charged_at, '%Y-%m') as month, o.cost_centre, p.cost_centre as from_centre,
                   sum(amount) as lines
            from charges c join items using (item_code)
            join cost_centres o on o.department = c.ordering_department and o.setting = 'inpatient'
            join cost_centres p on p.department = c.performing_department and p.class = 'technology'
            where kind not in ('drug', 'consumable') group by 1, 2, 3)
        select * from lines join drivers using (month, cost_centre, from_centre)
        where driver = 'ordered_revenue' and month >= '2022-10' and quantity <> lines""")
    assert wrong.empty
