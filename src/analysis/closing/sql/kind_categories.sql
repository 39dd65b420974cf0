-- Grain: one kind of item. The charge category its lines are counted in; blood and the rest are other.
select * from (values
  ('drug', 'drug'), ('consumable', 'consumable'),
  ('laboratory', 'exam'), ('imaging', 'exam'), ('function_test', 'exam'), ('pathology', 'exam'),
  ('operation', 'service'), ('anaesthesia', 'service'), ('treatment', 'service'), ('nursing', 'service'),
  ('bed', 'service'), ('consultation', 'service'), ('rehabilitation', 'service'),
  ('blood', 'other'), ('other', 'other')
) as kinds (kind, category)
