-- Works with: 0.1.0
--
-- A move that a project had no state for, so that the next delivery makes up for it.
--
-- waiting_state_id: the state in which the issue was left; null when it went where it was to go. An older program
-- leaves it alone: such an issue then waits for its next delivery.
--
-- Locks: a short exclusive lock on github_issue_versions, for a column without a default. Undo: drop the column.
alter table github_sync.github_issue_versions add column waiting_state_id uuid;
