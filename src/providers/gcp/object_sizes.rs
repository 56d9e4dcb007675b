//! How much room objects take, by the first part of their names: what people have in a bucket where
//! each has a folder. Sizes and classes alone are read, a page at a time. Planning never comes here.

use crate::kind::{ProviderError, Retry};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;
use std::collections::BTreeMap;

/// <https://cloud.google.com/storage/docs/json_api/v1/objects/list>
const STORAGE: RestApi = RestApi { host: "storage.googleapis.com", version: "storage/v1" };

/// How many folders are looked through at a time.
const AT_ONCE: usize = 16;

/// How many folders are told apart. In a bucket with more of them they are no folders of people.
const FOLDERS_AT_MOST: usize = 5_000;

/// The name of what lies in no folder.
const TOP: &str = "";

/// The sizes of objects.
#[derive(Clone, Debug)]
pub struct ObjectSizes {
    rest: Rest,
    retry: Retry,
}

/// So many objects of such a size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// In bytes.
    pub bytes: u64,
    /// How many, older versions among them.
    pub objects: u64,
}

/// Room by folder and class.
pub type Rooms = BTreeMap<String, BTreeMap<String, Room>>;

/// A bucket to look through.
#[derive(Clone, Copy, Debug)]
pub struct Searched<'a> {
    /// Its name.
    pub bucket: &'a str,
    /// The project that pays for looking, where whoever reads pays.
    pub payer: Option<&'a str>,
}

/// Told of how many objects more were seen.
pub type Seen<'a> = &'a (dyn Fn(u64) + Sync);

impl Room {
    /// Adds more of it.
    pub fn add(&mut self, more: Self) {
        self.bytes = self.bytes.saturating_add(more.bytes);
        self.objects += more.objects;
    }
}

impl ObjectSizes {
    /// The sizes of objects behind a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { rest: connection.rest.clone(), retry: connection.retry.clone() }
    }

    /// How much room everything in a bucket takes, older versions included, by the first part of
    /// its name up to `/`. A bucket with thousands of folders is one.
    ///
    /// # Errors
    /// When there is no such bucket, or we may not look into it.
    pub async fn by_folder(
        &self,
        searched: Searched<'_>,
        seen: Seen<'_>,
    ) -> Result<Rooms, ProviderError> {
        let mut folders = Vec::new();
        let mut rooms = Rooms::new();
        let top = self.sum(searched, "", Depth::Level(&mut folders), seen).await?;
        if folders.len() > FOLDERS_AT_MOST {
            rooms.insert(TOP.to_owned(), self.sum(searched, "", Depth::Below, seen).await?);
            return Ok(rooms);
        }
        if !top.is_empty() {
            rooms.insert(TOP.to_owned(), top);
        }
        let sum = |folder: String| async move {
            let room = self.sum(searched, &folder, Depth::Below, seen).await?;
            Ok::<_, CallFailed>((folder.trim_end_matches('/').to_owned(), room))
        };
        let sums = stream::iter(folders).map(sum).buffer_unordered(AT_ONCE);
        rooms.extend(sums.try_collect::<Vec<_>>().await?);
        Ok(rooms)
    }

    /// How much room everything that begins with `prefix` takes, by class.
    async fn sum(
        &self,
        searched: Searched<'_>,
        prefix: &str,
        mut depth: Depth<'_>,
        seen: Seen<'_>,
    ) -> Result<BTreeMap<String, Room>, CallFailed> {
        let what = format!("listing the objects of bucket {}", searched.bucket);
        let (mut sums, mut token) = (BTreeMap::<String, Room>::new(), String::new());
        loop {
            let call = || {
                let call = page(&what, searched, prefix, &depth, &token);
                async move { self.rest.call(STORAGE, &call).await }
            };
            let page = self.retry.run(&what, None, call).await?;
            let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            for item in items {
                let class = item["storageClass"].as_str().unwrap_or_default().to_owned();
                sums.entry(class).or_default().add(Room { bytes: size(item), objects: 1 });
            }
            seen(items.len() as u64);
            if let Depth::Level(folders) = &mut depth {
                let found = page["prefixes"].as_array().into_iter().flatten();
                let found = found.filter_map(|it| it.as_str().map(str::to_owned));
                folders.extend(found);
                if folders.len() > FOLDERS_AT_MOST {
                    return Ok(sums);
                }
            }
            match page["nextPageToken"].as_str() {
                None | Some("") => return Ok(sums),
                Some(next) => token = next.to_owned(),
            }
        }
    }
}

/// How far down is looked.
enum Depth<'a> {
    /// This level alone; the folders on it are collected.
    Level(&'a mut Vec<String>),
    /// Everything.
    Below,
}

/// Sizes are texts in JSON.
fn size(item: &Value) -> u64 {
    item["size"].as_str().and_then(|size| size.parse().ok()).unwrap_or_default()
}

fn page<'a>(
    what: &'a str,
    searched: Searched<'_>,
    prefix: &str,
    depth: &Depth<'_>,
    token: &str,
) -> RestCall<'a> {
    let mut call = RestCall::get(what, format!("b/{}/o", searched.bucket))
        .with("fields", "items(size,storageClass),prefixes,nextPageToken")
        .with("maxResults", "1000")
        .with("versions", "true");
    if !prefix.is_empty() {
        call = call.with("prefix", prefix);
    }
    if matches!(depth, Depth::Level(_)) {
        call = call.with("delimiter", "/");
    }
    if !token.is_empty() {
        call = call.with("pageToken", token);
    }
    match searched.payer {
        Some(payer) => call.with("userProject", payer),
        None => call,
    }
}
