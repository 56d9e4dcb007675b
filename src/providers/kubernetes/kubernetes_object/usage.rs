//! What an object uses in a month: the disk that a claim has made for it. What runs is on machines, which
//! are counted as such.

use super::Spec;
use crate::model::{Amount, Usage};
use crate::providers::gcp::compute::region;
use crate::providers::gcp::usage::disks;
use crate::providers::kubernetes::compare::units;

/// The classes of disks that clusters of GKE come with, and the types of disk that they make.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses>
const CLASSES: [(&str, &str); 3] =
    [("standard", "pd-standard"), ("standard-rwo", "pd-balanced"), ("premium-rwo", "pd-ssd")];
/// The bytes of a GB, as Google counts.
const GB: f64 = 1_073_741_824.0;

/// The disk of a claim; nothing of anything else, nor where a claim takes a volume that is there.
pub(super) fn of(spec: &Spec) -> Vec<Usage> {
    disk(spec).unwrap_or_default()
}

fn disk(spec: &Spec) -> Option<Vec<Usage>> {
    let claim = &spec.manifest["spec"];
    if spec.manifest["kind"] != "PersistentVolumeClaim" || !claim["volumeName"].is_null() {
        return None;
    }
    let class = claim["storageClassName"].as_str()?;
    let (_, disk) = CLASSES.iter().find(|(name, _)| *name == class)?;
    let mut steps = spec.cluster.split('/').skip_while(|step| *step != "locations");
    let location = steps.nth(1)?;
    let gb = units(&claim["resources"]["requests"]["storage"])? / GB;
    Some(disks(disk, region(location), gb, (None, None), Amount::exactly(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::What;
    use serde_json::{Value, json};

    fn claim(spec: Value) -> Spec {
        let manifest = json!({ "kind": "PersistentVolumeClaim", "spec": spec });
        Spec::new("projects/p/locations/us-central1-c/clusters/lab".to_owned(), manifest)
    }

    #[test]
    fn a_claim_has_a_disk_of_its_class_unless_it_takes_a_volume_that_is_there() {
        let size = json!({ "requests": { "storage": "100Gi" } });
        let made = of(&claim(json!({ "storageClassName": "standard-rwo", "resources": size })));
        let what = What::Disk { disk: "pd-balanced".into(), region: "us-central1".into() };
        assert_eq!(made, [Usage::new(what, Amount::exactly(100.0))]);
        let taken = json!({ "storageClassName": "", "volumeName": "homes", "resources": size });
        assert!(of(&claim(taken)).is_empty());
    }
}
