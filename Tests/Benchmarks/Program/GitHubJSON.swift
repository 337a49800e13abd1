/// Deliveries and what they show, as JSON in GitHub's shape, with all the addresses that make up most of a real one.
enum GitHubJSON {
    /// The repository that deploy/samples come from as well.
    private static let repositoryID = 700_000_001
    static let name = "octo-demo/hello"
    private static let api = "https://api.github.com/repos/\(name)"

    static func delivery(_ issue: Issue) -> String {
        "{\"action\":\"\(issue.action)\",\"issue\":\(object(issue)),\(issue.changed)\(frame)}"
    }

    static func delivery(_ issue: Issue, _ comment: Comment, action: String, changed: String = "") -> String {
        let comment = object(comment, on: issue)
        return "{\"action\":\"\(action)\",\"issue\":\(object(issue)),\"comment\":\(comment),\(changed)\(frame)}"
    }

    /// The member `changes` of an edit.
    static func changes(of field: String, from text: String) -> String {
        "\"changes\":{\"\(field)\":{\"from\":\"\(text)\"}},"
    }

    private static let frame = "\"repository\":\(repository),\"organization\":\(organization),\"sender\":\(user(3))"

    static func object(_ issue: Issue) -> String {
        let url = "\(api)/issues/\(issue.number)"
        let assignees = issue.isAssigned ? octocat : ""
        return """
            {"url":"\(url)","repository_url":"\(api)","labels_url":"\(url)/labels{/name}",\
            "comments_url":"\(url)/comments","events_url":"\(url)/events",\
            "html_url":"https://github.com/\(name)/issues/\(issue.number)","id":\(3_500_000_000 + issue.number),\
            "node_id":"I_kwDOKbknAc6\(issue.number)","number":\(issue.number),"title":"\(issue.title)",\
            "user":\(user(Int(issue.number) % 40)),"labels":[\(issue.labels.map { labels[$0] }.joined(separator: ","))],\
            "state":"\(issue.isClosed ? "closed" : "open")","locked":false,\
            "assignee":\(assignees.isEmpty ? "null" : assignees),"assignees":[\(assignees)],\
            "milestone":null,"comments":\(issue.comments),"created_at":"\(issue.createdAt)",\
            "updated_at":"\(issue.updatedAt)","closed_at":\(issue.closedAt.map { "\"\($0)\"" } ?? "null"),\
            "author_association":"CONTRIBUTOR","type":null,"active_lock_reason":null,\
            "sub_issues_summary":{"total":0,"completed":0,"percent_completed":0},\
            "issue_dependencies_summary":{"blocked_by":0,"total_blocked_by":0,"blocking":0,"total_blocking":0},\
            "body":"\(issue.text)","reactions":\(reactions(url)),\
            "timeline_url":"\(url)/timeline","performed_via_github_app":null,\
            "state_reason":\(issue.isClosed ? "\"completed\"" : "null")}
            """
    }

    static func object(_ comment: Comment, on issue: Issue) -> String {
        let url = "\(api)/issues/comments/\(4_000_000_000 + comment.id)"
        return """
            {"url":"\(url)","html_url":"https://github.com/\(name)/issues/\(issue.number)#issuecomment-\(comment.id)",\
            "issue_url":"\(api)/issues/\(issue.number)","id":\(4_000_000_000 + comment.id),\
            "node_id":"IC_kwDOKbknAc7\(comment.id)","user":\(user(Int(comment.id) % 40)),\
            "created_at":"\(comment.createdAt)","updated_at":"\(comment.updatedAt)","author_association":"MEMBER",\
            "body":"\(comment.text)","reactions":\(reactions(url)),\
            "performed_via_github_app":null}
            """
    }

    private static func reactions(_ url: String) -> String {
        """
        {"url":"\(url)/reactions","total_count":0,"+1":0,"-1":0,"laugh":0,"hooray":0,"confused":0,"heart":0,\
        "rocket":0,"eyes":0}
        """
    }

    static let labels = (0..<Issue.labelCount).map(label)

    private static func label(_ index: Int) -> String {
        let names = [
            "bug", "enhancement", "documentation", "question", "good first issue", "help wanted", "performance",
            "security", "regression", "needs triage", "blocked", "area: parser",
        ]
        let name = names[index]
        return """
            {"id":\(8_100_000_000 + index),"node_id":"LA_kwDOKbknAc8AAAAB4\(index)",\
            "url":"\(api)/labels/\(name.replacing(" ", with: "%20"))","name":"\(name)","color":"d73a4\(index % 10)",\
            "default":\(index < 6),"description":"Something about this is of the kind \(name)"}
            """
    }

    private static func user(_ index: Int) -> String { users[index] }

    private static let users = (0..<40).map { user(id: 210_000_000 + $0, login: "contributor-\($0)") }

    /// The one whom the demo workspace knows.
    private static let octocat = user(id: 583_231, login: "octocat")

    private static func user(id: Int, login: String) -> String {
        let url = "https://api.github.com/users/\(login)"
        return """
            {"login":"\(login)","id":\(id),"node_id":"MDQ6VXNlcj\(id)",\
            "avatar_url":"https://avatars.githubusercontent.com/u/\(id)?v=4","gravatar_id":"","url":"\(url)",\
            "html_url":"https://github.com/\(login)","followers_url":"\(url)/followers",\
            "following_url":"\(url)/following{/other_user}","gists_url":"\(url)/gists{/gist_id}",\
            "starred_url":"\(url)/starred{/owner}{/repo}","subscriptions_url":"\(url)/subscriptions",\
            "organizations_url":"\(url)/orgs","repos_url":"\(url)/repos","events_url":"\(url)/events{/privacy}",\
            "received_events_url":"\(url)/received_events","type":"User","user_view_type":"public","site_admin":false}
            """
    }

    private static let organization = """
        {"login":"octo-demo","id":190000001,"node_id":"O_kgDO0b532b81","url":"https://api.github.com/orgs/octo-demo",\
        "repos_url":"https://api.github.com/orgs/octo-demo/repos","events_url":"https://api.github.com/orgs/octo-demo/events",\
        "hooks_url":"https://api.github.com/orgs/octo-demo/hooks",\
        "issues_url":"https://api.github.com/orgs/octo-demo/issues",\
        "members_url":"https://api.github.com/orgs/octo-demo/members{/member}",\
        "public_members_url":"https://api.github.com/orgs/octo-demo/public_members{/member}",\
        "avatar_url":"https://avatars.githubusercontent.com/u/190000001?v=4","description":"Things that say hello"}
        """

    static let repository: String = {
        let paths = [
            ("forks", "forks"), ("keys", "keys{/key_id}"), ("collaborators", "collaborators{/collaborator}"),
            ("teams", "teams"), ("hooks", "hooks"), ("issue_events", "issues/events{/number}"), ("events", "events"),
            ("assignees", "assignees{/user}"), ("branches", "branches{/branch}"), ("tags", "tags"),
            ("blobs", "git/blobs{/sha}"), ("git_tags", "git/tags{/sha}"), ("git_refs", "git/refs{/sha}"),
            ("trees", "git/trees{/sha}"), ("statuses", "statuses/{sha}"), ("languages", "languages"),
            ("stargazers", "stargazers"), ("contributors", "contributors"), ("subscribers", "subscribers"),
            ("subscription", "subscription"), ("commits", "commits{/sha}"), ("git_commits", "git/commits{/sha}"),
            ("comments", "comments{/number}"), ("issue_comment", "issues/comments{/number}"),
            ("contents", "contents/{+path}"), ("compare", "compare/{base}...{head}"), ("merges", "merges"),
            ("archive", "{archive_format}{/ref}"), ("downloads", "downloads"), ("issues", "issues{/number}"),
            ("pulls", "pulls{/number}"), ("milestones", "milestones{/number}"),
            ("notifications", "notifications{?since,all,participating}"), ("labels", "labels{/name}"),
            ("releases", "releases{/id}"), ("deployments", "deployments"),
        ]
        let addresses = paths.map { "\"\($0)_url\":\"\(api)/\($1)\"" }.joined(separator: ",")
        return """
            {"id":\(repositoryID),"node_id":"R_kgDOKbknAQ","name":"hello","full_name":"\(name)","private":false,\
            "owner":\(user(id: 190_000_001, login: "octo-demo")),"html_url":"https://github.com/\(name)",\
            "description":"A small web server that says hello","fork":false,"url":"\(api)",\(addresses),\
            "created_at":"2026-01-12T08:00:00Z","updated_at":"2026-09-01T08:00:00Z","pushed_at":"2026-09-01T07:59:40Z",\
            "git_url":"git://github.com/\(name).git","ssh_url":"git@github.com:\(name).git",\
            "clone_url":"https://github.com/\(name).git","svn_url":"https://github.com/\(name)","homepage":null,\
            "size":148,"stargazers_count":12,"watchers_count":12,"language":"Swift","has_issues":true,\
            "has_projects":true,"has_downloads":true,"has_wiki":false,"has_pages":false,"has_discussions":false,\
            "forks_count":1,"mirror_url":null,"archived":false,"disabled":false,"open_issues_count":900,"license":null,\
            "allow_forking":true,"is_template":false,"web_commit_signoff_required":false,"topics":["demo"],\
            "visibility":"public","forks":1,"open_issues":900,"watchers":12,"default_branch":"main",\
            "custom_properties":{}}
            """
    }()
}
