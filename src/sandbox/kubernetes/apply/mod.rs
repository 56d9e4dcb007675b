//! Server-side apply, and who owns a field after other changes.
//!
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/>; the rules in full are those of
//! <https://github.com/kubernetes-sigs/structured-merge-diff>.

mod compare;
mod fields;
mod managed;
mod merge;
mod shape;

use serde_json::{Value, json};

use super::failure::Failure;
use super::kind::{Origin, Type};
use compare::Changes;
use fields::Fields;
use managed::Owner;
pub(super) use shape::{List, Shape};

/// Who changes something, and how.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pub(super) manager: String,
    pub(super) api_version: String,
    /// What below the object they write, `status`.
    pub(super) subresource: Option<String>,
    /// The time as the object will tell it.
    pub(super) time: String,
}

/// What becomes of fields that others own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Force {
    Takes,
    Conflicts,
}

impl Writer {
    fn owner(&self, operation: &str, fields: Fields) -> Owner {
        Owner {
            manager: self.manager.clone(),
            operation: operation.to_owned(),
            api_version: self.api_version.clone(),
            subresource: self.subresource.clone().unwrap_or_default(),
            time: self.time.clone(),
            fields,
        }
    }
}

/// The schema of a version of a custom type.
pub(super) fn schema<'d>(definition: Option<&'d Value>, kind: &Type) -> Option<&'d Value> {
    let versions = definition?["spec"]["versions"].as_array()?;
    let version = versions.iter().find(|version| version["name"] == *kind.version)?;
    Some(&version["schema"]["openAPIV3Schema"]).filter(|schema| schema.is_object())
}

/// What is known of the shape of a type's objects.
pub(super) fn shape<'d>(definition: Option<&'d Value>, kind: &Type) -> Shape<'d> {
    Shape::root(schema(definition, kind), kind.origin == Origin::Custom)
}

/// The live object (nothing but an empty one if there is none) after somebody applied a declaration,
/// with the new owners.
pub(super) fn applied(
    live: &Value,
    declared: &Value,
    shape: &Shape<'_>,
    writer: &Writer,
    force: Force,
) -> Result<Value, Failure> {
    if let Some(twice) = merge::twice(declared, shape, "") {
        let message = format!("failed to create typed patch object: {twice}");
        return Err(Failure::asked_for(500, &message));
    }
    let me = writer.owner("Apply", managed::ownable(compare::declared(declared, shape)));
    let (mine, mut others): (Vec<_>, Vec<_>) =
        managed::owners(live).into_iter().partition(|owner| owner.is(&me));
    let before = mine.first().map(|owner| owner.fields.clone()).unwrap_or_default();
    let mut object = merge::merged(live, declared, shape, true);
    let owned = others.iter().fold(me.fields.clone(), |all, owner| all.union(&owner.fields));
    merge::prune(&mut object, &before.without(&me.fields), &owned, shape);

    let changes = Changes::between(live, &object, shape);
    let (written, removed) =
        (managed::ownable(changes.written()), managed::ownable(changes.removed));
    if force == Force::Conflicts {
        refuse_conflicts(&others, &written)?;
    }
    for owner in &mut others {
        owner.fields = owner.fields.without(&written).without(&removed);
    }
    let unchanged = mine.into_iter().find(|owner| owner.fields == me.fields);
    let me = match unchanged {
        Some(earlier) => Owner { time: earlier.time, ..me },
        None => me,
    };
    others.push(me);
    managed::write(&mut object, others);
    Ok(object)
}

/// Refuses to change what others own, by name and field.
fn refuse_conflicts(others: &[Owner], written: &Fields) -> Result<(), Failure> {
    let mut conflicts: Vec<(String, String)> = Vec::new();
    for owner in others {
        let fields = owner.fields.common(written).paths();
        conflicts.extend(fields.iter().map(|path| (owner.named(), fields::written(path))));
    }
    conflicts.sort();
    let causes = conflicts.iter().map(|(manager, field)| {
        json!({
            "reason": "FieldManagerConflict",
            "message": format!("conflict with {manager}"), "field": field,
        })
    });
    match conflicts.as_slice() {
        [] => Ok(()),
        conflicts => Err(Failure::apply_conflict(told(conflicts), causes.collect())),
    }
}

fn told(conflicts: &[(String, String)]) -> String {
    if let [(manager, field)] = conflicts {
        return format!("Apply failed with 1 conflict: conflict with {manager}: {field}");
    }
    let mut lines = Vec::new();
    let mut last = "";
    for (manager, field) in conflicts {
        if manager != last {
            lines.push(format!("conflicts with {manager}:"));
            last = manager;
        }
        lines.push(format!("- {field}"));
    }
    format!("Apply failed with {} conflicts: {}", conflicts.len(), lines.join("\n"))
}

/// Gives whoever changed something without applying it what they changed.
pub(super) fn updated(before: &Value, after: &mut Value, shape: &Shape<'_>, writer: &Writer) {
    let changes = Changes::between(before, after, shape);
    let (written, removed) =
        (managed::ownable(changes.written()), managed::ownable(changes.removed));
    let mut me = writer.owner("Update", Fields::default());
    let mut owners = managed::owners(before);
    for owner in &mut owners {
        if owner.is(&me) {
            me.fields = owner.fields.clone();
            me.time.clone_from(&owner.time);
        }
        owner.fields = owner.fields.without(&removed).without(&written);
    }
    owners.retain(|owner| !owner.is(&me));
    let fields = me.fields.without(&removed).union(&written);
    if fields != me.fields {
        me = Owner { fields, time: writer.time.clone(), ..me };
    }
    owners.push(me);
    managed::write(after, owners);
}
