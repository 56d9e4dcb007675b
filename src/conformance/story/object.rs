//! Objects, by the JSON API.

use google_cloud_storage::model::Bucket;
use http::Method;

use super::End;
use crate::conformance::client::{Answer, Request, escaped};
use crate::conformance::stage::{Stage, field};

/// Writes an object in one go; `more` are further parameters, `&ifGenerationMatch=0`.
pub(super) fn upload(
    stage: &Stage,
    bucket: &str,
    object: &str,
    more: &str,
    bytes: &[u8],
) -> Request {
    let bucket = stage.name(bucket);
    let object = escaped(object);
    Request {
        method: Method::POST,
        path: format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name={object}{more}"),
        headers: vec![("content-type", "text/plain".to_owned())],
        body: bytes.to_vec(),
    }
}

/// A call about an object.
fn about(stage: &Stage, method: Method, object: &str, query: &str) -> Request {
    let (bucket, object) = (stage.name(""), escaped(object));
    let path = format!("/storage/v1/b/{bucket}/o/{object}{query}");
    Request { method, path, ..Request::default() }
}

async fn bucket(stage: &mut Stage) -> End {
    let created = stage.create("", Bucket::new()).await?;
    stage.need("a bucket", &created)
}

async fn written(stage: &mut Stage, object: &str, bytes: &[u8]) -> Result<Answer, super::Stop> {
    let answer = stage.http(upload(stage, "", object, "", bytes)).await?;
    stage.need("an object", &answer)?;
    Ok(answer)
}

pub(super) async fn resource(stage: &mut Stage) -> End {
    bucket(stage).await?;
    written(stage, "runs/a b.txt", b"hello").await?;
    let seen = stage.http(about(stage, Method::GET, "runs/a b.txt", "")).await?;
    for (name, expected) in [
        ("kind", "storage#object"),
        ("name", "runs/a b.txt"),
        ("size", "5"),
        ("contentType", "text/plain"),
        ("storageClass", "STANDARD"),
        ("crc32c", "mnG7TA=="),
        ("metageneration", "1"),
    ] {
        stage.expect(name, expected, field(&seen, name));
    }
    let bytes = stage.http(about(stage, Method::GET, "runs/a b.txt", "?alt=media")).await?;
    stage.expect("its bytes", "hello", field(&bytes, ""));
    let gone = stage.http(about(stage, Method::DELETE, "runs/a b.txt", "")).await?;
    stage.expect("deleting it", "204", gone.code);
    let missing = stage.http(about(stage, Method::GET, "runs/a b.txt", "")).await?;
    stage.expect("reading it then", "404", &missing.code);
    let reason = missing.body["error"]["errors"][0]["reason"].as_str().unwrap_or_default();
    stage.expect("the reason", "notFound", reason);
    Ok(())
}

pub(super) async fn generations(stage: &mut Stage) -> End {
    bucket(stage).await?;
    let number = |answer: &Answer| field(answer, "generation").parse::<u64>().unwrap_or_default();
    let none = "&ifGenerationMatch=0";
    let first = stage.http(upload(stage, "", "a", none, b"1")).await?;
    stage.need("where there is none", &first)?;
    let again = stage.http(upload(stage, "", "a", none, b"2")).await?;
    stage.expect("the same again", "412", again.code);
    let second = written(stage, "a", b"3").await?;
    stage.expect("generations grow", true, number(&second) > number(&first));
    let stale = format!("?ifGenerationMatch={}", number(&first));
    let answer = stage.http(about(stage, Method::DELETE, "a", &stale)).await?;
    stage.expect("deleting an older one", "412", answer.code);
    let fresh = format!("?ifGenerationMatch={}", number(&second));
    let answer = stage.http(about(stage, Method::DELETE, "a", &fresh)).await?;
    stage.expect("deleting this one", "204", answer.code);
    Ok(())
}

pub(super) async fn checksum(stage: &mut Stage) -> End {
    bucket(stage).await?;
    let description = r#"{"name": "a", "crc32c": "AAAAAA=="}"#;
    let body = format!(
        "--part\r\ncontent-type: application/json\r\n\r\n{description}\r\n\
         --part\r\ncontent-type: text/plain\r\n\r\nhello\r\n--part--\r\n"
    );
    let path = format!("/upload/storage/v1/b/{}/o?uploadType=multipart", stage.name(""));
    let kind = "multipart/related; boundary=part".to_owned();
    let headers = vec![("content-type", kind)];
    let request = Request { method: Method::POST, path, headers, body: body.into_bytes() };
    let answer = stage.http(request).await?;
    stage.expect("a checksum of other bytes", "400", answer.code);
    let missing = stage.http(about(stage, Method::GET, "a", "")).await?;
    stage.expect("nothing was written", "404", missing.code);
    Ok(())
}

pub(super) async fn range(stage: &mut Stage) -> End {
    bucket(stage).await?;
    written(stage, "a", b"0123456789").await?;
    let part = |stage: &Stage, range: &str| Request {
        headers: vec![("range", format!("bytes={range}"))],
        ..about(stage, Method::GET, "a", "?alt=media")
    };
    for (range, expected) in [("2-4", "234"), ("7-", "789"), ("-2", "89"), ("8-99", "89")] {
        let answer = stage.http(part(stage, range)).await?;
        stage.expect(range, "206", &answer.code);
        stage.expect("its bytes", expected, field(&answer, ""));
    }
    let answer = stage.http(part(stage, "20-30")).await?;
    stage.expect("beyond the end", "416", answer.code);
    Ok(())
}

pub(super) async fn list(stage: &mut Stage) -> End {
    bucket(stage).await?;
    for object in ["b/2", "a", "b/1", "c"] {
        written(stage, object, b"x").await?;
    }
    let page = |stage: &Stage, query: &str| {
        let path = format!("/storage/v1/b/{}/o?{query}", stage.name(""));
        Request { path, ..Request::default() }
    };
    let names = |answer: &Answer| {
        let items = answer.body["items"].as_array().cloned().unwrap_or_default();
        let name = |item: &serde_json::Value| item["name"].as_str().unwrap_or("").to_owned();
        items.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    let all = stage.http(page(stage, "maxResults=1000")).await?;
    stage.expect("in order", "a b/1 b/2 c", names(&all));
    let folders = stage.http(page(stage, "delimiter=/")).await?;
    stage.expect("beside the folders", "a c", names(&folders));
    stage.expect("the folders", r#"["b/"]"#, field(&folders, "prefixes"));
    let below = stage.http(page(stage, "prefix=b/")).await?;
    stage.expect("below a folder", "b/1 b/2", names(&below));
    let first = stage.http(page(stage, "maxResults=3")).await?;
    let token = escaped(&field(&first, "nextPageToken"));
    let second = stage.http(page(stage, &format!("maxResults=3&pageToken={token}"))).await?;
    stage.expect("in pages", "a b/1 b/2 c", format!("{} {}", names(&first), names(&second)));
    Ok(())
}
