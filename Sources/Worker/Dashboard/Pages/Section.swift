/// The places that the navigation leads to.
enum Section: CaseIterable {
    case overview, events, issues, failures, repositories, jobs, outbound, people, analytics

    var name: String {
        switch self {
        case .overview: "Overview"
        case .events: "Events"
        case .issues: "Issues"
        case .failures: "Failures"
        case .repositories: "Repositories"
        case .jobs: "Jobs"
        case .outbound: "To GitHub"
        case .people: "People"
        case .analytics: "Analytics"
        }
    }

    var path: String {
        switch self {
        case .overview: "/"
        case .events: "/events"
        case .issues: "/issues"
        case .failures: "/failures"
        case .repositories: "/repositories"
        case .jobs: "/jobs"
        case .outbound: "/outbound"
        case .people: "/people"
        case .analytics: "/analytics"
        }
    }

    var icon: Icon {
        switch self {
        case .overview: .home
        case .events: .list
        case .issues: .issue
        case .failures: .alert
        case .repositories: .repository
        case .jobs: .job
        case .outbound: .out
        case .people: .people
        case .analytics: .chart
        }
    }
}
