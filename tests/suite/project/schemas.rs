//! The committed JSON Schemas are those of the types.

use leap_infra::project::{Schema, schema};
use std::path::Path;

/// Run the tests with `LEAP_INFRA_BLESS=1` to write the schemas anew.
#[test]
fn the_committed_schemas_are_fresh() {
    for (which, name) in [
        (Schema::Stack, "stack.json"),
        (Schema::Environment, "environment.json"),
        (Schema::Members, "members.json"),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        let fresh = serde_json::to_string_pretty(&schema(which)).unwrap() + "\n";
        if std::env::var_os("LEAP_INFRA_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == fresh, "schema/{name} is stale: run LEAP_INFRA_BLESS=1 cargo test");
    }
}

#[test]
fn every_setting_has_a_description() {
    for which in [Schema::Stack, Schema::Environment, Schema::Members] {
        let schema = schema(which);
        let types = schema["$defs"].as_object().into_iter().flat_map(|all| all.values());
        for described in types.chain([&schema]) {
            let properties = described["properties"].as_object();
            for (name, setting) in properties.into_iter().flatten() {
                assert!(setting["description"].is_string(), "{which:?}: {name} has no description");
            }
        }
    }
}
