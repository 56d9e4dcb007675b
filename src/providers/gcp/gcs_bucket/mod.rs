//! `gcs-bucket`: a Cloud Storage bucket.

mod spec;

pub use spec::{
    CorsRule, LifecycleAction, LifecycleCondition, LifecycleRule, Logging, PublicAccessPrevention,
    Retention, Spec, Website,
};
