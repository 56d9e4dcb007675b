//! Requests and answers about buckets and objects.

use prost::Message;

use super::bucket::Bucket;
use super::common::FieldMask;
use super::object::Object;

/// Makes a bucket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct CreateBucketRequest {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) bucket: Option<Bucket>,
    #[prost(string, tag = "3")]
    pub(crate) bucket_id: String,
    #[prost(string, tag = "6")]
    pub(crate) predefined_acl: String,
    #[prost(string, tag = "7")]
    pub(crate) predefined_default_object_acl: String,
    #[prost(bool, tag = "9")]
    pub(crate) enable_object_retention: bool,
}

/// Reads a bucket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GetBucketRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int64, optional, tag = "2")]
    pub(crate) if_metageneration_match: Option<i64>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) if_metageneration_not_match: Option<i64>,
}

/// Removes a bucket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct DeleteBucketRequest {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int64, optional, tag = "2")]
    pub(crate) if_metageneration_match: Option<i64>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) if_metageneration_not_match: Option<i64>,
}

/// Lists the buckets of a project.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListBucketsRequest {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(int32, tag = "2")]
    pub(crate) page_size: i32,
    #[prost(string, tag = "3")]
    pub(crate) page_token: String,
    #[prost(string, tag = "4")]
    pub(crate) prefix: String,
}

/// A page of buckets.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListBucketsResponse {
    #[prost(message, repeated, tag = "1")]
    pub(crate) buckets: Vec<Bucket>,
    #[prost(string, tag = "2")]
    pub(crate) next_page_token: String,
}

/// Changes some settings of a bucket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct UpdateBucketRequest {
    #[prost(message, optional, tag = "1")]
    pub(crate) bucket: Option<Bucket>,
    #[prost(int64, optional, tag = "2")]
    pub(crate) if_metageneration_match: Option<i64>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) if_metageneration_not_match: Option<i64>,
    #[prost(message, optional, tag = "6")]
    pub(crate) update_mask: Option<FieldMask>,
    #[prost(string, tag = "8")]
    pub(crate) predefined_acl: String,
    #[prost(string, tag = "9")]
    pub(crate) predefined_default_object_acl: String,
}

/// Locks a retention policy for good.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct LockBucketRetentionPolicyRequest {
    #[prost(string, tag = "1")]
    pub(crate) bucket: String,
    #[prost(int64, tag = "2")]
    pub(crate) if_metageneration_match: i64,
}

/// Lists the objects of a bucket.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListObjectsRequest {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(int32, tag = "2")]
    pub(crate) page_size: i32,
    #[prost(string, tag = "3")]
    pub(crate) page_token: String,
    #[prost(string, tag = "4")]
    pub(crate) delimiter: String,
    #[prost(bool, tag = "5")]
    pub(crate) include_trailing_delimiter: bool,
    #[prost(string, tag = "6")]
    pub(crate) prefix: String,
    #[prost(bool, tag = "7")]
    pub(crate) versions: bool,
    #[prost(string, tag = "10")]
    pub(crate) lexicographic_start: String,
    #[prost(string, tag = "11")]
    pub(crate) lexicographic_end: String,
    #[prost(bool, tag = "12")]
    pub(crate) soft_deleted: bool,
    #[prost(string, tag = "14")]
    pub(crate) match_glob: String,
}

/// A page of objects.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListObjectsResponse {
    #[prost(message, repeated, tag = "1")]
    pub(crate) objects: Vec<Object>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) prefixes: Vec<String>,
    #[prost(string, tag = "3")]
    pub(crate) next_page_token: String,
}

/// Reads what is known of an object.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GetObjectRequest {
    #[prost(string, tag = "1")]
    pub(crate) bucket: String,
    #[prost(string, tag = "2")]
    pub(crate) object: String,
    #[prost(int64, tag = "3")]
    pub(crate) generation: i64,
    #[prost(int64, optional, tag = "4")]
    pub(crate) if_generation_match: Option<i64>,
    #[prost(int64, optional, tag = "5")]
    pub(crate) if_generation_not_match: Option<i64>,
    #[prost(int64, optional, tag = "6")]
    pub(crate) if_metageneration_match: Option<i64>,
    #[prost(int64, optional, tag = "7")]
    pub(crate) if_metageneration_not_match: Option<i64>,
}

/// Removes an object.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct DeleteObjectRequest {
    #[prost(string, tag = "1")]
    pub(crate) bucket: String,
    #[prost(string, tag = "2")]
    pub(crate) object: String,
    #[prost(int64, tag = "4")]
    pub(crate) generation: i64,
    #[prost(int64, optional, tag = "5")]
    pub(crate) if_generation_match: Option<i64>,
    #[prost(int64, optional, tag = "6")]
    pub(crate) if_generation_not_match: Option<i64>,
    #[prost(int64, optional, tag = "7")]
    pub(crate) if_metageneration_match: Option<i64>,
    #[prost(int64, optional, tag = "8")]
    pub(crate) if_metageneration_not_match: Option<i64>,
}
