//! Asking every kind at once what there is.

use crate::kind::{Observers, ProviderError};
use crate::model::{Claims, Depth, Footprint, Resource, Scope, Stack, World};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet};

impl Observers {
    /// What every kind finds, all at the same time: in the places of the declaration and in
    /// those that we ever wrote to.
    ///
    /// # Errors
    /// Everything that could not be read: a world with holes in it is no ground for a plan.
    pub async fn world(
        &self,
        stack: &Stack,
        footprint: &Footprint,
        claims: &Claims,
    ) -> Result<World, Vec<ProviderError>> {
        self.world_in(Depth::Listed, stack, footprint, claims).await
    }

    /// The same, looking at strangers this closely.
    ///
    /// # Errors
    /// As [`Observers::world`].
    pub async fn world_in(
        &self,
        depth: Depth,
        stack: &Stack,
        footprint: &Footprint,
        claims: &Claims,
    ) -> Result<World, Vec<ProviderError>> {
        self.looked(self.names(), depth, (stack, footprint, claims)).await
    }

    /// The same of some kinds alone.
    ///
    /// # Errors
    /// As [`Observers::world`].
    pub async fn world_of(
        &self,
        kinds: impl IntoIterator<Item = &'static str>,
        stack: &Stack,
        footprint: &Footprint,
        claims: &Claims,
    ) -> Result<World, Vec<ProviderError>> {
        self.looked(kinds, Depth::Listed, (stack, footprint, claims)).await
    }

    async fn looked(
        &self,
        kinds: impl IntoIterator<Item = &'static str>,
        depth: Depth,
        (stack, footprint, claims): (&Stack, &Footprint, &Claims),
    ) -> Result<World, Vec<ProviderError>> {
        let everywhere = places(stack, footprint);
        let looks = kinds.into_iter().map(|kind| {
            let scope = Scope { depth, ..scope(kind, stack, &everywhere, claims) };
            async move { (kind, self.observe(kind, &scope).await) }
        });
        let (mut world, mut errors) = (World::default(), Vec::new());
        for (kind, outcome) in join_all(looks).await {
            match outcome {
                Ok(observation) => _ = world.kinds.insert(kind.to_owned(), observation),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(world) } else { Err(errors) }
    }
}

type Places<'a> = BTreeMap<&'a str, BTreeSet<&'a crate::model::Place>>;

fn places<'a>(stack: &'a Stack, footprint: &'a Footprint) -> Places<'a> {
    let declared = stack.resources().values().map(|r| (r.id.kind.as_str(), &r.place));
    let leaving = stack.leaving().iter().map(|(id, place)| (id.kind.as_str(), place));
    let written = footprint.iter().map(|(kind, place)| (kind.as_str(), place));
    let mut places = Places::new();
    for (kind, place) in declared.chain(leaving).chain(written) {
        places.entry(kind).or_default().insert(place);
    }
    places
}

fn scope<'a>(
    kind: &str,
    stack: &'a Stack,
    everywhere: &Places<'_>,
    claims: &'a Claims,
) -> Scope<'a> {
    let of_kind = |resource: &&Resource| resource.id.kind == kind;
    Scope {
        stack: stack.name(),
        places: everywhere.get(kind).into_iter().flatten().map(|place| (*place).clone()).collect(),
        wanted: stack.resources().values().filter(of_kind).map(|r| (&*r.id.name, r)).collect(),
        leaving: stack
            .leaving()
            .iter()
            .filter(|(id, _)| id.kind == kind)
            .map(|(id, place)| (&*id.name, place))
            .collect(),
        claims: claims
            .iter()
            .filter(|(id, _)| id.kind == kind)
            .map(|(id, claims)| (&*id.name, claims))
            .collect(),
        claimants: claims
            .keys()
            .filter(|id| id.kind == kind)
            .map(|id| (&*id.name, &*id.env))
            .collect(),
        whole: stack,
        depth: Depth::Listed,
    }
}
