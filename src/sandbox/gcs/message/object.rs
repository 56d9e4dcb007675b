//! The object, as `google.storage.v2` sends it.

use std::collections::BTreeMap;

use prost::Message;
use serde::{Deserialize, Serialize};

use super::common::Timestamp;

/// An object, without its bytes.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) bucket: String,
    #[prost(string, tag = "27")]
    pub(crate) etag: String,
    #[prost(int64, tag = "3")]
    pub(crate) generation: i64,
    #[prost(int64, tag = "4")]
    pub(crate) metageneration: i64,
    #[prost(string, tag = "5")]
    pub(crate) storage_class: String,
    #[prost(int64, tag = "6")]
    pub(crate) size: i64,
    #[prost(string, tag = "7")]
    pub(crate) content_encoding: String,
    #[prost(string, tag = "8")]
    pub(crate) content_disposition: String,
    #[prost(string, tag = "9")]
    pub(crate) cache_control: String,
    #[prost(string, tag = "11")]
    pub(crate) content_language: String,
    #[prost(message, optional, tag = "12")]
    pub(crate) delete_time: Option<Timestamp>,
    #[prost(string, tag = "13")]
    pub(crate) content_type: String,
    #[prost(message, optional, tag = "14")]
    pub(crate) create_time: Option<Timestamp>,
    #[prost(int32, tag = "15")]
    pub(crate) component_count: i32,
    #[prost(message, optional, tag = "16")]
    pub(crate) checksums: Option<ObjectChecksums>,
    #[prost(message, optional, tag = "17")]
    pub(crate) update_time: Option<Timestamp>,
    #[prost(message, optional, tag = "19")]
    pub(crate) update_storage_class_time: Option<Timestamp>,
    #[prost(btree_map = "string, string", tag = "22")]
    pub(crate) metadata: BTreeMap<String, String>,
    #[prost(message, optional, tag = "26")]
    pub(crate) custom_time: Option<Timestamp>,
    #[prost(message, optional, tag = "36")]
    pub(crate) finalize_time: Option<Timestamp>,
}

/// The checksums of an object.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ObjectChecksums {
    #[prost(fixed32, optional, tag = "1")]
    pub(crate) crc32c: Option<u32>,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) md5_hash: Vec<u8>,
}
