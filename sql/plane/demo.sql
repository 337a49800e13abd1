-- A small Plane to look at: workspace demo, two people, the projects Demo (GH) and Second (SEC).
--
--   psql -v ON_ERROR_STOP=1 -1 -f sql/plane/demo.sql "$DATABASE_URL"     (after schema.sql)
--
-- Running it again changes nothing. It has no begin and commit of its own, so a caller may make it part of a
-- larger transaction.
--
-- The ids say what they are: 10… people and their accounts, 20… the workspace, 21… its members, 30… projects,
-- 31… their members, 40… states. In 31… and 40… the digit after the kind is the project.

-- Nobody can log in: a password that starts with ! matches nothing.
insert into public.users (
    id, username, email, display_name, first_name, last_name, password, avatar, token,
    date_joined, created_at, updated_at,
    is_active, is_bot, is_email_valid, is_email_verified, is_managed, is_password_autoset,
    is_password_expired, is_password_reset_required, is_staff, is_superuser,
    user_timezone, created_location, last_location, last_login_ip, last_login_medium, last_login_uagent,
    last_logout_ip
)
select
    person.id::uuid, replace(person.id, '-', ''), person.email, person.display_name, person.first_name, '',
    '!demo', '', '', now(), now(), now(), true, false, true, true, false, true, false, false, false, false,
    'UTC', '', '', '', 'email', '', ''
from (
    values
        ('10000000-0000-4000-8000-000000000001', 'demo@example.com', 'demo', 'Demo'),
        ('10000000-0000-4000-8000-000000000002', 'octocat@example.com', 'octocat', 'Mona')
) as person (id, email, display_name, first_name)
on conflict do nothing;

-- Both once signed in with GitHub, so both can be assigned from there: 583231 is octocat.
insert into public.accounts (
    id, user_id, provider, provider_account_id, access_token, id_token, metadata,
    last_connected_at, created_at, updated_at
)
values
    ('10000000-0000-4000-8000-000000000101', '10000000-0000-4000-8000-000000000001', 'github', '1000001',
        '', '', '{}', now(), now(), now()),
    ('10000000-0000-4000-8000-000000000102', '10000000-0000-4000-8000-000000000002', 'github', '583231',
        '', '', '{}', now(), now(), now())
on conflict do nothing;

insert into public.workspaces (
    id, name, slug, owner_id, created_by_id, timezone, background_color, created_at, updated_at
)
values (
    '20000000-0000-4000-8000-000000000001', 'Demo workspace', 'demo', '10000000-0000-4000-8000-000000000001',
    '10000000-0000-4000-8000-000000000001', 'UTC', '#3f76ff', now(), now()
)
on conflict do nothing;

insert into public.workspace_members (
    id, workspace_id, member_id, role, is_active, view_props, default_props, issue_props,
    explored_features, getting_started_checklist, tips, created_at, updated_at
)
select
    member.id::uuid, '20000000-0000-4000-8000-000000000001', member.member_id::uuid, member.role, true, '{}', '{}',
    '{"subscribed": true, "assigned": true, "created": true, "all_issues": true}', '{}', '{}', '{}', now(), now()
from (
    values
        ('21000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', 20),
        ('21000000-0000-4000-8000-000000000002', '10000000-0000-4000-8000-000000000002', 15)
) as member (id, member_id, role)
on conflict do nothing;

insert into public.projects (
    id, workspace_id, name, identifier, description, network, created_by_id, project_lead_id, logo_props, timezone,
    cycle_view, module_view, issue_views_view, page_view, intake_view, is_time_tracking_enabled,
    is_issue_type_enabled, guest_view_all_features, archive_in, close_in, created_at, updated_at
)
select
    project.id::uuid, '20000000-0000-4000-8000-000000000001', project.name, project.identifier, '', 2,
    '10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000001', '{}', 'UTC',
    false, false, false, true, false, false, false, false, 0, 0, now(), now()
from (
    values
        ('30000000-0000-4000-8000-000000000001', 'Demo', 'GH'),
        ('30000000-0000-4000-8000-000000000002', 'Second', 'SEC')
) as project (id, name, identifier)
on conflict do nothing;

insert into public.project_members (
    id, workspace_id, project_id, member_id, role, is_active, view_props, default_props, preferences, sort_order,
    created_at, updated_at
)
select
    member.id::uuid, '20000000-0000-4000-8000-000000000001', member.project_id::uuid, member.member_id::uuid,
    member.role, true, '{}', '{}', '{}', 65535, now(), now()
from (
    values
        ('31100000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001',
            '10000000-0000-4000-8000-000000000001', 20),
        ('31100000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000001',
            '10000000-0000-4000-8000-000000000002', 15),
        ('31200000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002',
            '10000000-0000-4000-8000-000000000001', 20),
        ('31200000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000002',
            '10000000-0000-4000-8000-000000000002', 15)
) as member (id, project_id, member_id, role)
on conflict do nothing;

-- The states of a new project. is_triage stays false, in Plane too: the group decides.
insert into public.states (
    id, workspace_id, project_id, name, slug, "group", "default", color, sequence, description, is_triage,
    created_by_id, created_at, updated_at
)
select
    state.id::uuid, '20000000-0000-4000-8000-000000000001', state.project_id::uuid, state.name,
    replace(lower(state.name), ' ', '-'), state."group", state.name = 'Backlog', state.color, state.sequence, '',
    false, '10000000-0000-4000-8000-000000000001', now(), now()
from (
    values
        ('40100000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000001',
            'Backlog', 'backlog', '#60646c', 15000),
        ('40100000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000001',
            'Todo', 'unstarted', '#60646c', 25000),
        ('40100000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000001',
            'In Progress', 'started', '#f59e0b', 35000),
        ('40100000-0000-4000-8000-000000000004', '30000000-0000-4000-8000-000000000001',
            'Done', 'completed', '#46a758', 45000),
        ('40100000-0000-4000-8000-000000000005', '30000000-0000-4000-8000-000000000001',
            'Cancelled', 'cancelled', '#9aa4bc', 55000),
        ('40100000-0000-4000-8000-000000000006', '30000000-0000-4000-8000-000000000001',
            'Triage', 'triage', '#4e5355', 65000),
        ('40200000-0000-4000-8000-000000000001', '30000000-0000-4000-8000-000000000002',
            'Backlog', 'backlog', '#60646c', 15000),
        ('40200000-0000-4000-8000-000000000002', '30000000-0000-4000-8000-000000000002',
            'Todo', 'unstarted', '#60646c', 25000),
        ('40200000-0000-4000-8000-000000000003', '30000000-0000-4000-8000-000000000002',
            'In Progress', 'started', '#f59e0b', 35000),
        ('40200000-0000-4000-8000-000000000004', '30000000-0000-4000-8000-000000000002',
            'Done', 'completed', '#46a758', 45000),
        ('40200000-0000-4000-8000-000000000005', '30000000-0000-4000-8000-000000000002',
            'Cancelled', 'cancelled', '#9aa4bc', 55000),
        ('40200000-0000-4000-8000-000000000006', '30000000-0000-4000-8000-000000000002',
            'Triage', 'triage', '#4e5355', 65000)
) as state (id, project_id, name, "group", color, sequence)
on conflict do nothing;
