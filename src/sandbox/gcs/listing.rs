//! Lists of objects: by prefix, folder, range, pattern and version, in pages.
//!
//! <https://cloud.google.com/storage/docs/json_api/v1/objects/list>

use serde_json::Value;

use super::glob::Glob;
use super::message::{ListObjectsRequest, ListObjectsResponse, Object};
use super::record;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::{Transaction, World};

/// An entry: the name, the generation where versions are listed, and what lies in the store.
type Entry<'a> = (&'a str, i64, &'a Value);

pub(super) fn list(
    world: &World,
    bucket: &str,
    request: &ListObjectsRequest,
) -> Result<ListObjectsResponse, Refusal> {
    if request.soft_deleted {
        return Err(Refusal::unimplemented("the sandbox lists no deleted objects"));
    }
    let glob = Some(&request.match_glob).filter(|glob| !glob.is_empty());
    let glob = glob.map(|glob| Glob::new(glob)).transpose()?;
    let before = Place::of_token(&request.page_token)?;
    let size = world.behaviour.page(request.page_size);
    world.store.read(|view| {
        record::bucket(view, bucket)?;
        let mut page = ListObjectsResponse::default();
        let mut last = before.clone();
        for (name, generation, value) in entries(view, bucket, request, &before) {
            let folder = folder(name, &request.delimiter, &request.prefix);
            // A folder stands for all that is in it, also when it ended the page before.
            if !in_range(name, request)
                || folder.is_some_and(|folder| folder == last.name)
                || !glob.as_ref().is_none_or(|glob| glob.fits(name))
            {
                continue;
            }
            if page.objects.len() + page.prefixes.len() >= size {
                page.next_page_token = last.token();
                break;
            }
            if let Some(folder) = folder {
                page.prefixes.push(folder.to_owned());
            }
            // What is named like a folder is shown beside it only on request.
            if folder.is_none() || (request.include_trailing_delimiter && folder == Some(name)) {
                page.objects.push(record::read::<Object>(&value["object"])?);
            }
            last = Place { name: folder.unwrap_or(name).to_owned(), generation };
        }
        Ok(page)
    })
}

/// Everything after a place, in order of names and generations.
fn entries<'a>(
    view: &Transaction<'a>,
    bucket: &str,
    request: &ListObjectsRequest,
    before: &Place,
) -> Box<dyn Iterator<Item = Entry<'a>> + 'a> {
    let keys = record::objects(bucket);
    let cut = keys.len();
    let after = match (&*before.name, request.versions) {
        ("", _) | (_, true) => String::new(),
        (name, false) => format!("{keys}{name}"),
    };
    let live = view.scan(&format!("{keys}{}", request.prefix), &after);
    let live = live.map(move |(key, value)| (&key[cut..], value));
    if !request.versions {
        return Box::new(live.map(|(name, value)| (name, 0, value)));
    }
    let generation = |value: &Value| value["object"]["generation"].as_i64().unwrap_or_default();
    let keys = record::versions(bucket);
    let cut = keys.len();
    let old = view.scan(&format!("{keys}{}", request.prefix), "");
    let old = old
        .filter_map(move |(key, value)| key[cut..].split_once('\n').map(|(name, _)| (name, value)));
    let mut all: Vec<Entry<'a>> =
        live.chain(old).map(|(name, value)| (name, generation(value), value)).collect();
    all.sort_by_key(|(name, generation, _)| (*name, *generation));
    let before = before.clone();
    let after = move |(name, generation, _): &Entry<'_>| {
        (*name, *generation) > (before.name.as_str(), before.generation)
    };
    Box::new(all.into_iter().filter(after))
}

/// Where a page ended.
#[derive(Clone, Debug, Default)]
struct Place {
    name: String,
    generation: i64,
}

impl Place {
    fn of_token(token: &str) -> Result<Self, Refusal> {
        if token.is_empty() {
            return Ok(Self::default());
        }
        let last = record::last_of_page(token)?;
        let (name, generation) = last.split_once('\n').unwrap_or((&last, "0"));
        let invalid = |_| Refusal::invalid("Invalid page token.");
        Ok(Self { name: name.to_owned(), generation: generation.parse().map_err(invalid)? })
    }

    fn token(&self) -> String {
        record::page_token(&format!("{}\n{}", self.name, self.generation))
    }
}

fn in_range(name: &str, request: &ListObjectsRequest) -> bool {
    let ListObjectsRequest { lexicographic_start, lexicographic_end, .. } = request;
    name >= lexicographic_start.as_str()
        && (lexicographic_end.is_empty() || name < lexicographic_end.as_str())
}

/// What of a name a listing by folders shows instead of the object: up to the delimiter.
fn folder<'a>(name: &'a str, delimiter: &str, prefix: &str) -> Option<&'a str> {
    if delimiter.is_empty() {
        return None;
    }
    let at = name.get(prefix.len()..)?.find(delimiter)?;
    name.get(..prefix.len() + at + delimiter.len())
}
