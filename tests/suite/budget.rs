//! The budget and the addresses that hear of it, from the declaration to Google.

use super::bench::{Bench, PROJECT, resource, stack};
use super::garden::Plot;
use leap_infra::cli::marks::Marks;
use leap_infra::model::{Owner, Place, Resource};
use leap_infra::plan::{Action, Refused};
use leap_infra::providers::gcp::billing_budget::{Spec, budget_name};
use leap_infra::providers::gcp::notification_channel::{self, channel_name};
use serde_json::{Value, json};

/// Who pays in these stories.
pub const ACCOUNT: &str = "012345-6789AB-CDEF01";

/// An address that is written to.
pub fn channel(address: &str, shown: &str) -> Resource {
    let spec = notification_channel::Spec { shown: shown.into(), ..Default::default() };
    resource("prod", "notification-channel", &channel_name(PROJECT, address), json!(spec))
}

/// A budget of the project of which these addresses hear.
pub fn budget(name: &str, amount: &str, addresses: &[&str]) -> Resource {
    let spec = Spec {
        thresholds: ["50%", "100% forecast"].map(|text| text.parse().unwrap()).into(),
        projects: [PROJECT.to_owned()].into(),
        channels: addresses.iter().map(|address| channel_name(PROJECT, address)).collect(),
        ..Spec::new(amount.parse().unwrap())
    };
    let resource = resource("prod", "billing-budget", &budget_name(ACCOUNT, name), json!(spec));
    let place = Place { parent: Some(ACCOUNT.into()), ..Place::project(PROJECT) };
    Resource { place, ..resource }
}

/// An address for each plot with a label, and a budget that writes to all of them.
pub fn garden_budget(plots: &[Plot]) -> Vec<Resource> {
    let labelled = plots.iter().filter_map(|plot| Some((plot, plot.label.as_deref()?)));
    let (mut resources, mut addresses) = (Vec::new(), Vec::new());
    for (at, (_, label)) in labelled.clone().enumerate() {
        addresses.push(format!("gardener-{at}@leap.example.org"));
        resources.push(channel(&addresses[at], label));
    }
    let heard: Vec<&str> = addresses.iter().take(5).map(String::as_str).collect();
    if let Some((plot, _)) = labelled.clone().next() {
        let days = plot.days.unwrap_or_default();
        let amount = if days == 0 { "last month's".to_owned() } else { format!("{days} USD") };
        resources.push(budget("garden-budget", &amount, &heard));
    }
    resources
}

fn of(resource: Resource, change: impl FnOnce(&mut Spec)) -> Resource {
    let mut spec: Spec = serde_json::from_value(resource.spec.clone()).unwrap();
    change(&mut spec);
    Resource { spec: json!(spec), ..resource }
}

const MONEY: &str = "money@leap.example.org";
const OPS: &str = "ops@leap.example.org";

fn platform() -> Vec<Resource> {
    vec![channel(MONEY, "Money"), budget("home-budget", "7000 USD", &[MONEY])]
}

/// What is there, of budgets or of channels.
fn live(bench: &Bench, kept: &str) -> Vec<Value> {
    let all = bench.world().into_iter().filter(|(key, _)| key.starts_with(kept));
    all.map(|(_, one)| one).collect()
}

fn budgets(bench: &Bench) -> Vec<Value> {
    live(bench, "billingbudgets/")
}

fn channels(bench: &Bench) -> Vec<Value> {
    live(bench, "monitoring/channels/")
}

/// Somebody else makes or changes a thing.
async fn by_somebody(bench: &Bench, method: &str, path: &str, body: Value) -> Value {
    let url = format!("{}/{path}", bench.sandbox.url());
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let answer = request.json(&body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_is_made_after_its_addresses_changed_and_taken_away_before_them() {
    let bench = Bench::new().await;
    let plan = bench.apply(&stack(platform())).await;
    let kinds: Vec<&str> = plan.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(kinds, ["notification-channel", "billing-budget"]);
    let written = &budgets(&bench)[0]["notificationsRule"]["monitoringNotificationChannels"];
    assert_eq!(*written, json!([channels(&bench)[0]["name"]]));
    assert!(bench.plan(&stack(platform())).await.is_empty());

    let other = || {
        let more = of(budget("home-budget", "last month's", &[OPS]), |spec| {
            spec.thresholds = ["90%".parse().unwrap()].into();
            spec.mail_admins = false;
        });
        stack([channel(OPS, "Operators"), more])
    };
    bench.apply(&other()).await;
    assert!(bench.plan(&other()).await.is_empty());
    let budget = &budgets(&bench)[0];
    assert_eq!(budget["amount"], json!({ "lastPeriodAmount": {} }));
    assert_eq!(budget["thresholdRules"][0]["thresholdPercent"], 0.9);
    assert_eq!(budget["notificationsRule"]["disableDefaultIamRecipients"], true);
    assert_eq!(channels(&bench)[0]["labels"]["email_address"], OPS);

    let plan = bench.apply(&stack([])).await;
    let kinds: Vec<&str> = plan.steps.iter().map(|step| step.id.kind.as_str()).collect();
    assert_eq!(kinds, ["billing-budget", "notification-channel"]);
    assert!(budgets(&bench).is_empty() && channels(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_see_ends_in_a_mark_that_fits() {
    let bench = Bench::new().await;
    bench.apply(&stack(platform())).await;
    let shown = budgets(&bench)[0]["displayName"].as_str().unwrap().to_owned();
    assert!(shown.starts_with("home-budget [li prod ") && shown.len() <= 60, "{shown}");
    let world = bench.everything().await;
    let found = &world.kinds["billing-budget"].found[0];
    let Owner::Ours(mark) = &found.owner else { panic!("{found:?}") };
    assert_eq!(mark.spec.as_label().len(), 28, "the whole digest is known again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_somebody_else_is_drift_and_is_taken_back() {
    let bench = Bench::new().await;
    bench.apply(&stack(platform())).await;
    let budget = budgets(&bench).remove(0);
    let path = format!("v1/{}?updateMask=amount", budget["name"].as_str().unwrap());
    let amount = json!({ "amount": { "specifiedAmount": { "units": "9000" } } });
    by_somebody(&bench, "PATCH", &path, amount).await;
    let plan = bench.plan(&stack(platform())).await;
    assert_eq!((plan.steps.len(), plan.steps[0].action), (1, Action::Update));
    assert_eq!(plan.steps[0].before.as_ref().unwrap()["amount"], "9000 USD");
    bench.apply(&stack(platform())).await;
    assert_eq!(budgets(&bench)[0]["amount"]["specifiedAmount"]["units"], "7000");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_of_somebody_else_is_refused_adopted_and_handed_back() {
    let bench = Bench::new().await;
    let mail =
        json!({ "type": "email", "labels": { "email_address": MONEY }, "displayName": "Money" });
    let path = format!("v3/projects/{PROJECT}/notificationChannels");
    let channel = by_somebody(&bench, "POST", &path, mail).await;
    let body = json!({
        "displayName": "home-budget",
        "budgetFilter": { "projects": [format!("projects/{PROJECT}")] },
        "amount": { "specifiedAmount": { "units": "7000", "currencyCode": "USD" } },
        "thresholdRules": [
            { "thresholdPercent": 0.5 }, { "thresholdPercent": 1, "spendBasis": "FORECASTED_SPEND" },
        ],
        "notificationsRule": {
            "monitoringNotificationChannels": [channel["name"]], "schemaVersion": "1.0",
        },
    });
    by_somebody(&bench, "POST", &format!("v1/billingAccounts/{ACCOUNT}/budgets"), body).await;
    let (theirs, wanted) = (bench.world(), || stack(platform()));
    let plan = bench.plan(&wanted()).await;
    assert!(plan.refusals.iter().all(|it| matches!(it.why, Refused::Foreign)), "{plan:#?}");
    assert_eq!(plan.refusals.len(), 2);
    bench.mark(&wanted(), Marks::Adopt, &[]).await;
    assert!(bench.plan(&wanted()).await.is_empty());
    bench.mark(&stack([]), Marks::Disown, &["*"]).await;
    let left = budgets(&bench).remove(0);
    let before = theirs.values().find(|it| it["displayName"] == "home-budget").unwrap();
    assert_eq!(left["displayName"], "home-budget");
    assert_eq!(left["notificationsRule"], before["notificationsRule"]);
    assert_eq!(channels(&bench)[0]["userLabels"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_is_found_beside_another_of_the_same_name_and_a_copy_of_it_is_reported() {
    let bench = Bench::new().await;
    bench.apply(&stack(platform())).await;
    let path = format!("v1/billingAccounts/{ACCOUNT}/budgets");
    let mut other = budgets(&bench).remove(0);
    other["displayName"] = json!("home-budget");
    by_somebody(&bench, "POST", &path, other).await;
    assert!(bench.plan(&stack(platform())).await.is_empty());
    let ours = budgets(&bench).into_iter().find(|it| it["displayName"] != "home-budget").unwrap();
    by_somebody(&bench, "POST", &path, ours).await;
    let plan = bench.plan(&stack(platform())).await;
    assert!(plan.is_empty());
    assert_eq!(plan.unknown[0].what, "a second billing-budget of this name, with the same mark");
}
