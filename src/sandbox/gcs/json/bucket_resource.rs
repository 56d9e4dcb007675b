//! Buckets as the JSON API writes and reads them.
//!
//! Fields: <https://cloud.google.com/storage/docs/json_api/v1/buckets#resource>. What only the
//! service says is written; when it is read, it is ignored by those who call.

mod condition;
mod part;
mod settings;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::super::message::Bucket;
use super::super::name::number_of;
use super::call::parse_error;
use super::object_resource::rfc3339;
use crate::sandbox::World;
use crate::sandbox::refusal::Refusal;
use settings::Settings;

pub(super) fn to_json(world: &World, bucket: &Bucket) -> Result<Value, Refusal> {
    let name = &bucket.bucket_id;
    let mut json = json!({
        "kind": "storage#bucket",
        "id": name,
        "name": name,
        "selfLink": format!("{}/storage/v1/b/{name}", world.url()),
        "projectNumber": number_of(&bucket.project),
        "metageneration": bucket.metageneration.to_string(),
        "etag": bucket.etag,
        "locationType": bucket.location_type,
        "timeCreated": bucket.create_time.map(rfc3339),
        "updated": bucket.update_time.map(rfc3339),
    });
    let settings = serde_json::to_value(Settings::from(bucket.clone()))?;
    if let (Value::Object(json), Value::Object(settings)) = (&mut json, settings) {
        json.extend(settings.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Ok(json)
}

/// Reads the settings of a bucket.
pub(super) fn from_json(json: &Value) -> Result<Bucket, Refusal> {
    // Null stands for what is not said.
    let said: Map<String, Value> = json.as_object().cloned().unwrap_or_default();
    let said = said.into_iter().filter(|(_, value)| !value.is_null());
    let settings: Settings = serde_json::from_value(Value::Object(said.collect()))
        .map_err(|error| parse_error(&error))?;
    settings.try_into()
}

/// A number of 64 bits: written as text, read as either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Long(i64);

impl Serialize for Long {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Long {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
        number.map(Self).ok_or_else(|| serde::de::Error::custom("a number is expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_are_written() {
        let said = json!({
            "location": "US", "storageClass": "NEARLINE", "labels": { "a": "1" },
            "versioning": { "enabled": true },
            "lifecycle": { "rule": [{
                "action": { "type": "Delete" },
                "condition": { "age": 7, "createdBefore": "2026-01-31", "matchesPrefix": ["a/"] },
            }] },
            "retentionPolicy": { "retentionPeriod": "60" },
            "softDeletePolicy": { "retentionDurationSeconds": "0" },
            "iamConfiguration": { "uniformBucketLevelAccess": { "enabled": true } },
            "logging": { "logBucket": "logs", "logObjectPrefix": "x" },
            "encryption": { "defaultKmsKeyName": "k" },
            "cors": [{ "origin": ["*"], "method": ["GET"], "maxAgeSeconds": 60 }],
        });
        let bucket = from_json(&said).unwrap();
        assert_eq!(bucket.logging.as_ref().unwrap().log_bucket, "projects/_/buckets/logs");
        let written = serde_json::to_value(Settings::from(bucket)).unwrap();
        // Both names of uniform access are written.
        let access = &written["iamConfiguration"];
        assert_eq!(access["uniformBucketLevelAccess"], access["bucketPolicyOnly"]);
        for (name, value) in said.as_object().unwrap() {
            if name != "iamConfiguration" {
                assert_eq!(written[name], *value, "{name}");
            }
        }
    }

    #[test]
    fn a_wrong_type_is_refused() {
        assert_eq!(from_json(&json!({ "labels": 7 })).unwrap_err().http, 400);
    }
}
