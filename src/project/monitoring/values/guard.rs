//! The values of what ends programs that mine: cryptnono, on every machine.
//!
//! <https://github.com/cryptnono/cryptnono>

use serde_json::{Value, json};

/// The values of the chart.
pub(in crate::project::monitoring) fn values() -> Value {
    json!({
        "detectors": { "monero": { "enabled": true }, "execwhacker": { "enabled": true } },
        "tolerations": [{ "operator": "Exists" }],
    })
}
