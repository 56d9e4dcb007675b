//! Access policies, as `google.iam.v1` sends them.
//!
//! Fields and numbers: <https://github.com/googleapis/googleapis/blob/master/google/iam/v1/policy.proto>.

use prost::Message;
use serde::{Deserialize, Serialize};

/// Who may do what.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Policy {
    #[prost(int32, tag = "1")]
    pub(crate) version: i32,
    #[prost(message, repeated, tag = "4")]
    pub(crate) bindings: Vec<Binding>,
    #[prost(bytes = "vec", tag = "3")]
    pub(crate) etag: Vec<u8>,
}

/// A role and who has it.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Binding {
    #[prost(string, tag = "1")]
    pub(crate) role: String,
    #[prost(string, repeated, tag = "2")]
    pub(crate) members: Vec<String>,
    #[prost(message, optional, tag = "3")]
    pub(crate) condition: Option<Expr>,
}

/// When a binding holds.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Expr {
    #[prost(string, tag = "1")]
    pub(crate) expression: String,
    #[prost(string, tag = "2")]
    pub(crate) title: String,
    #[prost(string, tag = "3")]
    pub(crate) description: String,
    #[prost(string, tag = "4")]
    pub(crate) location: String,
}

/// How to read a policy.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GetPolicyOptions {
    #[prost(int32, tag = "1")]
    pub(crate) requested_policy_version: i32,
}

/// Reads a policy.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct GetIamPolicyRequest {
    #[prost(string, tag = "1")]
    pub(crate) resource: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) options: Option<GetPolicyOptions>,
}

/// Replaces a policy.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct SetIamPolicyRequest {
    #[prost(string, tag = "1")]
    pub(crate) resource: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) policy: Option<Policy>,
}

/// Asks which of these the caller may do.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TestIamPermissionsRequest {
    #[prost(string, tag = "1")]
    pub(crate) resource: String,
    #[prost(string, repeated, tag = "2")]
    pub(crate) permissions: Vec<String>,
}

/// Those that the caller may do.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct TestIamPermissionsResponse {
    #[prost(string, repeated, tag = "1")]
    pub(crate) permissions: Vec<String>,
}
