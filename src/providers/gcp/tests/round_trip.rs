//! What is applied is what is observed, for every spec.

use crate::providers::gcp::gcs_bucket::{
    CorsRule, LifecycleAction, LifecycleCondition, LifecycleRule, Logging, PublicAccessPrevention,
    Retention, Spec, Website, wire,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

fn class() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]).prop_map(String::from)
}

fn rule() -> impl Strategy<Value = LifecycleRule> {
    let action = prop_oneof![
        Just(LifecycleAction::Delete),
        Just(LifecycleAction::AbortUpload),
        class().prop_map(LifecycleAction::SetStorageClass),
    ];
    let day = || option::of(0_u32..1000);
    let date = option::of(
        (2000..2100, 1..13, 1..29)
            .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
    );
    let numbers = (day(), day(), day(), option::of(any::<bool>()), date);
    let words = || vec(word(), 0..3);
    let condition = (numbers, words(), words(), vec(class(), 0..2));
    let condition = condition.prop_map(|(numbers, prefixes, suffixes, storage_classes)| {
        let (age_days, days_since_noncurrent, newer_versions, live, created_before) = numbers;
        LifecycleCondition {
            age_days,
            days_since_noncurrent,
            newer_versions,
            live,
            created_before,
            prefixes,
            suffixes,
            storage_classes,
        }
    });
    (action, condition).prop_map(|(action, condition)| LifecycleRule { action, condition })
}

fn cors() -> impl Strategy<Value = CorsRule> {
    (vec(word(), 1..3), vec(word(), 1..3), vec(word(), 0..3), 0..9000).prop_map(
        |(origins, methods, response_headers, max_age_seconds)| CorsRule {
            origins,
            methods,
            response_headers,
            max_age_seconds,
        },
    )
}

prop_compose! {
    fn place()(
        location in "(us|US-CENTRAL1|nam4)",
        placement in prop_oneof![Just(vec![]), Just(vec!["US-WEST1".into(), "us-east1".into()])],
        storage_class in class(),
    ) -> Spec {
        Spec { placement, storage_class, ..Spec::new(location) }
    }
}

prop_compose! {
    fn spec()(
        place in place(),
        uniform_access in any::<bool>(),
        enforced in any::<bool>(),
        versioning in any::<bool>(),
        delete_after_days in option::of(1_u32..400),
        lifecycle in vec(rule(), 0..4),
        soft_delete_days in prop_oneof![Just(0_u32), 7_u32..91],
        retention in option::of((1_i64..1_000_000, any::<bool>())),
        cors in vec(cors(), 0..3),
        requester_pays in any::<bool>(),
        logging in option::of((word(), word())),
        website in option::of((word(), word())),
    ) -> Spec {
        Spec {
            uniform_access,
            public_access_prevention: if enforced {
                PublicAccessPrevention::Enforced
            } else {
                PublicAccessPrevention::Inherited
            },
            versioning,
            delete_after_days,
            lifecycle,
            soft_delete_days,
            retention: retention.map(|(seconds, _)| Retention { seconds, locked: false }),
            cors,
            requester_pays,
            logging: logging.map(|(bucket, prefix)| Logging { bucket, prefix }),
            website: website.map(|(index, not_found)| Website { index, not_found }),
            ..place
        }
    }
}

prop_compose! {
    fn labelled()(
        spec in spec(),
        labels in btree_map(word(), word(), 0..3),
        protect in any::<bool>(),
    ) -> Spec {
        Spec { labels, protect, ..spec }.normal()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_read(spec in labelled()) {
        let id = crate::model::ResourceId::new("prod", "gcs-bucket", "data");
        let mark = crate::model::Mark::new("leap", &id, crate::model::SpecMark::Unfinished);
        let bucket = wire::to_wire(&spec, wire::labels(&spec, &mark, None), Vec::new());
        let (read, others) = wire::from_wire(&bucket);
        prop_assert_eq!(read, spec);
        prop_assert!(others.is_empty());
    }

    #[test]
    fn a_normal_spec_stays_as_it_is(spec in labelled()) {
        prop_assert_eq!(spec.clone().normal(), spec);
    }

    #[test]
    fn equal_specs_need_no_update_and_different_ones_do(one in labelled(), other in labelled()) {
        prop_assert!(wire::changed_fields(&one, &one).is_empty());
        let moved = (&one.location, &one.placement) != (&other.location, &other.placement);
        let labels = (&one.labels, one.protect) != (&other.labels, other.protect);
        let changed = !wire::changed_fields(&one, &other).is_empty();
        prop_assert_eq!(one == other, !(changed || moved || labels));
    }
}
