//! Google's common messages.

use prost::Message;
use serde::{Deserialize, Serialize};

use crate::sandbox::Moment;

/// `google.protobuf.Timestamp`.
#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Duration {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

/// `google.type.Date`.
#[derive(Clone, Copy, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Date {
    #[prost(int32, tag = "1")]
    pub(crate) year: i32,
    #[prost(int32, tag = "2")]
    pub(crate) month: i32,
    #[prost(int32, tag = "3")]
    pub(crate) day: i32,
}

/// `google.protobuf.FieldMask`.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FieldMask {
    #[prost(string, repeated, tag = "1")]
    pub(crate) paths: Vec<String>,
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        Self { seconds: moment.seconds(), nanos: moment.nanos() }
    }
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        Self(time.seconds.saturating_mul(1_000_000) + i64::from(time.nanos / 1_000))
    }
}
