-- Lists what is wrong with the rows a sync wrote into Plane; a healthy database gives no rows.
--
--   psql -f sql/plane/rules.sql "$DATABASE_URL"
--
-- One read-only statement in plain SQL, so that a program can prepare it too. Each row is a broken rule (its
-- number and what was found), the table, the id of the row and what a reader needs to see why.
--
-- Foreign keys, widths and not-null columns are PostgreSQL's business and not repeated here. Rule 10 (Plane's API
-- accepts a change of any row) needs a running Plane.
--
-- All live rows are looked at, not only ours. In a Plane that people use, some findings are theirs and
-- harmless: issues in a triage state (intake), assignees who left the project, external comments, and comments
-- that have had no descriptions row since before Plane had that table.
with project_row (table_name, id, project_id, workspace_id, issue_id, deleted_at) as (
    -- Everything that belongs to a project, with the issue it hangs on.
    select 'states', id, project_id, workspace_id, null::uuid, deleted_at from public.states
    union all
    select 'labels', id, project_id, workspace_id, null, deleted_at from public.labels
    union all
    select 'project_members', id, project_id, workspace_id, null, deleted_at from public.project_members
    union all
    select 'issues', id, project_id, workspace_id, null, deleted_at from public.issues
    union all
    select 'issue_sequences', id, project_id, workspace_id, issue_id, deleted_at from public.issue_sequences
    union all
    select 'descriptions', id, project_id, workspace_id, null, deleted_at from public.descriptions
    union all
    select 'issue_comments', id, project_id, workspace_id, issue_id, deleted_at from public.issue_comments
    union all
    select 'issue_labels', id, project_id, workspace_id, issue_id, deleted_at from public.issue_labels
    union all
    select 'issue_assignees', id, project_id, workspace_id, issue_id, deleted_at from public.issue_assignees
    union all
    select 'issue_links', id, project_id, workspace_id, issue_id, deleted_at from public.issue_links
    union all
    select 'issue_activities', id, project_id, workspace_id, issue_id, deleted_at from public.issue_activities
    union all
    select 'issue_subscribers', id, project_id, workspace_id, issue_id, deleted_at from public.issue_subscribers
    union all
    select 'cycle_issues', id, project_id, workspace_id, issue_id, deleted_at from public.cycle_issues
    union all
    select 'module_issues', id, project_id, workspace_id, issue_id, deleted_at from public.module_issues
    union all
    select 'issue_relations', id, project_id, workspace_id, issue_id, deleted_at from public.issue_relations
    union all
    select 'issue_mentions', id, project_id, workspace_id, issue_id, deleted_at from public.issue_mentions
    union all
    select 'issue_reactions', id, project_id, workspace_id, issue_id, deleted_at from public.issue_reactions
    union all
    select 'issue_votes', id, project_id, workspace_id, issue_id, deleted_at from public.issue_votes
    union all
    select 'issue_attachments', id, project_id, workspace_id, issue_id, deleted_at from public.issue_attachments
    union all
    select 'issue_versions', id, project_id, workspace_id, issue_id, deleted_at from public.issue_versions
    union all
    select 'issue_description_versions', id, project_id, workspace_id, issue_id, deleted_at
    from public.issue_description_versions
    union all
    select 'intake_issues', id, project_id, workspace_id, issue_id, deleted_at from public.intake_issues
    union all
    select 'github_repositories', id, project_id, workspace_id, null, deleted_at from public.github_repositories
    union all
    select 'github_repository_syncs', id, project_id, workspace_id, null, deleted_at
    from public.github_repository_syncs
    union all
    select 'github_issue_syncs', id, project_id, workspace_id, issue_id, deleted_at from public.github_issue_syncs
    union all
    select 'github_comment_syncs', id, project_id, workspace_id, null, deleted_at from public.github_comment_syncs
),
reference (table_name, id, live, column_name, target_deleted, same_workspace, same_project) as (
    -- Every other reference between rows whose target can be deleted or lie somewhere else. same_project is null
    -- where another project is allowed.
    select
        'issues', child.id, child.deleted_at is null, 'parent_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null::boolean
    from public.issues child join public.issues target on target.id = child.parent_id
    union all
    select
        'labels', child.id, child.deleted_at is null, 'parent_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id is not distinct from target.project_id
    from public.labels child join public.labels target on target.id = child.parent_id
    union all
    select
        'projects', child.id, child.deleted_at is null, 'workspace_id', target.deleted_at is not null, true, null
    from public.projects child join public.workspaces target on target.id = child.workspace_id
    union all
    select
        'projects', child.id, child.deleted_at is null, 'default_state_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.id = target.project_id
    from public.projects child join public.states target on target.id = child.default_state_id
    union all
    select
        'workspace_members', child.id, child.deleted_at is null, 'workspace_id', target.deleted_at is not null,
        true, null
    from public.workspace_members child join public.workspaces target on target.id = child.workspace_id
    union all
    select
        'issue_comments', child.id, child.deleted_at is null, 'parent_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.issue_comments child join public.issue_comments target on target.id = child.parent_id
    union all
    select
        -- History stays when its comment goes.
        'issue_activities', child.id, child.deleted_at is null, 'issue_comment_id', false,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.issue_activities child join public.issue_comments target on target.id = child.issue_comment_id
    union all
    select
        'issue_relations', child.id, child.deleted_at is null, 'related_issue_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null
    from public.issue_relations child join public.issues target on target.id = child.related_issue_id
    union all
    select
        'issue_blockers', child.id, child.deleted_at is null, 'block_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null
    from public.issue_blockers child join public.issues target on target.id = child.block_id
    union all
    select
        'issue_blockers', child.id, child.deleted_at is null, 'blocked_by_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null
    from public.issue_blockers child join public.issues target on target.id = child.blocked_by_id
    union all
    select
        'intake_issues', child.id, child.deleted_at is null, 'duplicate_to_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null
    from public.intake_issues child join public.issues target on target.id = child.duplicate_to_id
    union all
    select
        'draft_issues', child.id, child.deleted_at is null, 'parent_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, null
    from public.draft_issues child join public.issues target on target.id = child.parent_id
    union all
    select
        'file_assets', child.id, child.deleted_at is null, 'issue_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.file_assets child join public.issues target on target.id = child.issue_id
    union all
    select
        'file_assets', child.id, child.deleted_at is null, 'comment_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.file_assets child join public.issue_comments target on target.id = child.comment_id
    union all
    select
        'comment_reactions', child.id, child.deleted_at is null, 'comment_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.comment_reactions child join public.issue_comments target on target.id = child.comment_id
    union all
    select
        'workspace_integrations', child.id, child.deleted_at is null, 'workspace_id',
        target.deleted_at is not null, true, null
    from public.workspace_integrations child join public.workspaces target on target.id = child.workspace_id
    union all
    select
        'workspace_integrations', child.id, child.deleted_at is null, 'integration_id',
        target.deleted_at is not null, true, null
    from public.workspace_integrations child join public.integrations target on target.id = child.integration_id
    union all
    select
        'workspace_integrations', child.id, child.deleted_at is null, 'api_token_id',
        target.deleted_at is not null, child.workspace_id = coalesce(target.workspace_id, child.workspace_id), null
    from public.workspace_integrations child join public.api_tokens target on target.id = child.api_token_id
    union all
    select
        'github_repository_syncs', child.id, child.deleted_at is null, 'repository_id',
        target.deleted_at is not null, child.workspace_id = target.workspace_id,
        child.project_id = target.project_id
    from public.github_repository_syncs child
    join public.github_repositories target on target.id = child.repository_id
    union all
    select
        'github_repository_syncs', child.id, child.deleted_at is null, 'workspace_integration_id',
        target.deleted_at is not null, child.workspace_id = target.workspace_id, null
    from public.github_repository_syncs child
    join public.workspace_integrations target on target.id = child.workspace_integration_id
    union all
    select
        'github_repository_syncs', child.id, child.deleted_at is null, 'label_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.github_repository_syncs child join public.labels target on target.id = child.label_id
    union all
    select
        'github_issue_syncs', child.id, child.deleted_at is null, 'repository_sync_id',
        target.deleted_at is not null, child.workspace_id = target.workspace_id,
        child.project_id = target.project_id
    from public.github_issue_syncs child
    join public.github_repository_syncs target on target.id = child.repository_sync_id
    union all
    select
        'github_comment_syncs', child.id, child.deleted_at is null, 'comment_id', target.deleted_at is not null,
        child.workspace_id = target.workspace_id, child.project_id = target.project_id
    from public.github_comment_syncs child join public.issue_comments target on target.id = child.comment_id
    union all
    select
        'github_comment_syncs', child.id, child.deleted_at is null, 'issue_sync_id',
        target.deleted_at is not null, child.workspace_id = target.workspace_id,
        child.project_id = target.project_id
    from public.github_comment_syncs child
    join public.github_issue_syncs target on target.id = child.issue_sync_id
),
document (table_name, id, html, stripped) as (
    -- What people read. The descriptions row of a comment has to equal it (rule 4).
    select 'issues', id, description_html, description_stripped from public.issues where deleted_at is null
    union all
    select 'issue_comments', id, comment_html, comment_stripped from public.issue_comments where deleted_at is null
),
bare_document (table_name, id, stripped, bare) as (
    -- The HTML without its tags, entities not yet decoded. A > inside a quoted attribute ends no tag.
    select
        table_name, id, stripped,
        regexp_replace(html, '<(?:[^<>"'']|"[^"]*"|''[^'']*'')*>', '', 'g')
    from document
),
tag (table_name, id, tag, name) as (
    -- The tags one by one.
    select
        document.table_name, document.id, found[1],
        lower(substring(found[1] from '^</?([[:alpha:]][[:alnum:]-]*)'))
    from document
    cross join lateral regexp_matches(document.html, '<(?:[^<>"'']|"[^"]*"|''[^'']*'')*>', 'g') as found
),
attribute (table_name, id, tag, tag_name, name, value) as (
    select
        tag.table_name, tag.id, tag.tag, tag.name, lower(found[1]), btrim(found[2], '"'' ')
    from tag
    cross join lateral regexp_matches(
        regexp_replace(tag.tag, '^</?[[:alnum:]-]*', ''),
        '([^\s"''<>/=]+)(?:\s*=\s*("[^"]*"|''[^'']*''|[^\s"''>]*))?', 'g'
    ) as found
)

-- 1. Numbers.
select '1: issue without exactly one sequence row of its number' as rule, 'issues' as table_name, issue.id,
    format('number %s, %s rows: %s', issue.sequence_id, count(number.id), string_agg(number.sequence::text, ', '))
    as detail
from public.issues issue
left join public.issue_sequences number on number.issue_id = issue.id
where issue.deleted_at is null
group by issue.id
having count(number.id) <> 1
    or bool_or(
        number.sequence <> issue.sequence_id or number.project_id <> issue.project_id
        or number.deleted_at is not null or number.deleted
    )
union all
select '1: number of a deleted issue is free again', 'issues', issue.id, format('number %s', issue.sequence_id)
from public.issues issue
where issue.deleted_at is not null
    and not exists (
        select from public.issue_sequences number
        where number.project_id = issue.project_id and number.sequence = issue.sequence_id
    )
union all
select '1: number given to several issues', 'issues', issue.id,
    format('number %s, project %s', issue.sequence_id, issue.project_id)
from (
    select id, project_id, sequence_id, count(*) over (partition by project_id, sequence_id) as times
    from public.issues
) as issue
where issue.times > 1
union all
select '1: number in several sequence rows', 'issue_sequences', number.id,
    format('number %s, project %s', number.sequence, number.project_id)
from (
    select id, project_id, sequence, count(*) over (partition by project_id, sequence) as times
    from public.issue_sequences
) as number
where number.times > 1

-- 2. States.
union all
select '2: issue without state', 'issues', id, null from public.issues where deleted_at is null and state_id is null
union all
select '2: issue in a deleted state', 'issues', issue.id, state.name
from public.issues issue join public.states state on state.id = issue.state_id
where issue.deleted_at is null and state.deleted_at is not null
union all
select '2: issue in a state of another project', 'issues', issue.id, format('%s of %s', state.name, state.project_id)
from public.issues issue join public.states state on state.id = issue.state_id
where issue.deleted_at is null and state.project_id <> issue.project_id
union all
select '2: issue in a triage state', 'issues', issue.id, state.name
from public.issues issue join public.states state on state.id = issue.state_id
where issue.deleted_at is null and state."group" = 'triage'
union all
select '2: completed_at does not fit the state', 'issues', issue.id,
    format('%s, completed_at %s', state."group", coalesce(issue.completed_at::text, 'null'))
from public.issues issue join public.states state on state.id = issue.state_id
where issue.deleted_at is null and (state."group" = 'completed') <> (issue.completed_at is not null)

-- 3. Text. An approximation: values of attributes are only checked for their scheme, nesting not at all, and
-- stripped text is computed only where all entities are of the few that serializers write. The exact check needs
-- Plane's sanitizer.
union all
select '3: empty text is not <p></p>', table_name, id, format('%L', html)
from document
where html !~ '\S'
union all
select '3: stripped text differs', table_name, id, format('%L instead of %L', stripped, expected)
from (
    select table_name, id, stripped, bare,
        replace(replace(replace(replace(replace(replace(replace(
            bare, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&#x27;', ''''), '&nbsp;', U&'\00a0'),
            '&amp;', '&') as expected
    from bare_document
) as document
where stripped is null
    or (stripped <> expected and bare !~ '&(?!(amp|lt|gt|quot|nbsp|#39|#x27);)[#[:alnum:]]')
union all
select '3: stray < in text', table_name, id, left(bare, 80) from bare_document where bare ~ '<'
union all
select '3: tag off the allow list', table_name, id, left(tag, 80)
from tag
where coalesce(name, '') not in (
    'a', 'abbr', 'acronym', 'area', 'article', 'aside', 'b', 'bdi', 'bdo', 'blockquote', 'br', 'caption',
    'center', 'cite', 'code', 'col', 'colgroup', 'data', 'dd', 'del', 'details', 'dfn', 'div', 'dl', 'dt', 'em',
    'figcaption', 'figure', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hgroup', 'hr', 'i',
    'image-component', 'img', 'input', 'ins', 'kbd', 'label', 'li', 'map', 'mark', 'mention-component', 'nav',
    'ol', 'p', 'pre', 'q', 'rp', 'rt', 'rtc', 'ruby', 's', 'samp', 'small', 'span', 'strike', 'strong', 'sub',
    'summary', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'time', 'tr', 'tt', 'u', 'ul', 'var', 'wbr'
)
union all
select '3: attribute off the allow list', table_name, id, left(tag, 80)
from attribute
where name not in (
        'aria-hidden', 'aria-label', 'class', 'data-background', 'data-background-color', 'data-block-type',
        'data-checked', 'data-emoji-unicode', 'data-emoji-url', 'data-icon-color', 'data-icon-name', 'data-id',
        'data-logo-in-use', 'data-name', 'data-node-type', 'data-text-color', 'data-tight', 'data-type', 'id',
        'role', 'start', 'style', 'title', 'type', 'xmlns'
    )
    and tag_name || '.' || name not in (
        'a.href', 'a.rel', 'a.target', 'code.language', 'code.spellcheck', 'image-component.alignment',
        'image-component.aspectratio', 'image-component.height', 'image-component.src',
        'image-component.status', 'image-component.width', 'img.alignment', 'img.alt', 'img.aspectratio',
        'img.height', 'img.src', 'img.width', 'input.checked', 'mention-component.entity_identifier',
        'mention-component.entity_name', 'pre.language', 'td.background', 'td.colspan', 'td.colwidth',
        'td.rowspan', 'td.textcolor', 'th.background', 'th.colspan', 'th.colwidth', 'th.rowspan',
        'tr.background', 'tr.textcolor'
    )
union all
select '3: address with a forbidden scheme', table_name, id, left(tag, 80)
from attribute
where name in ('href', 'src', 'background')
    and lower(substring(value from '^((?:&#|[^/?#:])*)(?::|&#0*58|&#x0*3a|&colon)')) not in (
        'http', 'https', 'mailto', 'tel'
    )
union all
select '3: link without rel="noopener noreferrer"', tag.table_name, tag.id, left(tag.tag, 80)
from tag
where tag.name = 'a' and tag.tag !~ '^</' and tag.tag !~ '\srel="noopener noreferrer"'

-- 4. Comments.
union all
select '4: comment without actor', 'issue_comments', id, null
from public.issue_comments
where deleted_at is null and actor_id is null
union all
select '4: comment without descriptions row', 'issue_comments', id, null
from public.issue_comments
where deleted_at is null and description_id is null
union all
select '4: comment and its descriptions row differ', 'issue_comments', comment.id,
    concat_ws(', ',
        case when text.deleted_at is not null then 'deleted' end,
        case when text.description_html <> comment.comment_html then 'html' end,
        case when text.description_json <> comment.comment_json then 'json' end,
        case when text.description_stripped is distinct from comment.comment_stripped then 'stripped' end,
        case when text.project_id is distinct from comment.project_id then 'project' end,
        case when text.workspace_id <> comment.workspace_id then 'workspace' end
    )
from public.issue_comments comment join public.descriptions text on text.id = comment.description_id
where comment.deleted_at is null
    and (
        text.deleted_at is not null or text.description_html <> comment.comment_html
        or text.description_json <> comment.comment_json
        or text.description_stripped is distinct from comment.comment_stripped
        or text.project_id is distinct from comment.project_id or text.workspace_id <> comment.workspace_id
    )
union all
select '4: comment that is not internal', 'issue_comments', id, access
from public.issue_comments
where deleted_at is null and access <> 'INTERNAL'

-- 5. Workspaces and projects agree.
union all
select '5: workspace differs from the project''s', child.table_name, child.id,
    format('%s, project has %s', child.workspace_id, project.workspace_id)
from project_row child join public.projects project on project.id = child.project_id
where child.workspace_id <> project.workspace_id
union all
select '5: project differs from the issue''s', child.table_name, child.id,
    format('%s, issue has %s', child.project_id, issue.project_id)
from project_row child join public.issues issue on issue.id = child.issue_id
where child.project_id <> issue.project_id
union all
select '5: reference into another workspace', table_name, id, column_name from reference where not same_workspace
union all
select '5: reference into another project', table_name, id, column_name from reference where not same_project
union all
select '5: comment sync of another issue', 'github_comment_syncs', child.id,
    format('comment of %s, sync of %s', comment.issue_id, issue_sync.issue_id)
from public.github_comment_syncs child
join public.issue_comments comment on comment.id = child.comment_id
join public.github_issue_syncs issue_sync on issue_sync.id = child.issue_sync_id
where comment.issue_id <> issue_sync.issue_id

-- 6. Labels and assignees.
union all
select '6: label attached twice', 'issue_labels', id, format('issue %s, label %s', issue_id, label_id)
from (
    select id, issue_id, label_id, count(*) over (partition by issue_id, label_id) as times
    from public.issue_labels
    where deleted_at is null
) as attached
where times > 1
union all
select '6: deleted label attached', 'issue_labels', attached.id, label.name
from public.issue_labels attached join public.labels label on label.id = attached.label_id
where attached.deleted_at is null and label.deleted_at is not null
union all
select '6: foreign label attached', 'issue_labels', attached.id, label.name
from public.issue_labels attached join public.labels label on label.id = attached.label_id
where attached.deleted_at is null
    and (label.workspace_id <> attached.workspace_id or label.project_id <> attached.project_id)
union all
select '6: assignee is no active member with role 15 or more', 'issue_assignees', assigned.id,
    assigned.assignee_id::text
from public.issue_assignees assigned
where assigned.deleted_at is null
    and not exists (
        select from public.project_members member join public.users person on person.id = member.member_id
        where member.project_id = assigned.project_id and member.member_id = assigned.assignee_id
            and member.deleted_at is null and member.is_active and member.role >= 15 and person.is_active
    )

-- 7. One row for each thing on GitHub.
union all
select '7: external id of several issues', 'issues', id, format('%s %s', external_source, external_id)
from (
    select id, external_source, external_id,
        count(*) over (partition by project_id, external_source, external_id) as times
    from public.issues
    where deleted_at is null and external_id is not null
) as issue
where times > 1
union all
select '7: external id of several comments', 'issue_comments', id, format('%s %s', external_source, external_id)
from (
    select id, external_source, external_id,
        count(*) over (partition by project_id, external_source, external_id) as times
    from public.issue_comments
    where deleted_at is null and external_id is not null
) as comment
where times > 1
union all
select '7: several syncs of one GitHub issue', 'github_issue_syncs', id,
    format('number %s, GitHub id %s', repo_issue_id, github_issue_id)
from (
    select id, repo_issue_id, github_issue_id,
        greatest(
            count(*) over (partition by repository_sync_id, repo_issue_id),
            count(*) over (partition by repository_sync_id, github_issue_id)
        ) as times
    from public.github_issue_syncs
    where deleted_at is null
) as issue_sync
where times > 1
union all
select '7: several syncs of one comment', 'github_comment_syncs', id,
    format('GitHub id %s, comment %s', repo_comment_id, comment_id)
from (
    select comment_sync.id, comment_sync.repo_comment_id, comment_sync.comment_id,
        greatest(
            count(*) over (partition by issue_sync.repository_sync_id, comment_sync.repo_comment_id),
            count(*) over (partition by issue_sync.repository_sync_id, comment_sync.comment_id)
        ) as times
    from public.github_comment_syncs comment_sync
    join public.github_issue_syncs issue_sync on issue_sync.id = comment_sync.issue_sync_id
    where comment_sync.deleted_at is null
) as comment_sync
where times > 1

-- 8. Nothing live hangs on something deleted. History may; labels, states and descriptions are above.
union all
select '8: live row of a deleted project', child.table_name, child.id, project.name
from project_row child join public.projects project on project.id = child.project_id
where child.deleted_at is null and project.deleted_at is not null and child.table_name <> 'issue_activities'
union all
select '8: live row of a deleted issue', child.table_name, child.id, issue.id::text
from project_row child join public.issues issue on issue.id = child.issue_id
where child.deleted_at is null and issue.deleted_at is not null and child.table_name <> 'issue_activities'
union all
select '8: live row refers to a deleted one', table_name, id, column_name from reference where live and target_deleted

-- 9. Words and addresses.
union all
select '9: empty name', table_name, id, null
from (
    select 'issues', id, name, deleted_at from public.issues
    union all
    select 'labels', id, name, deleted_at from public.labels
    union all
    select 'states', id, name, deleted_at from public.states
    union all
    select 'projects', id, name, deleted_at from public.projects
) as named (table_name, id, name, deleted_at)
where deleted_at is null and name !~ '\S'
union all
select '9: unknown priority', 'issues', id, priority
from public.issues
where deleted_at is null and priority not in ('urgent', 'high', 'medium', 'low', 'none')
union all
select '9: not a web address', table_name, id, left(url, 80)
from (
    select 'issue_links', id, url, deleted_at from public.issue_links
    union all
    select 'github_issue_syncs', id, issue_url, deleted_at from public.github_issue_syncs
    union all
    select 'github_repositories', id, url, deleted_at from public.github_repositories
) as linked (table_name, id, url, deleted_at)
where deleted_at is null and url !~ '^https?://[^\s/]'
order by 1, 2, 3;
