//! The values of Grafana: where it is found, who logs in as what, and where it finds measures.
//!
//! <https://github.com/grafana/helm-charts/tree/main/charts/grafana>

use crate::project::access::Roll;
use crate::project::hubs::in_category;
use crate::project::monitoring::made::Made;
use crate::project::monitoring::settings::{Grafana, GrafanaLogin};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The claim on its disk.
pub(in crate::project::monitoring) const CLAIM: &str = "grafana";
/// The secret with what it is told, and the fields of it.
pub(in crate::project::monitoring) const SECRET: &str = "grafana-login";
pub(in crate::project::monitoring) const PASSWORD: &str = "admin-password";
pub(in crate::project::monitoring) const CLIENT: &str = "github-client-secret";

/// The values of the chart.
pub(in crate::project::monitoring) fn values(made: &Made<'_>, settings: &Grafana) -> Value {
    let mut values = json!({
        "admin": { "existingSecret": SECRET, "passwordKey": PASSWORD },
        "env": { "GF_SECURITY_ADMIN_USER": "admin" },
        "persistence": { "enabled": true, "existingClaim": CLAIM },
        // Only one at a time can have the disk.
        "deploymentStrategy": { "type": "Recreate" },
        "service": { "type": "ClusterIP" },
        "ingress": super::ingress(made, &settings.domain, "grafana-tls"),
        "grafana.ini": { "server": {
            "domain": settings.domain,
            "root_url": format!("https://{}", settings.domain),
        } },
        "resources": { "requests": { "cpu": "50m", "memory": "256Mi" }, "limits": { "memory": "1Gi" } },
    });
    if made.placed.monitoring.prometheus.is_some() {
        super::lay(&mut values, json!({ "datasources": { "datasources.yaml": sources() } }));
    }
    if let Some(GrafanaLogin::Github { client_id, .. }) = &settings.login_with {
        super::lay(&mut values, github(made, settings, client_id));
    }
    super::lay(&mut values, made.there());
    values
}

/// Where measures are.
fn sources() -> Value {
    let prometheus = json!({
        "name": "prometheus", "type": "prometheus", "access": "proxy",
        "url": "http://prometheus-server", "isDefault": true, "editable": false,
    });
    json!({ "apiVersion": 1, "datasources": [prometheus] })
}

/// Logging in with GitHub: whoever is in no team that is named here stays outside.
/// <https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/github/>
fn github(made: &Made<'_>, settings: &Grafana, client: &str) -> Value {
    let secret = json!({ "secretKeyRef": { "name": SECRET, "key": CLIENT } });
    let roles = roles(made, settings);
    json!({
        "envValueFrom": { "GF_AUTH_GITHUB_CLIENT_SECRET": secret },
        "grafana.ini": { "auth.github": {
            "enabled": true,
            "allow_sign_up": true,
            "client_id": client,
            "scopes": "user:email,read:org",
            "allowed_organizations": roles.organizations.join(" "),
            "role_attribute_path": roles.path,
            "role_attribute_strict": true,
        } },
    })
}

/// What people are by their teams.
struct Roles {
    /// As Grafana reads it: the first that is so.
    path: String,
    /// The organizations that the teams are in.
    organizations: Vec<String>,
}

/// Somebody is in a category who is in its team and in those of what it requires.
fn roles(made: &Made<'_>, settings: &Grafana) -> Roles {
    let Some(roll) = Roll::of(made.placed.laid) else {
        return Roles { path: String::new(), organizations: Vec::new() };
    };
    let by_role =
        [("Admin", &settings.admins), ("Editor", &settings.editors), ("Viewer", &settings.viewers)];
    let (mut all, mut organizations) = (Vec::new(), BTreeSet::new());
    for (role, categories) in by_role {
        for together in categories.iter().flat_map(|key| in_category(&roll, key)) {
            let teams = together.iter().map(|team| as_written(&roll, team));
            let teams: Vec<String> = teams.map(|team| slashed(&team)).collect();
            let first = |team: &String| team.split('/').next().unwrap_or_default().to_owned();
            organizations.extend(teams.iter().map(first));
            let asked = teams.iter().map(|team| format!("contains(groups[*], '@{team}')"));
            all.push(format!("{} && '{role}'", asked.collect::<Vec<_>>().join(" && ")));
        }
    }
    Roles { path: all.join(" || "), organizations: organizations.into_iter().collect() }
}

/// A team in the letters that it was written in: hubs take large and small ones alike, Grafana does not.
fn as_written(roll: &Roll<'_>, team: &str) -> String {
    let mut all = roll.list.iter().map(|placed| placed.team.to_string());
    all.find(|it| it.to_lowercase() == team).unwrap_or_else(|| team.to_owned())
}

/// A team as Grafana writes it, `organization/team`.
fn slashed(team: &str) -> String {
    team.replacen(':', "/", 1)
}
