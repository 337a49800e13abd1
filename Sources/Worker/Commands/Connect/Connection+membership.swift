import Shared

extension Connection {
    /// Makes the bot an active administrator of the workspace.
    /// - Returns: whether anything was written.
    func ensureWorkspaceMember(_ bot: WorkspaceBot, in project: PlaneProject) throws -> Bool {
        try !run(
            """
            insert into public.workspace_members (
                id, created_at, updated_at, role, member_id, workspace_id, view_props, default_props, issue_props,
                is_active, explored_features, getting_started_checklist, tips
            )
            values (
                gen_random_uuid(), now(), now(), 20, \(bot.userID), \(project.workspaceID), '{}', '{}',
                '{"subscribed": true, "assigned": true, "created": true, "all_issues": true}',
                true, '{}', '{}', '{}'
            )
            on conflict (workspace_id, member_id) where deleted_at is null do update
            set role = 20, is_active = true, updated_at = now()
            where workspace_members.role <> 20 or not workspace_members.is_active
            returning id
            """
        ).isEmpty
    }

    /// Makes the bot an active administrator of the project.
    /// - Returns: whether anything was written.
    func ensureProjectMember(_ bot: WorkspaceBot, in project: PlaneProject) throws -> Bool {
        try !run(
            """
            insert into public.project_members (
                id, created_at, updated_at, role, member_id, project_id, workspace_id, view_props, default_props,
                sort_order, preferences, is_active
            )
            values (
                gen_random_uuid(), now(), now(), 20, \(bot.userID), \(project.id), \(project.workspaceID), '{}', '{}',
                65535, '{}', true
            )
            on conflict (project_id, member_id) where deleted_at is null do update
            set role = 20, is_active = true, updated_at = now()
            where project_members.role <> 20 or not project_members.is_active
            returning id
            """
        ).isEmpty
    }

    /// The label Plane gave synced issues; the name is unique among a project's living labels.
    /// - Returns: whether it was written.
    func ensureLabel(by bot: WorkspaceBot, in project: PlaneProject) throws -> Bool {
        try !run(
            """
            insert into public.labels (
                id, created_at, updated_at, created_by_id, name, description, color, sort_order, project_id,
                workspace_id
            )
            select
                gen_random_uuid(), now(), now(), \(bot.userID), 'GitHub',
                'Label to sync Plane issues with GitHub issues', '#003773',
                coalesce(max(sort_order) + 10000, 65535), \(project.id), \(project.workspaceID)
            from public.labels where project_id = \(project.id) and deleted_at is null
            on conflict (project_id, name) where project_id is not null and deleted_at is null do nothing
            returning id
            """
        ).isEmpty
    }
}
