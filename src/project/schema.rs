//! JSON Schemas: one source for editors and for our own checks.

use crate::project::access::MEMBERS;
use crate::project::declaration::Declaration;
use crate::project::environments::EnvironmentFile;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Which files a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// The files of a stack.
    Stack,
    /// The files in `environments/`.
    Environment,
    /// The files that say who is in a category of people.
    Members,
}

/// The schema of a merged declaration.
pub(crate) static DECLARATION: LazyLock<Value> =
    LazyLock::new(|| schemars::schema_for!(Declaration).to_value());

/// The schema of an environment's own settings.
pub(crate) static ENVIRONMENT: LazyLock<Value> =
    LazyLock::new(|| schemars::schema_for!(EnvironmentFile).to_value());

/// The JSON Schema that editors use, the doc comments as descriptions.
pub fn schema(which: Schema) -> Value {
    match which {
        Schema::Stack => {
            let mut schema = DECLARATION.clone();
            schema["title"] = json!("A stack of leap-infra");
            // A file holds some of the sections, so none is required in each.
            schema.as_object_mut().and_then(|object| object.remove("required"));
            schema
        }
        Schema::Members => {
            let mut schema = MEMBERS.clone();
            schema["title"] = json!("Who is in a category of people of leap-infra");
            schema
        }
        Schema::Environment => {
            let mut schema = ENVIRONMENT.clone();
            schema["title"] = json!("An environment of leap-infra");
            // A file in a stack's own `environments/` may say only what differs.
            schema.as_object_mut().and_then(|object| object.remove("required"));
            schema["properties"]["over"] = json!({
                "type": "object",
                "description": OVER,
            });
            schema
        }
    }
}

const OVER: &str = "What differs in this environment: sections as in the files of the stack, laid \
                    over them. Maps merge; a list takes the place of the other, unless it says \
                    `!append` or `!remove`; `null` removes. Only in the `environments/` of a stack.";
