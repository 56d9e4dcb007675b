//! What takes room in buckets.

use super::counting::Counting;
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::planning::LookArgs;
use crate::cli::report::{Report, ReportArgs};
use crate::cli::session::{self, Session};
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::cli::view::table::{Align, Table};
use crate::kind::ProviderError;
use crate::project::DeclaredBucket;
use crate::project::format::volume_gb;
use crate::providers::gcp::{ObjectSizes, Room, Searched};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// List what takes room in the declared buckets, by user
///
/// A user is the first part of an object's name, as hubs give each person a folder. Older versions
/// count, what was deleted does not. Buckets that delete what is old are left out unless they are
/// named. Sizes and classes alone are read.
///
/// For example: leap-infra buckets usage -e prod --over 10GB --format markdown
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    look: LookArgs,
    /// By what it is told apart
    #[arg(long, value_enum, default_value_t = By::User)]
    by: By,
    /// List only what takes more than this, as in 10GB; a GB is 2^30 bytes, as Google bills it
    #[arg(long, value_name = "SIZE", value_parser = bytes, default_value = "0GB")]
    over: u64,
    /// The buckets, by their keys; all but those that delete what is old when none is named
    #[arg(long, value_name = "KEY")]
    bucket: Vec<String>,
    /// Buckets that delete what is old as well
    #[arg(long)]
    with_scratch: bool,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// By the first part of names
    User,
    /// By bucket
    Bucket,
    /// By storage class
    Class,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no size is negative")]
fn bytes(text: &str) -> Result<u64, String> {
    let gb = volume_gb(text).map_err(|wrong| format!("expected {}", wrong.expected))?;
    Ok((gb * f64::from(1 << 30)).round() as u64)
}

/// Room by name, and in which buckets.
type Sums = BTreeMap<String, (Room, BTreeSet<String>)>;

/// Looks through the buckets, and prints what it found.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let ui = &args.report.of(ui);
    let session = match session::open_untitled(&args.look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let (buckets, left_out) = chosen(&session, args)?;
    let counting = Counting::new(ui);
    let sums = look(&session, &buckets, args.by, &counting).await;
    counting.finish();
    let (sums, mut remarks) = sums?;
    if !left_out.is_empty() {
        let names = left_out.into_iter().collect::<Vec<_>>().join(", ");
        remarks.push(format!("Left out, since they delete what is old: {names} (--with-scratch)."));
    }
    args.report.print(&report(session.stack.name(), args, &sums, remarks), ui);
    Ok(Exit::Ok)
}

/// The buckets to look through, and the keys of those that were left out.
fn chosen(
    session: &Session,
    args: &Args,
) -> Result<(Vec<DeclaredBucket>, BTreeSet<String>), Failure> {
    let all = session.project.buckets(&session.environments);
    let keys: BTreeSet<&str> = all.iter().map(|bucket| bucket.key.as_str()).collect();
    if let Some(unknown) = args.bucket.iter().find(|key| !keys.contains(key.as_str())) {
        let failure = Failure::new(Exit::Error, format!("no bucket `{unknown}` is declared here"));
        let keys = keys.into_iter().collect::<Vec<_>>().join(", ");
        return Err(failure.hint(format!("there are {keys}")));
    }
    let wanted = |bucket: &DeclaredBucket| match args.bucket.is_empty() {
        true => args.with_scratch || !bucket.deletes_by_age,
        false => args.bucket.contains(&bucket.key),
    };
    let (wanted, others): (Vec<_>, Vec<_>) = all.into_iter().partition(wanted);
    let left_out = others.into_iter().filter(|_| args.bucket.is_empty()).map(|bucket| bucket.key);
    Ok((wanted, left_out.collect()))
}

/// How much room everything takes; and which buckets are not there.
async fn look(
    session: &Session,
    buckets: &[DeclaredBucket],
    by: By,
    counting: &Counting<'_>,
) -> Result<(Sums, Vec<String>), Failure> {
    let (sizes, mut sums) = (ObjectSizes::new(&session.connection), Sums::new());
    let mut missing = Vec::new();
    for DeclaredBucket { name, project, requester_pays, .. } in buckets {
        let payer = requester_pays.then_some(project.as_str());
        let seen = |objects: u64| counting.more(name, objects);
        let rooms = match sizes.by_folder(Searched { bucket: name, payer }, &seen).await {
            Ok(rooms) => rooms,
            Err(ProviderError::NotFound { .. }) => {
                missing.push(format!("Not there (yet): {name}."));
                continue;
            }
            Err(error) => return Err(unreadable(&[error])),
        };
        for (folder, classes) in rooms {
            for (class, room) in classes {
                let key = match by {
                    By::User => folder.clone(),
                    By::Bucket => name.clone(),
                    By::Class => class,
                };
                let sum = sums.entry(key).or_default();
                sum.0.add(room);
                sum.1.insert(name.clone());
            }
        }
    }
    Ok((sums, missing))
}

fn report(stack: &str, args: &Args, sums: &Sums, mut remarks: Vec<String>) -> Report {
    let word = match args.by {
        By::User => "user",
        By::Bucket => "bucket",
        By::Class => "class",
    };
    let mut rows: Vec<_> = sums.iter().collect();
    rows.sort_by(|(a, (one, _)), (b, (other, _))| (other.bytes, a).cmp(&(one.bytes, b)));
    let (large, small): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(_, (room, _))| room.bytes > args.over || args.over == 0);
    let mut table = Table::new(&[
        (word, Align::Yielding),
        ("size", Align::Right),
        ("objects", Align::Right),
        ("in", Align::Left),
    ]);
    let named = |name: &str| if name.is_empty() { "(in no folder)" } else { name }.to_owned();
    for (name, (room, places)) in &large {
        let places = places.iter().cloned().collect::<Vec<_>>().join(", ");
        table.row(vec![named(name), size(room.bytes), room.objects.to_string(), places]);
    }
    let total = sum(sums.values().map(|(room, _)| *room));
    let cells = [size(total.bytes), total.objects.to_string(), String::new()];
    let table = table.with_total(std::iter::once("total".to_owned()).chain(cells).collect());
    if !small.is_empty() {
        let rest = sum(small.iter().map(|(_, (room, _))| *room));
        let others = counted(small.len(), "other");
        remarks.insert(0, format!("{others} take {} together.", size(rest.bytes)));
    }
    let entry = |(name, (room, places)): &(&String, &(Room, BTreeSet<String>))| json!({ word: name, "bytes": room.bytes, "objects": room.objects, "buckets": places });
    let json = json!({
        "stack": stack, "by": word, "over_bytes": args.over,
        "rows": large.iter().map(entry).collect::<Vec<_>>(),
        "total": { "bytes": total.bytes, "objects": total.objects },
        "remarks": remarks,
    });
    Report { title: format!("{stack}: what takes room, by {word}"), table, remarks, json }
}

fn sum(rooms: impl Iterator<Item = Room>) -> Room {
    rooms.fold(Room::default(), |mut sum, room| {
        sum.add(room);
        sum
    })
}

/// A size as Google bills it: a GB is 2^30 bytes.
#[expect(clippy::cast_precision_loss, reason = "two places are shown")]
fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB"].into_iter().peekable();
    while let Some(unit) = units.next() {
        if size < 1024.0 || units.peek().is_none() {
            return if unit == "B" { format!("{size} B") } else { format!("{size:.2} {unit}") };
        }
        size /= 1024.0;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_google_bills_them() {
        assert_eq!(bytes("10GB"), Ok(10 << 30));
        assert!(bytes("much").unwrap_err().contains("20 TB"));
        assert_eq!(size(0), "0 B");
        assert_eq!(size(10 << 30), "10.00 GB");
        assert_eq!(size(1536), "1.50 kB");
        assert_eq!(size(u64::MAX), "16384.00 PB");
    }
}
