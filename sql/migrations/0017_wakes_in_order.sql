-- Works with: 0.1.0
--
-- The worker takes the wake-ups that have waited longest, a thousand at a time, without a look at all of them.
--
-- Locks: none that matter, the table has at most some 10,000 rows. Undo: drop the index.
create index github_outbound_wakes_received on github_sync.github_outbound_wakes (received_at);
