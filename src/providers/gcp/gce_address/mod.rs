//! `gce-address`: a static address, of a region or global.
//!
//! The name is the address's own; where it is stands in the spec. The number is the cloud's and not
//! compared. Labels cannot be given when one is made, so the description, which can never be
//! changed, carries the mark until the labels do. See `providers::gcp::compute`.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Mark, Observation, Owner, Scope, SpecMark, Transition, Usage, What};
use crate::providers::description::{self, Marks};
use crate::providers::gcp::compute::{self, Computed, Edit, label, last, location};
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The label of an address that was made and handed back: what its description says still is over.
const HANDED_BACK: (&str, &str) = ("handed-back-by", "leap-infra");

/// The complete settings of a static address. Only its labels can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The region, or `global`.
    pub location: String,
    /// `PREMIUM` or `STANDARD`.
    #[serde(default = "premium")]
    pub tier: String,
    /// `EXTERNAL` or `INTERNAL`.
    #[serde(default = "external")]
    pub reach: String,
    /// `IPV4` or `IPV6`.
    #[serde(default = "four")]
    pub version: String,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

fn premium() -> String {
    "PREMIUM".to_owned()
}

fn external() -> String {
    "EXTERNAL".to_owned()
}

fn four() -> String {
    "IPV4".to_owned()
}

impl Spec {
    /// An address that the world can reach.
    pub fn new(location: impl Into<String>, tier: impl Into<String>) -> Self {
        let (reach, version) = (external(), four());
        Self {
            location: location.into(),
            tier: tier.into(),
            reach,
            version,
            labels: BTreeMap::new(),
        }
    }
}

/// The kind `gce-address`.
#[derive(Debug)]
pub enum Address {}

impl Kind for Address {
    const NAME: &'static str = "gce-address";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        compute::observe::observe::<Self>(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        compute::apply::<Self>(writer, step, change).await
    }

    fn usage(_: &str, _: &Spec) -> Vec<Usage> {
        vec![Usage::new(What::Address, Amount::exactly(1.0))]
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        let Spec { location: _, tier: _, reach: _, version: _, labels } = before;
        if *before == (Spec { labels: labels.clone(), ..after.clone() }) {
            return Transition::InPlace;
        }
        let why = "an address is where and what it is for good; the new one has another number";
        Transition::Replace(why.to_owned())
    }
}

impl Computed for Address {
    const COLLECTION: &'static str = "addresses";

    fn location(spec: &Spec) -> &str {
        &spec.location
    }

    fn read(live: &Value, _wanted: Option<&Spec>) -> Spec {
        let text = |field: &str, usual: fn() -> String| {
            live[field].as_str().filter(|text| !text.is_empty()).map_or_else(usual, str::to_owned)
        };
        let mut labels = label::persons(live);
        labels.remove(HANDED_BACK.0);
        Spec {
            location: location(live),
            tier: text("networkTier", premium),
            reach: text("addressType", external),
            version: text("ipVersion", four),
            labels,
        }
    }

    /// By its labels; by its description only as long as nobody has labelled it.
    fn owner(live: &Value, stack: &str) -> Owner {
        let name = live["name"].as_str().unwrap_or_default();
        let text = live["description"].as_str().unwrap_or_default();
        match label::owner(live, stack, Self::NAME) {
            Owner::Foreign if label::all(live).is_empty() => {
                description::read(stack, Self::NAME, name, text).1
            }
            owner => owner,
        }
    }

    fn is_derived(live: &Value) -> bool {
        label::is_googles(live)
    }

    fn holds(live: &Value) -> Option<String> {
        let users = live["users"].as_array().into_iter().flatten();
        let users: Vec<&str> = users.map(last).collect();
        (!users.is_empty()).then(|| format!("is used by {}", users.join(", ")))
    }

    fn body(spec: &Spec, step: &StepContext) -> Value {
        let Spec { location, tier, reach, version, labels: _ } = spec; // in a call of their own
        let mark = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
        let mut body = Map::new();
        for (field, text) in [
            ("name", step.id.name.clone()),
            ("description", description::marked("", &mark)),
            ("networkTier", tier.clone()),
            ("addressType", reach.clone()),
        ] {
            body.insert(field.to_owned(), json!(text));
        }
        if location == "global" {
            body.insert("ipVersion".to_owned(), json!(version));
        }
        Value::Object(body)
    }

    fn next(live: &Value, after: &Spec, step: &StepContext) -> Option<Edit> {
        let labels = label::wanted(&after.labels, false, &step.mark, Some(live));
        (labels != label::all(live)).then(|| label::set("labelling", live, &labels))
    }

    fn remark(live: &Value, step: &StepContext, marks: Marks) -> Edit {
        let mut labels = marks.labels(&label::all(live), step);
        let (key, value) = HANDED_BACK;
        labels.remove(key);
        let stack = &step.mark.stack;
        let text = live["description"].as_str().unwrap_or_default();
        let (_, born) = description::read(stack, Self::NAME, &step.id.name, text);
        if marks == Marks::Off && born != Owner::Foreign && labels.is_empty() {
            labels.insert(key.to_owned(), value.to_owned());
        }
        label::set("marking", live, &labels)
    }
}
