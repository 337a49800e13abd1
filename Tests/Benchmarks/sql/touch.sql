-- What a vote does to an issue in Plane: its row is written, and nothing of what goes to GitHub has changed.
\set number random(1, :issues)
update public.issues set updated_at = now()
where id = github_sync.plane_id(:sync::uuid, 'issue', 3400000000 + :number);
