//! How people, teams and repositories look in answers: whole, as GitHub's description of its API has
//! them. <https://github.com/github/rest-api-description>

use serde_json::{Value, json};

use super::record::{self, Account, Team};
use crate::sandbox::Transaction;

const API: &str = "https://api.github.com";

/// When everything was made that the sandbox does not remember the making of.
const LONG_AGO: &str = "2020-01-01T00:00:00Z";

/// The rest of a user's addresses.
const USER_URLS: &[(&str, &str)] = &[
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// A person as lists show them.
pub(super) fn user(account: &Account) -> Value {
    let Account { id, login } = account;
    let url = format!("{API}/users/{login}");
    let mut user = json!({
        "login": login,
        "id": id,
        "node_id": format!("U_{id}"),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("https://github.com/{login}"),
        "type": "User",
        "user_view_type": "public",
        "site_admin": false,
    });
    for (field, end) in USER_URLS {
        user[*field] = json!(format!("{url}{end}"));
    }
    user
}

/// A person when they are asked for by themselves.
pub(super) fn whole_user(account: &Account) -> Value {
    let mut whole = user(account);
    for field in ["name", "company", "location", "email", "hireable", "bio", "twitter_username"] {
        whole[field] = Value::Null;
    }
    whole["blog"] = json!("");
    for field in ["public_repos", "public_gists", "followers", "following"] {
        whole[field] = json!(0);
    }
    (whole["created_at"], whole["updated_at"]) = (json!(LONG_AGO), json!(LONG_AGO));
    whole
}

/// An organization as other things name it.
pub(super) fn organization(login: &str) -> Value {
    let (id, url) = (record::number(login), format!("{API}/orgs/{login}"));
    json!({
        "login": login,
        "id": id,
        "node_id": format!("O_{id}"),
        "url": url,
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"),
        "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
        "description": "",
    })
}

/// A team as lists show it, with the team above.
pub(super) fn team(view: &Transaction<'_>, team: &Team) -> Value {
    let mut shown = bare_team(team);
    let above = team.parent().and_then(|id| {
        let all = Team::all(view, &team.organization).ok()?;
        all.into_iter().find(|other| other.id == id)
    });
    shown["parent"] = above.as_ref().map_or(Value::Null, bare_team);
    shown
}

fn bare_team(team: &Team) -> Value {
    let (id, organization) = (team.id, record::number(&team.organization));
    let url = format!("{API}/organizations/{organization}/team/{id}");
    json!({
        "name": team.text("name"),
        "id": id,
        "node_id": format!("T_{id}"),
        "slug": team.slug(),
        "description": team.value["description"],
        "privacy": team.text("privacy"),
        "notification_setting": team.text("notification_setting"),
        "url": url,
        "html_url": format!("https://github.com/orgs/{}/teams/{}", team.organization, team.slug()),
        "members_url": format!("{url}/members{{/member}}"),
        "repositories_url": format!("{url}/repos"),
        "permission": "pull",
        "type": "organization",
        "organization_id": organization,
    })
}

/// A team when it is asked for by itself.
pub(super) fn whole_team(view: &Transaction<'_>, one: &Team) -> Value {
    let mut whole = team(view, one);
    whole["members_count"] = json!(view.scan(&one.members(), "").count());
    whole["repos_count"] = json!(view.scan(&one.repositories(), "").count());
    whole["created_at"] = one.value["created_at"].clone();
    whole["updated_at"] = one.value["updated_at"].clone();
    let mut of = organization(&one.organization);
    let login = &one.organization;
    of["html_url"] = json!(format!("https://github.com/{login}"));
    of["type"] = json!("Organization");
    for field in ["has_organization_projects", "has_repository_projects"] {
        of[field] = json!(true);
    }
    for field in ["public_repos", "public_gists", "followers", "following"] {
        of[field] = json!(0);
    }
    (of["created_at"], of["updated_at"]) = (json!(LONG_AGO), json!(LONG_AGO));
    of["archived_at"] = Value::Null;
    whole["organization"] = of;
    whole
}

/// The addresses of a repository, by the end of their names.
const REPOSITORY_URLS: &[&str] = &[
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
    "hooks",
];

/// An issue as GitHub shows it; whoever calls has opened it.
pub(super) fn issue(owner: &str, name: &str, caller: Value, kept: &Value) -> Value {
    let number = &kept["number"];
    let repository = format!("{API}/repos/{owner}/{name}");
    let (id, url) = (
        record::number(&format!("{owner}/{name}#{number}")),
        format!("{repository}/issues/{number}"),
    );
    let mut issue = kept.clone();
    issue["id"] = json!(id);
    issue["node_id"] = json!(format!("I_{id}"));
    issue["repository_url"] = json!(repository);
    issue["html_url"] = json!(format!("https://github.com/{owner}/{name}/issues/{number}"));
    for (field, rest) in
        [("labels_url", "/labels{/name}"), ("comments_url", "/comments"), ("events_url", "/events")]
    {
        issue[field] = json!(format!("{url}{rest}"));
    }
    issue["url"] = json!(url);
    issue["user"] = caller;
    (issue["labels"], issue["assignees"]) = (json!([]), json!([]));
    (issue["assignee"], issue["milestone"]) = (Value::Null, Value::Null);
    (issue["locked"], issue["comments"]) = (json!(false), json!(0));
    issue["author_association"] = json!("MEMBER");
    issue
}

/// A repository as lists show it.
pub(super) fn repository(owner: &str, name: &str) -> Value {
    let (id, url) =
        (record::number(&format!("{owner}/{name}")), format!("{API}/repos/{owner}/{name}"));
    let mut holder = user(&Account { id: record::number(owner), login: owner.to_owned() });
    holder["type"] = json!("Organization");
    let mut repository = json!({
        "id": id,
        "node_id": format!("R_{id}"),
        "name": name,
        "full_name": format!("{owner}/{name}"),
        "owner": holder,
        "private": false,
        "html_url": format!("https://github.com/{owner}/{name}"),
        "description": null,
        "fork": false,
        "url": url,
    });
    for word in REPOSITORY_URLS {
        repository[format!("{word}_url")] = json!(format!("{url}/{word}"));
    }
    repository
}
