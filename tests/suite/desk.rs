//! A planner's desk: kinds without a cloud, a wanted side and a found side put there by hand.

use leap_infra::cli::view::{look::Look, plan as view};
use leap_infra::kind::{Applied, Change, Kind, Provider, ProviderError, Registry, StepContext};
use leap_infra::model::*;
use leap_infra::plan::{
    Allowances, Cycle, Drift, Narrowed, NoSuchTarget, Plan, Request, Stale, Targets, drift, guard,
    hold, narrow, plan, stale,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A shelf: stands by itself, may hang on another shelf, cannot change its wall.
pub struct Shelf;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShelfSpec {
    pub wall: String,
    #[serde(default)]
    pub boards: u32,
    #[serde(default)]
    pub hangs_on: Option<String>,
    #[serde(default)]
    pub colours: Vec<String>,
    #[serde(default)]
    pub protect: bool,
}

/// Writes to no cloud: what is made up here is only ever planned.
pub struct Nobody;

impl Provider for Nobody {
    const WORD: &'static str = "nobody";
}

impl Kind for Shelf {
    const NAME: &'static str = "shelf";
    type Spec = ShelfSpec;
    type Reader = ();
    type Writer = Nobody;

    async fn observe(_: &(), _: &Scope<'_>) -> Result<Observation<ShelfSpec>, ProviderError> {
        Ok(Observation::default())
    }

    async fn apply(
        _: &Nobody,
        _: &StepContext,
        _: Change<ShelfSpec>,
    ) -> Result<Applied, ProviderError> {
        Ok(Applied::gone())
    }

    fn transition(before: &ShelfSpec, after: &ShelfSpec) -> Transition {
        match (before.wall == after.wall, after.boards < before.boards) {
            (false, _) => Transition::Replace("a shelf cannot change its wall".into()),
            (true, true) => Transition::Refuse("a shelf cannot lose boards".into()),
            (true, false) => Transition::InPlace,
        }
    }

    fn needs(_: &str, spec: &ShelfSpec) -> BTreeSet<Need> {
        spec.hangs_on.iter().map(|other| Need::refers("shelf", other)).collect()
    }

    fn protection(spec: &ShelfSpec) -> Option<String> {
        spec.protect.then(|| "declared `protect: true`".to_owned())
    }
}

/// A book: stands inside a shelf of the same name.
pub struct Book;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookSpec {
    pub shelf: String,
    #[serde(default)]
    pub pages: u32,
}

impl Kind for Book {
    const NAME: &'static str = "book";
    type Spec = BookSpec;
    type Reader = ();
    type Writer = Nobody;

    async fn observe(_: &(), _: &Scope<'_>) -> Result<Observation<BookSpec>, ProviderError> {
        Ok(Observation::default())
    }

    async fn apply(
        _: &Nobody,
        _: &StepContext,
        _: Change<BookSpec>,
    ) -> Result<Applied, ProviderError> {
        Ok(Applied::gone())
    }

    fn needs(_: &str, spec: &BookSpec) -> BTreeSet<Need> {
        [Need::inside("shelf", &spec.shelf)].into()
    }
}

pub struct Desk {
    pub wanted: Vec<Resource>,
    pub world: World,
    pub environments: Vec<String>,
    pub selected: Vec<String>,
    pub claims: Claims,
    pub allowances: Allowances,
    pub registry: Registry,
    pub ignores: Vec<Ignore>,
    pub holds: Vec<Hold>,
}

impl Desk {
    pub fn new() -> Self {
        let environments = vec!["staging".to_owned(), "prod".to_owned()];
        Self {
            wanted: Vec::new(),
            world: World::default(),
            selected: environments.clone(),
            environments,
            claims: Claims::new(),
            allowances: Allowances::default(),
            registry: Registry::default().with::<Shelf>().with::<Book>(),
            ignores: Vec::new(),
            holds: Vec::new(),
        }
    }

    pub fn wants(&mut self, address: &str, spec: Value) -> &mut Resource {
        let id: ResourceId = address.parse().unwrap();
        let spec = self.complete(&id.kind, spec);
        let line = u32::try_from(self.wanted.len()).unwrap() + 1;
        let source = Source { file: "stack.yaml".into(), line, column: 1 };
        let (place, needs, notes) = (Place::project("p"), BTreeSet::new(), Vec::new());
        let manage = Manage::Full;
        self.wanted.push(Resource { id, place, spec, needs, source, notes, manage });
        self.wanted.last_mut().unwrap()
    }

    /// Something of ours that is there, as it was applied.
    pub fn has(&mut self, address: &str, spec: Value) -> &mut Found {
        let id: ResourceId = address.parse().unwrap();
        let spec = self.complete(&id.kind, spec);
        let digest = self.registry.digest(&id.kind, &spec);
        let mark = Mark::new("home", &id, SpecMark::Applied(digest));
        self.put(&id, spec, Owner::Ours(mark))
    }

    /// Something of ours that was applied as `applied` and is `spec` now.
    pub fn has_drifted(&mut self, address: &str, applied: Value, spec: Value) {
        let id: ResourceId = address.parse().unwrap();
        let applied = self.complete(&id.kind, applied);
        let digest = self.registry.digest(&id.kind, &applied);
        let mark = Mark::new("home", &id, SpecMark::Applied(digest));
        let spec = self.complete(&id.kind, spec);
        self.put(&id, spec, Owner::Ours(mark));
    }

    /// Something of ours whose last apply did not end.
    pub fn has_unfinished(&mut self, address: &str, spec: Value) {
        self.has_marked(address, spec, SpecMark::Unfinished);
    }

    /// Something of ours that a release applied which digested specs in another way.
    pub fn has_of_old(&mut self, address: &str, spec: Value) {
        self.has_marked(address, spec, SpecMark::Applied("0-of-old".into()));
    }

    fn has_marked(&mut self, address: &str, spec: Value, mark: SpecMark) {
        let id: ResourceId = address.parse().unwrap();
        let spec = self.complete(&id.kind, spec);
        let owner = Owner::Ours(Mark::new("home", &id, mark));
        self.put(&id, spec, owner);
    }

    /// Something of somebody else's.
    pub fn has_foreign(&mut self, address: &str, spec: Value) {
        let id: ResourceId = address.parse().unwrap();
        let spec = self.complete(&id.kind, spec);
        self.put(&id, spec, Owner::Foreign);
    }

    fn put(&mut self, id: &ResourceId, spec: Value, owner: Owner) -> &mut Found {
        let found = Found {
            name: id.name.clone(),
            place: Place::project("p"),
            owner,
            spec,
            version: Version("1".into()),
            status: Status::Ready,
            holds: None,
        };
        let seen = &mut self.world.kinds.entry(id.kind.clone()).or_default().found;
        let at = seen.binary_search_by(|f| f.name.cmp(&found.name)).unwrap_or_else(|at| at);
        seen.insert(at, found);
        &mut seen[at]
    }

    fn complete(&self, kind: &str, spec: Value) -> Value {
        match kind {
            "shelf" => {
                let mut spec = spec;
                spec.as_object_mut().unwrap().entry("wall").or_insert(json!("north"));
                json!(serde_json::from_value::<ShelfSpec>(spec).unwrap())
            }
            _ => json!(serde_json::from_value::<BookSpec>(spec).unwrap()),
        }
    }

    pub fn plan(&self) -> Result<Plan, Cycle> {
        plan(&self.request(&self.stack()))
    }

    /// The part of the plan that was asked for.
    pub fn narrowed(&self, only: &[&str], not: &[&str]) -> Result<Narrowed, NoSuchTarget> {
        self.narrow(self.plan().unwrap(), only, not)
    }

    /// A part of a plan.
    pub fn narrow(
        &self,
        plan: Plan,
        only: &[&str],
        not: &[&str],
    ) -> Result<Narrowed, NoSuchTarget> {
        let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
        let targets = Targets { only: owned(only), not: owned(not) };
        narrow(&self.request(&self.stack()), plan, &targets)
    }

    /// Ada asked to leave something alone until then, in seconds since 1970.
    pub fn holds(&mut self, address: &str, until: i64) {
        let (env, _) = address.split_once(':').unwrap();
        self.holds.push(Hold {
            env: env.into(),
            address: address.into(),
            named: BTreeSet::new(),
            until: time::OffsetDateTime::from_unix_timestamp(until).unwrap(),
            reason: "it is being painted".into(),
            by: "ada on desk".into(),
            since: "1970-01-01T00:00:00Z".into(),
        });
    }

    /// The plan that leaves alone what is held at a moment.
    pub fn held(&self, now: i64) -> Plan {
        let now = time::OffsetDateTime::from_unix_timestamp(now).unwrap();
        hold(self.plan().unwrap(), &Keys::new(), &self.holds, now)
    }

    /// The plan as text, when no more than this may be removed.
    pub fn guarded(&self, most: &str) -> String {
        text(&guard(self.plan().unwrap(), &self.world, most.parse().unwrap(), &BTreeSet::new()))
    }

    pub fn stale(&self, plan: &Plan) -> Vec<Stale> {
        stale(plan, &self.request(&self.stack()))
    }

    pub fn drift(&self) -> Drift {
        drift(&self.request(&self.stack()))
    }

    fn stack(&self) -> Stack {
        let stack = Stack::new("home", self.environments.clone(), self.wanted.clone()).unwrap();
        stack.ignoring(self.ignores.clone())
    }

    fn request<'a>(&'a self, stack: &'a Stack) -> Request<'a> {
        Request {
            stack,
            world: &self.world,
            environments: &self.selected,
            claims: &self.claims,
            rules: &self.registry,
            allowances: &self.allowances,
        }
    }

    pub fn text(&self) -> String {
        text(&self.plan().unwrap())
    }

    /// The addresses of the steps, in order, with a sign.
    pub fn order(&self) -> Vec<String> {
        order(&self.plan().unwrap())
    }
}

/// A plan as people see it.
pub fn text(plan: &Plan) -> String {
    view::text(plan, Look::plain(80))
}

/// The addresses of the steps of a plan, in order, with a sign.
pub fn order(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{:?} {}", step.action, step.id.local())).collect()
}
