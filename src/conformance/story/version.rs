//! Versions of buckets: what counts as a change, and what a change must name.

use google_cloud_storage::model::Bucket;
use google_cloud_storage::model::bucket::RetentionPolicy;

use super::End;
use crate::conformance::stage::{Stage, field};

pub(super) async fn metageneration(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    stage.expect("a new bucket's", "1", field(&created, "metageneration"));
    let changed = stage.update("", labelled("a"), &["labels"], None).await?;
    stage.expect("after a change", "2", field(&changed, "metageneration"));
    let read = stage.policy("", 3).await?;
    let set = stage.set_policy("", read.policy).await?;
    stage.need("the policy", &set)?;
    let seen = stage.get("", None).await?;
    stage.expect("after a change of the policy", "3", field(&seen, "metageneration"));
    Ok(())
}

pub(super) async fn precondition(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    let refused = "FAILED_PRECONDITION";
    let answer = stage.update("", labelled("a"), &["labels"], Some(7)).await?;
    stage.expect("a change of another version", refused, answer.code);
    let answer = stage.get("", Some(7)).await?;
    stage.expect("reading another version", refused, answer.code);
    let answer = stage.delete("", Some(7)).await?;
    stage.expect("deleting another version", refused, answer.code);
    let answer = stage.update("", labelled("a"), &["labels"], Some(1)).await?;
    stage.expect("a change of this version", "OK", answer.code);
    Ok(())
}

pub(super) async fn etag(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    stage.expect("a new bucket's", "CAE=", field(&created, "etag"));
    let changed = stage.update("", labelled("a"), &["labels"], None).await?;
    stage.expect("after a change", "CAI=", field(&changed, "etag"));
    Ok(())
}

pub(super) async fn update(stage: &mut Stage) -> End {
    let labels = Bucket::new().set_labels([("a", "1"), ("b", "2")]);
    let created = stage.create("", labels).await?;
    stage.need("a bucket", &created)?;
    let patch = Bucket::new().set_labels([("a", "9")]).set_storage_class("NEARLINE");
    let one = stage.update("", patch, &["labels.a"], None).await?;
    stage.expect("one label", "9 2 STANDARD", three(&one));
    let patch = Bucket::new().set_storage_class("NEARLINE");
    let class = stage.update("", patch, &["storage_class"], None).await?;
    stage.expect("the class", "9 2 NEARLINE", three(&class));
    let all = stage.update("", labelled("a"), &["*"], None).await?;
    stage.expect("all that can change", "x null STANDARD", three(&all));
    Ok(())
}

fn three(answer: &crate::conformance::client::Answer) -> String {
    ["labels.a", "labels.b", "storageClass"].map(|path| field(answer, path)).join(" ")
}

pub(super) async fn mask(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)?;
    for (what, mask) in
        [("no mask", &[][..]), ("an unknown path", &["colour"]), ("a fixed one", &["location"])]
    {
        let answer = stage.update("", labelled("a"), mask, None).await?;
        stage.expect(what, "INVALID_ARGUMENT", answer.code);
    }
    Ok(())
}

pub(super) async fn lock(stage: &mut Stage) -> End {
    let kept = |days: i64| {
        let duration = google_cloud_wkt::Duration::clamp(days * 86_400, 0);
        let policy = RetentionPolicy::new().set_retention_duration(duration);
        Bucket::new().set_retention_policy(policy)
    };
    let created = stage.create("", kept(2)).await?;
    stage.need("a bucket", &created)?;
    let locked = stage.lock("", 1).await?;
    stage.need("locking", &locked)?;
    let shorter = stage.update("", kept(1), &["retention_policy"], None).await?;
    stage.expect("a shorter time", "PERMISSION_DENIED", shorter.code);
    let gone = stage.update("", Bucket::new(), &["retention_policy"], None).await?;
    stage.expect("none", "PERMISSION_DENIED", gone.code);
    let longer = stage.update("", kept(3), &["retention_policy"], None).await?;
    stage.expect("a longer time", "OK", longer.code);
    Ok(())
}

fn labelled(key: &str) -> Bucket {
    Bucket::new().set_labels([(key, "x")])
}
