"""Plain readers of the stories of fund supervision: what each looks for, as one SELECT over lines that still stand.

Table names end in {e}: empty for the hospital, `_without` for the same hospital without the stories. `net` are charge
lines without refunds and without what was refunded. A naive reader ignores one of the look-alikes.
"""

NET = """select * from charges{e} where refund_of is null
    and line_id not in (select refund_of from charges{e} where refund_of is not null)"""

_FIRST = """(select stay_id, value as measured from measurements{e} where name = '{name}'
    qualify row_number() over (partition by stay_id order by measurement_id) = 1)"""


def _first(name: str) -> str:
    return _FIRST.replace("{name}", name)


def _drug(code: str, where: str) -> str:
    return f"select line_id from net{{e}} join stays{{e}} using (stay_id) where item_code = '{code}' and {where}"


#: Rule -> lines (or stays) it finds.
LINES = {
    "panel and what it contains": """
        select distinct c.line_id from net{e} c join item_components{e} k using (item_code)
        join net{e} p on p.stay_id = c.stay_id and p.item_code = k.panel_code
        where abs(epoch(c.charged_at) - epoch(p.charged_at)) <= 6 * 3600""",
    "CT and ultrasound of gallstones": """
        select distinct c.line_id from net{e} c join net{e} u using (stay_id)
        join diagnoses{e} d on d.stay_id = c.stay_id and d.position = 1 and d.code like 'K80%'
        where c.item_code = 'S205' and u.item_code = 'S206'
          and abs(epoch(c.charged_at) - epoch(u.charged_at)) <= 2 * 86400
          and stay_id not in (select stay_id from net{e} where item_code = 'S121')  -- a culture: another question""",
    "CTA and angiography without stent": """
        select distinct c.line_id from net{e} c join net{e} a using (stay_id) join stays{e} s using (stay_id)
        where c.item_code = 'S207' and a.item_code = 'S208' and drg_code = 'FR39'""",
    "absorbable stent": f"""
        select line_id from net{{e}} join stays{{e}} using (stay_id) left join {_first("stenosis_pct")} using (stay_id)
        where item_code = 'C103' and (age >= 65 or measured < 70)""",
    "dual antiplatelet therapy": """
        select distinct c.line_id from net{e} c join stays{e} s using (stay_id)
        where item_code in ('D102', 'D103') and drg_code in ('FV29', 'FR19')
          and stay_id in (select stay_id from net{e} where item_code = 'D101')
          and not (age >= 60
            and stay_id in (select stay_id from diagnoses{e} where code like 'E11%')
            and stay_id in (select stay_id from diagnoses{e} where left(code, 3) in ('I10', 'I11', 'I12')))""",
    "thymalfasin": """
        select line_id from net{e} join stays{e} using (stay_id)
        join diagnoses{e} d on d.stay_id = net{e}.stay_id and d.position = 1
        where item_code = 'D316' and d.code not like 'C%' and d.code not like 'Z51%' and d.code not like 'J1%'""",
    "Danhong": """
        select line_id from net{e} join diagnoses{e} d on d.stay_id = net{e}.stay_id and d.position = 1
        where item_code = 'D111' and left(d.code, 2) not in ('I2', 'I5', 'I6') and d.code not like 'I11%'""",
    "quinolone under 18": "select line_id from net{e} join stays{e} using (stay_id) "
    "where item_code in ('D305', 'D307') and age < 18",
    "motherwort in men": _drug("D615", "sex = 'M'"),
    "albumin": f"""
        select line_id from net{{e}} join {_first("albumin")} using (stay_id)
        where item_code = 'D010' and measured >= 30""",
    "angiography in diabetic foot": f"""
        select line_id from net{{e}} join {_first("abi")} using (stay_id)
        where item_code = 'S209' and measured > 0.7""",
    "never done": """
        select line_id from net{e} c where order_id is null
          and not exists (select 1 from orders{e} o where o.stay_id = c.stay_id and o.item_code = c.item_code)""",
    "charged twice": """
        select b.line_id from net{e} a join net{e} b on a.stay_id = b.stay_id and a.item_code = b.item_code
          and a.charged_at = b.charged_at and a.quantity = b.quantity and a.body_side is not distinct from b.body_side
        where a.line_id < b.line_id and (a.order_id = b.order_id or a.order_id is null or b.order_id is null)""",
    "negative list": """
        select line_id from net{e} join stays{e} using (stay_id)
        where (item_code = 'C312' and department = '02') or (item_code = 'C506' and department in ('03', '17'))""",
}

#: Items and groups a rule is about, to find what was planted for it.
PLANTED = {
    "panel and what it contains": "item_code in ('S104', 'S105', 'S106', 'S114', 'S115', 'S125')",
    "CT and ultrasound of gallstones": "item_code = 'S205' and drg_code in ('HC39', 'HC19')",
    "CTA and angiography without stent": "item_code = 'S207' and drg_code = 'FR39'",
    "absorbable stent": "item_code = 'C103'",
    "dual antiplatelet therapy": "item_code = 'D103' and drg_code = 'FV29'",
    "thymalfasin": "item_code = 'D316'",
    "Danhong": "item_code = 'D111'",
    "quinolone under 18": "item_code = 'D307'",
    "motherwort in men": "item_code = 'D615'",
    "albumin": "item_code = 'D010'",
    "angiography in diabetic foot": "item_code = 'S209'",
    "never done": "item_code in ('S310', 'S304', 'S308', 'S706') and drg_code in ('FR39', 'FR19', 'BR25', 'ES23')",
    "charged twice": "item_code in ('S202', 'S204', 'S206', 'S302')",
    "negative list": "item_code in ('C312', 'C506')",
}

STAYS = {
    "more than three examinations": """
        select stay_id from net{e} join stays{e} using (stay_id) where drg_code in ('IU29', 'KS19')
          and item_code in ('S211', 'S212', 'S213', 'S214', 'S218', 'S307', 'S308')
        group by 1 having count(distinct item_code) > 3""",
    "idle days": """
        select stay_id from (
            select stay_id, charged_at::date as day,
                   count(*) filter (kind not in ('bed', 'nursing', 'consultation')) as done
            from net{e} join items{e} using (item_code) group by 1, 2)
        where done = 0 group by 1 having count(*) >= 4""",
    "split stay": """
        select b.stay_id from stays{e} a join stays{e} b using (patient_id, drg_code)
        where b.planned and b.admitted_at::date - a.discharged_at::date = 1 and drg_code <> 'RE19'""",
    "panels of one patient": """
        select stay_id from net{e} where item_code = 'S114' group by 1 having sum(amount) >= 6000""",
}

#: Use of an item that needs approval: without = no approved request decided before it (emergencies: a day after it).
APPROVALS = """
    with uses as (
        select c.*, s.admission_type from net{e} c join items{e} using (item_code) join stays{e} s using (stay_id)
        where needs_approval),
    asked as (
        select line_id, any_value(admission_type) as admission,
               bool_or(a.status = 'approved' and a.decided_at <= charged_at
                   + case when admission_type = 'emergency' then interval 24 hour else interval 0 hour end) as granted,
               bool_or(admission_type is null or a.status = 'requested'
                   or (a.status = 'approved' and a.decided_at is null)) as unclear,
               bool_or(a.status = 'approved' and a.decided_at <= charged_at) as before
        from uses u left join approvals{e} a using (stay_id, item_code) group by 1)
    select line_id, admission, coalesce(granted, false) as granted, coalesce(unclear, false) as unclear,
           coalesce(before, false) as before from asked"""
