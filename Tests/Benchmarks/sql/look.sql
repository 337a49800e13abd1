-- The limit of a look: which rows were written since a transaction, table by table.
select id from public.issues where age(xmin) <= age(:horizon::xid8::xid)
union all
select issue_id from public.issue_labels where age(xmin) <= age(:horizon::xid8::xid)
union all
select issue_id from public.issue_assignees where age(xmin) <= age(:horizon::xid8::xid)
union all
select id from public.issue_comments where age(xmin) <= age(:horizon::xid8::xid);
