//! What a section puts into the namespace of a cluster, as complete resources: the namespace itself,
//! secrets by the keys of `secrets`, objects by their manifests, and releases.

use crate::model::secret::Reference;
use crate::model::{Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::managed::Manage;
use crate::project::problem::Range;
use crate::project::releases::Chart;
use crate::project::secrets;
use crate::providers::helm::helm_release;
use crate::providers::kubernetes::{kubernetes_namespace, kubernetes_object, kubernetes_secret};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The type of a Secret that is of none.
pub(crate) const OPAQUE: &str = "Opaque";

/// The kind of a release.
const RELEASE: &str = "helm-release";

/// A namespace of a cluster, and what is declared that puts things there. Nothing is made where the
/// cluster has no place; the checks tell of that.
pub(crate) struct Inside<'a> {
    /// Every environment.
    pub(crate) layout: &'a [Laid],
    /// The environment of what is made.
    pub(crate) laid: &'a Laid,
    /// The cluster, as its place.
    pub(crate) cluster: String,
    /// The namespace.
    pub(crate) namespace: &'a str,
    /// Where it was declared.
    pub(crate) source: &'a Range,
}

impl Inside<'_> {
    /// The namespace itself.
    pub(crate) fn namespace(&self) -> Option<Resource> {
        let name = kubernetes_namespace::namespace_name(&self.cluster, self.namespace);
        let place = kubernetes_namespace::place(&self.cluster)?;
        let (labels, annotations) = (BTreeMap::new(), BTreeMap::new());
        let spec =
            kubernetes_namespace::Spec { cluster: self.cluster.clone(), labels, annotations };
        Some(self.resource(("kubernetes-namespace", name), place, &spec, BTreeSet::new()))
    }

    /// A Secret of a type, with the key of what lies in each of its fields.
    pub(crate) fn secret(
        &self,
        name: &str,
        sort: &str,
        fields: &BTreeMap<String, &str>,
    ) -> Option<Resource> {
        let id = kubernetes_secret::secret_name(&self.cluster, self.namespace, name);
        let place = kubernetes_secret::place(&self.cluster, self.namespace)?;
        let data = fields.iter().map(|(field, key)| Some((field.clone(), self.reference(key)?)));
        let spec = kubernetes_secret::Spec {
            sort: sort.to_owned(),
            ..kubernetes_secret::Spec::new(&self.cluster, data.collect::<Option<_>>()?)
        };
        let of = |key: &&str| secrets::made_id(self.layout, self.laid, key);
        let needs = fields.values().filter_map(of).collect();
        Some(self.resource(("kubernetes-secret", id), place, &spec, needs))
    }

    /// Where a secret of `secrets` is kept.
    pub(crate) fn reference(&self, key: &str) -> Option<Reference> {
        let declared = self.laid.declaration.secrets.get(key)?;
        secrets::reference(self.layout, self.laid, key, declared)
    }

    /// An object, in the namespace that its manifest says.
    pub(crate) fn object(&self, manifest: &Value, needs: BTreeSet<ResourceId>) -> Option<Resource> {
        let name = kubernetes_object::object_name(&self.cluster, manifest)?;
        let place = kubernetes_object::place(&self.cluster, manifest)?;
        let spec = kubernetes_object::Spec::new(self.cluster.clone(), manifest.clone());
        Some(self.resource(("kubernetes-object", name), place, &spec, needs))
    }

    /// A release, with what is locked of its chart.
    pub(crate) fn release(
        &self,
        name: &str,
        chart: &Chart,
        values: Value,
        needs: BTreeSet<ResourceId>,
    ) -> Option<Resource> {
        let (name, place) = helm_release::placed(&self.cluster, self.namespace, name)?;
        let digest = self.laid.lock.of(chart).map(|locked| locked.digest.clone());
        let spec = helm_release::Spec {
            cluster: self.cluster.clone(),
            chart: chart.locked(digest),
            values,
            status: helm_release::Status::Deployed,
            objects: BTreeMap::new(),
        };
        Some(self.resource((RELEASE, name), place, &spec, needs))
    }

    /// The release of this name, whoever makes it.
    pub(crate) fn release_id(&self, name: &str) -> Option<ResourceId> {
        let (name, _) = helm_release::placed(&self.cluster, self.namespace, name)?;
        Some(ResourceId::new(self.laid.env(), RELEASE, name))
    }

    fn resource(
        &self,
        (kind, name): (&str, String),
        place: Place,
        spec: &impl Serialize,
        needs: BTreeSet<ResourceId>,
    ) -> Resource {
        Resource {
            id: ResourceId::new(self.laid.env(), kind, name),
            place,
            spec: serde_json::to_value(spec).expect("specs are maps of plain values"),
            manage: Manage::default().into(),
            needs,
            source: Source::from(self.source),
            notes: Vec::new(),
        }
    }
}
