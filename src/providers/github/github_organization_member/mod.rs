//! `github-organization-member`: one person in an organization. Only ever added.
//!
//! The name is `ORGANIZATION/LOGIN`, with the login as it is declared.

mod spec;

pub use spec::{Role, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::{
    Found, Observation, Owner, Place, Remark, Resource, Scope, SpecMark, Status, Version,
};
use crate::providers::github::client::Call;
use crate::providers::github::invitation::{self, Next};
use crate::providers::github::live::{Membership, User};
use crate::providers::github::people::{Person, account};
use crate::providers::github::rest::{part, read};
use crate::providers::github::{Reader, Writer};
use crate::providers::remembered;
use http::Method;
use serde::Deserialize as _;
use serde_json::json;
use std::collections::BTreeSet;

/// The kind `github-organization-member`.
#[derive(Debug)]
pub enum OrganizationMember {}

/// The name of a person's place in an organization.
pub fn member_name(organization: &str, login: &str) -> String {
    format!("{organization}/{login}")
}

/// Where the members of an organization are.
pub fn place(organization: &str) -> Place {
    Place::project(organization)
}

impl Kind for OrganizationMember {
    const NAME: &'static str = "github-organization-member";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    /// Only who is declared is looked for: whoever is not declared is not ours, and stays.
    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let wanted = scope.wanted.values();
        let places: BTreeSet<&str> = wanted.map(|it| it.place.project.as_str()).collect();
        let mut observation = Observation::default();
        for organization in places {
            let people = Everybody::of(reader, organization).await?;
            let here = scope.wanted.values().filter(|it| it.place.project == organization);
            for resource in here {
                match people.found(scope, resource) {
                    Some(found) => observation.found.push(found),
                    None => absent(reader, scope, resource, &mut observation).await?,
                }
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } | Change::Update { after, .. } => {
                put(writer, step, &after).await
            }
            Change::Delete { .. } => Ok(Applied::gone().saying("stays in the organization")),
            // Nothing here carries a mark.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("memberships")),
        }
    }
}

/// Who is in an organization, and who is invited.
struct Everybody(Vec<(Person, Role)>);

impl Everybody {
    async fn of(reader: &Reader, organization: &str) -> Result<Self, ProviderError> {
        let owners = reader.owners(organization).await?;
        let members = reader.organization_members(organization, "all").await?;
        let mut people: Vec<_> = members
            .into_iter()
            .map(|User { login, id }| {
                let owner = owners.contains(&login.to_ascii_lowercase());
                (Person { login, id: Some(id), role: None }, role(owner))
            })
            .collect();
        for invitation in reader.invitations(organization).await?.iter() {
            let Some(login) = invitation.login.clone() else { continue };
            let person = Person { login, id: None, role: None };
            people.push((person, role(invitation.role == "admin")));
        }
        Ok(Self(people))
    }

    /// A person who is declared, as they are; who is more than that is as good.
    fn found(&self, scope: &Scope<'_>, resource: &Resource) -> Option<Found<Spec>> {
        let wanted = Spec::deserialize(&resource.spec).ok()?;
        let is = |(person, _): &&(Person, Role)| person.is(&wanted.login, wanted.id);
        let (person, live) = self.0.iter().find(is)?;
        let spec = Spec { role: wanted.role.min(*live), ..wanted };
        let version = person.id.map_or_else(|| "invited".into(), |id| id.to_string());
        Some(ours(scope, resource, spec, Version(version)))
    }
}

/// Somebody who is neither there nor invited: what is to be said of it, and whether they want to be.
async fn absent(
    reader: &Reader,
    scope: &Scope<'_>,
    resource: &Resource,
    observation: &mut Observation<Spec>,
) -> Result<(), ProviderError> {
    let Ok(spec) = Spec::deserialize(&resource.spec) else { return Ok(()) };
    let organization = &resource.place.project;
    let ended = reader.ended(organization).await?;
    let last = ended.get(&spec.login.to_ascii_lowercase());
    match last.map(|ended| invitation::after(ended, organization, None)) {
        Some(Next::Invite(what)) => {
            observation.remarks.push(Remark { name: resource.id.name.clone(), what });
        }
        Some(Next::Leave(what)) => {
            let found = ours(scope, resource, spec, Version("declined".to_owned()));
            observation.found.push(Found { status: Status::Waiting { what }, ..found });
        }
        None => {}
    }
    Ok(())
}

/// Somebody who is declared, as they were found.
fn ours(scope: &Scope<'_>, resource: &Resource, spec: Spec, version: Version) -> Found<Spec> {
    let (name, env) = (resource.id.name.clone(), &resource.id.env);
    let applied = SpecMark::Applied(digest::<OrganizationMember>(&spec));
    let mark = remembered::mark(scope, OrganizationMember::NAME, &name, env, applied);
    let (place, owner) = (resource.place.clone(), Owner::Ours(mark));
    Found { name, place, owner, spec, version, status: Status::Ready, holds: None }
}

fn role(owner: bool) -> Role {
    if owner { Role::Owner } else { Role::Member }
}

/// Invites a person, or makes a member an owner. Doing so twice does no harm, but a member must
/// not be made of an owner who became one meanwhile.
async fn put(writer: &Writer, step: &StepContext, after: &Spec) -> Result<Applied, ProviderError> {
    let organization = &step.place.project;
    let User { login, id } = account(&writer.connection, &after.login, after.id).await?;
    let path = format!("/orgs/{}/memberships/{}", part(organization), part(&login));
    let there = Call::get(format!("{login} in {organization}"), &path);
    let there = writer.find::<Membership>(there).await?;
    let version = Version(id.to_string());
    if there.is_some_and(|it| it.role == "admin" || after.role == Role::Member) {
        return Ok(Applied::at(version).saying("was already there"));
    }
    let what = format!("adding {login} to {organization}");
    step.ensure_held(&what)?;
    let role = if after.role == Role::Owner { "admin" } else { "member" };
    let call = Call::change(&what, Method::PUT, path).sending(json!({ "role": role }));
    let membership: Membership = read(&call, writer.connection.change(&call).await?)?;
    let applied = Applied::at(version);
    Ok(match membership.state.as_str() {
        "pending" => applied.saying("invited; they have seven days to accept"),
        _ => applied,
    })
}
