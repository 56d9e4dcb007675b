//! The values of what tells people of alerts: Alertmanager, which comes with Prometheus.
//!
//! <https://prometheus.io/docs/alerting/latest/configuration/>

use crate::project::monitoring::alerts::wanted;
use crate::project::monitoring::made::Made;
use crate::project::monitoring::settings::{Mail, Receiver, Slack};
use serde_json::{Value, json};

/// The secret with what receivers are told by, a field for each of them.
pub(in crate::project::monitoring) const SECRET: &str = "alert-receivers";
/// Where Alertmanager finds it.
const FOLDER: &str = "/etc/alertmanager/secrets";
/// Who hears of what nobody is told.
const NOBODY: &str = "nobody";

/// The values that concern it, below those of Prometheus.
pub(in crate::project::monitoring) fn values(made: &Made<'_>) -> Value {
    let receivers = &made.placed.monitoring.tell;
    let mut all = vec![json!({ "name": NOBODY })];
    all.extend(receivers.iter().map(|(key, receiver)| told(key, receiver)));
    let mut values = json!({
        "enabled": true,
        "config": {
            "receivers": all,
            "route": {
                "receiver": NOBODY,
                "group_by": ["alertname", "namespace", "pool"],
                "group_wait": "30s",
                "group_interval": "5m",
                "repeat_interval": "4h",
                "routes": routes(made),
            },
        },
    });
    if !receivers.is_empty() {
        let mount = json!({
            "name": SECRET, "secretName": SECRET, "mountPath": FOLDER, "readOnly": true,
        });
        super::lay(&mut values, json!({ "extraSecretMounts": [mount] }));
    }
    super::lay(&mut values, made.there());
    json!({ "alertmanager": values })
}

/// Who hears of what: a way for each receiver, and an alert may go several.
fn routes(made: &Made<'_>) -> Vec<Value> {
    let wanted = wanted(made);
    let route = |key: &String| {
        let hears = wanted.iter().filter(|it| it.tell.contains(&key.as_str()));
        let titles: Vec<&str> = hears.map(|it| it.known.title).collect();
        let matchers = [format!("alertname=~\"{}\"", titles.join("|"))];
        let route = json!({ "receiver": key, "matchers": matchers, "continue": true });
        (!titles.is_empty()).then_some(route)
    };
    made.placed.monitoring.tell.keys().filter_map(route).collect()
}

fn told(key: &str, receiver: &Receiver) -> Value {
    let file = format!("{FOLDER}/{key}");
    match receiver {
        Receiver::Pagerduty(_) => {
            json!({ "name": key, "pagerduty_configs": [{ "routing_key_file": file }] })
        }
        Receiver::Slack(Slack { channel, .. }) => {
            let slack = json!({
                "api_url_file": file, "channel": channel, "send_resolved": true,
            });
            json!({ "name": key, "slack_configs": [slack] })
        }
        Receiver::Mail(mail) => json!({ "name": key, "email_configs": [by_mail(mail, &file)] }),
    }
}

fn by_mail(mail: &Mail, file: &str) -> Value {
    json!({
        "to": mail.to.join(", "),
        "from": mail.from,
        "smarthost": mail.server,
        "auth_username": mail.user,
        "auth_password_file": file,
        "require_tls": true,
        "send_resolved": true,
    })
}
