//! Seats that are kept ready for an event: pods that do nothing on the machines of a profile, from a
//! day and hour on, so that the machines are there when people come. Who starts a server takes the
//! place of one. Nobody has to apply anything on the day: a job of the cluster begins by itself, and
//! ends after its time.

use super::format::time_of;
use super::made::Made;
use super::offer::Offer;
use super::settings::Warm;
use super::values::profiles::{POOL, tolerations};
use serde_json::{Value, json};
use time::{Duration, PrimitiveDateTime};

/// What does nothing.
const IDLE: &str = "busybox:1.36.1";

/// One job for each event.
pub(super) fn jobs(made: &Made<'_>) -> Vec<Value> {
    let profiles = made.profiles();
    let job = |warm: &Warm| {
        let (_, offers) = profiles.iter().find(|(key, _)| *key == warm.profile)?;
        let chosen = |offer: &&Offer| match &warm.choice {
            Some(choice) => offer.key == *choice,
            None => offer.default,
        };
        let (from, until) = (time_of(&warm.from)?, time_of(&warm.until)?);
        Some(of_event(made, warm, offers.iter().find(chosen)?, (from, until)))
    };
    made.placed.hub.warm.iter().filter_map(job).collect()
}

fn of_event(
    made: &Made<'_>,
    warm: &Warm,
    offer: &Offer,
    (from, until): (PrimitiveDateTime, PrimitiveDateTime),
) -> Value {
    let seconds = (until - from).max(Duration::ZERO).whole_seconds();
    let schedule =
        format!("{} {} {} {} *", from.minute(), from.hour(), from.day(), u8::from(from.month()));
    json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": { "name": format!("warm-{}", warm.event), "namespace": made.namespace() },
        "spec": {
            "schedule": schedule,
            "timeZone": warm.timezone,
            "concurrencyPolicy": "Forbid",
            // A cluster that was away at the hour begins late, and not after the event.
            "startingDeadlineSeconds": seconds,
            "jobTemplate": { "spec": {
                "activeDeadlineSeconds": seconds,
                "backoffLimit": 1000,
                "completions": warm.seats,
                "parallelism": warm.seats,
                "ttlSecondsAfterFinished": 600,
                "template": { "spec": seat(made, offer, from.year(), seconds) },
            } },
        },
    })
}

/// A seat. Schedules know no years, so it looks itself whether this is the one.
fn seat(made: &Made<'_>, offer: &Offer, year: i32, seconds: i64) -> Value {
    let text = format!("test \"$(date +%Y)\" != {year} || exec sleep {seconds}");
    let mut asked = json!({
        "cpu": super::share::plain(offer.share.cpu),
        "memory": format!("{:.0}Mi", offer.share.memory * 1024.0 - 0.5),
    });
    let gpus = json!({ "nvidia.com/gpu": offer.gpus.to_string() });
    let limits = if offer.gpus > 0 { gpus } else { json!({}) };
    super::values::lay(&mut asked, limits.clone());
    json!({
        "restartPolicy": "Never",
        "priorityClassName": format!("{}-user-placeholder-priority", made.release()),
        "terminationGracePeriodSeconds": 0,
        "nodeSelector": { POOL: offer.room.name },
        "tolerations": tolerations(&offer.room.spec.taints),
        "containers": [{
            "name": "seat",
            "image": IDLE,
            "command": ["sh", "-c", text],
            "resources": { "requests": asked, "limits": limits },
        }],
    })
}
