-- Works with: 0.1.0
--
-- Which address the link has that the sync gave an issue in Plane, to its page on the dashboard. It is given once: a
-- link that somebody removed in Plane stays away, even after Plane has deleted its row for good.
--
-- Locks: one short exclusive lock on github_issue_versions, for a column without a default. Undo: drop the column.
alter table github_sync.github_issue_versions add column page_url text;     -- null: it was given none
