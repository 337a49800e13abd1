-- Works with: 0.1.0
--
-- GitHub's times have one second, and a bot makes several changes in it. Which delivery shows the outcome is told by what
-- each says was changed; so what each said is kept of the newest two seconds of an object, in the form of
-- SecondHistory+coding.swift. Null, and when the applied event is not in it: nothing is known, and the order of receipt
-- decides against it, as it did before. That is how a program that does not know the column writes a row.
--
-- Locks: each table for a moment, no row is written. Undo: drop the columns.
alter table github_sync.github_issue_versions add column recent bytea;
alter table github_sync.github_comment_versions add column recent bytea;
alter table github_sync.github_pull_versions add column recent bytea;
