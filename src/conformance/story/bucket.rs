//! Buckets: what they may be called and may be like, where they stand in lists, when they go.

use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket::lifecycle::Rule;
use google_cloud_storage::model::bucket::lifecycle::rule::{Action, Condition};
use google_cloud_storage::model::bucket::{Lifecycle, Logging, SoftDeletePolicy};

use super::End;
use super::object::upload;
use crate::conformance::stage::{Stage, field};

const REFUSED: &str = "INVALID_ARGUMENT";

pub(super) async fn names(stage: &mut Stage) -> End {
    let good = stage.create("", Bucket::new()).await?;
    stage.expect("letters, digits, dashes", "OK", good.code);
    let base = stage.name("");
    let long = format!("{base}{}", "a".repeat(64));
    let bad = [
        ("capitals", format!("{base}-A")),
        ("a dash at the end", format!("{base}-")),
        ("more than 63 characters", long),
        ("an address", "10.0.0.1".to_owned()),
        ("goog in front", format!("goog-{base}")),
        ("two characters", "ab".to_owned()),
    ];
    for (what, name) in bad {
        let answer = stage.create_named(&name, "projects/_", Bucket::new()).await?;
        stage.expect(what, REFUSED, answer.code);
    }
    Ok(())
}

pub(super) async fn taken(stage: &mut Stage) -> End {
    let first = stage.create("", Bucket::new()).await?;
    stage.need("the first", &first)?;
    let again = stage.create("", Bucket::new()).await?;
    stage.expect("the same name again", "ALREADY_EXISTS", again.code);
    Ok(())
}

pub(super) async fn parent(stage: &mut Stage) -> End {
    let name = stage.name("");
    let answer = stage.create_named(&name, "projects/other", Bucket::new()).await?;
    stage.expect("another parent", REFUSED, answer.code);
    let answer = stage.create_named(&name, "", Bucket::new()).await?;
    stage.expect("no parent", "OK", answer.code);
    Ok(())
}

pub(super) async fn project(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let seen = stage.get("", None).await?;
    let project = field(&seen, "project");
    let number = project.trim_matches('"').strip_prefix("projects/").unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    stage.expect("the project is told by number", true, is_number);
    Ok(())
}

pub(super) async fn locations(stage: &mut Stage) -> End {
    let places = [
        ("us-central1", "US-CENTRAL1", "region"),
        ("eu", "EU", "multi-region"),
        ("nam4", "NAM4", "dual-region"),
    ];
    for (asked, location, kind) in places {
        let short = format!("-{asked}");
        let created = stage.create(&short, Bucket::new().set_location(asked)).await?;
        stage.need(asked, &created)?;
        stage.expect("its name in capitals", location, field(&created, "location"));
        stage.expect("its kind", kind, field(&created, "locationType"));
    }
    let nowhere = stage.create("-mars1", Bucket::new().set_location("mars1")).await?;
    stage.expect("a place that is not there", REFUSED, nowhere.code);
    Ok(())
}

pub(super) async fn turbo(stage: &mut Stage) -> End {
    let turbo = |place: &str| Bucket::new().set_location(place).set_rpo("ASYNC_TURBO");
    let dual = stage.create("-nam4", turbo("nam4")).await?;
    stage.expect("in a dual region", "OK", dual.code);
    let region = stage.create("-region", turbo("us-central1")).await?;
    stage.expect("in a region", REFUSED, region.code);
    Ok(())
}

pub(super) async fn classes(stage: &mut Stage) -> End {
    let plain = stage.create("", Bucket::new()).await?;
    stage.expect("if nothing is said", "STANDARD", field(&plain, "storageClass"));
    let cold = stage.create("-cold", Bucket::new().set_storage_class("COLDLINE")).await?;
    stage.expect("a class", "COLDLINE", field(&cold, "storageClass"));
    let warm = stage.create("-warm", Bucket::new().set_storage_class("WARM")).await?;
    stage.expect("a class that is not there", REFUSED, warm.code);
    Ok(())
}

pub(super) async fn labels(stage: &mut Stage) -> End {
    let with = |key: &str, value: &str| Bucket::new().set_labels([(key, value)]);
    let created = stage.create("", with("team", "data")).await?;
    stage.need("a label", &created)?;
    stage.expect("it comes back", "data", field(&created, "labels.team"));
    let long = "v".repeat(64);
    let bad = [("a capital", "Team", "x"), ("a digit first", "1team", "x"), ("64", "team", &long)];
    for (what, key, value) in bad {
        let answer = stage.create("-bad", with(key, value)).await?;
        stage.expect(what, REFUSED, answer.code);
    }
    let many = Bucket::new().set_labels((0..65).map(|n| (format!("k{n}"), "x")));
    let answer = stage.create("-bad", many).await?;
    stage.expect("65 labels", REFUSED, answer.code);
    Ok(())
}

pub(super) async fn lifecycle(stage: &mut Stage) -> End {
    let rule = |days: Option<i32>| {
        let rule = Rule::new().set_action(Action::new().set_type("Delete"));
        let rule =
            rule.set_or_clear_condition(days.map(|days| Condition::new().set_age_days(days)));
        Bucket::new().set_lifecycle(Lifecycle::new().set_rule([rule]))
    };
    let created = stage.create("", rule(Some(7))).await?;
    stage.need("a rule", &created)?;
    let seen = created.body["lifecycle"]["rule"][0]["condition"]["ageDays"].to_string();
    stage.expect("it comes back", "7", seen);
    let bare = stage.create("-bare", rule(None)).await?;
    stage.expect("a rule without a condition", REFUSED, bare.code);
    Ok(())
}

pub(super) async fn soft_delete(stage: &mut Stage) -> End {
    let kept = |days: i64| {
        let duration = google_cloud_wkt::Duration::clamp(days * 86_400, 0);
        let policy = SoftDeletePolicy::new().set_retention_duration(duration);
        Bucket::new().set_soft_delete_policy(policy)
    };
    let path = "softDeletePolicy.retentionDuration";
    let plain = stage.create("", Bucket::new()).await?;
    stage.expect("if nothing is said", "604800s", field(&plain, path));
    let off = stage.create("-off", kept(0)).await?;
    stage.expect("off", "OK", off.code);
    for days in [1, 91] {
        let answer = stage.create("-bad", kept(days)).await?;
        stage.expect(&format!("{days} days"), REFUSED, answer.code);
    }
    Ok(())
}

pub(super) async fn defaults(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let uniform = &created.body["iamConfig"]["uniformBucketLevelAccess"]["enabled"];
    stage.expect("uniform access", false, uniform.as_bool().unwrap_or_default());
    let prevention = field(&created, "iamConfig.publicAccessPrevention");
    stage.expect("public access prevention", "inherited", prevention);
    Ok(())
}

pub(super) async fn logging(stage: &mut Stage) -> End {
    let logs = format!("projects/_/buckets/{}", stage.name("-nowhere"));
    let logging = Logging::new().set_log_bucket(logs);
    let answer = stage.create("", Bucket::new().set_logging(logging)).await?;
    stage.expect("logs into a bucket that is not there", "OK", answer.code);
    Ok(())
}

pub(super) async fn not_empty(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let written = stage.http(upload(stage, "", "a", "", b"x")).await?;
    stage.need("an object", &written)?;
    let answer = stage.delete("", None).await?;
    stage.expect("deleting the bucket", "FAILED_PRECONDITION", answer.code);
    Ok(())
}

pub(super) async fn list(stage: &mut Stage) -> End {
    for short in ["-c", "-a", "-b"] {
        let created = stage.create(short, Bucket::new()).await?;
        stage.need(short, &created)?;
    }
    let first = stage.list(2, "").await?;
    let token = field(&first, "nextPageToken");
    let second = stage.list(2, &token).await?;
    let mut names = Vec::new();
    for page in [&first, &second] {
        let buckets = page.body["buckets"].as_array().cloned().unwrap_or_default();
        stage.expect("a page", true, (1..=2).contains(&buckets.len()));
        names.extend(buckets.iter().map(|bucket| bucket["name"].as_str().unwrap_or("").to_owned()));
    }
    let last = |name: &String| name.rsplit('-').next().unwrap_or_default().to_owned();
    stage.expect("in order", "a b c", names.iter().map(last).collect::<Vec<_>>().join(" "));
    Ok(())
}
