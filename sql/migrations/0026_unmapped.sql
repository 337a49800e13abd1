-- Works with: 0.1.0
--
-- The page about people and `users unmapped` look at the few events that met somebody whom Plane does not know, not at all
-- events of a month.
--
-- Locks: deliveries wait while the index builds, about half a second per million events. Undo: drop the index.
create index github_webhook_events_unmapped on github_sync.github_webhook_events (id) where result ? 'unmapped';
