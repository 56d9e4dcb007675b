use google_cloud_gax::paginator::ItemPaginator;

use super::*;

impl Bench {
    async fn contents(&self, name: &str) -> Result<Vec<u8>, Error> {
        let mut response = self.storage.read_object(path("scratch"), name).send().await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.next().await.transpose()? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn write(&self, name: &str, text: &'static str) -> i64 {
        let request = self.storage.write_object(path("scratch"), name, text);
        request.send_buffered().await.unwrap().generation
    }
}

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.create("scratch", Bucket::new()).await.unwrap();
    bench
}

#[tokio::test]
async fn an_object_is_read_as_it_was_written() {
    let bench = bench().await;
    let request = bench.storage.write_object(path("scratch"), "a/b c.json", "{}\r\n--x\n");
    let request = request.set_content_type("application/json").set_metadata([("who", "me")]);
    let written = request.send_unbuffered().await.unwrap();
    assert_eq!((written.size, written.metageneration), (8, 1));
    assert_eq!(bench.contents("a/b c.json").await.unwrap(), b"{}\r\n--x\n");
    let get = bench.control.get_object().set_bucket(path("scratch")).set_object("a/b c.json");
    let seen = get.send().await.unwrap();
    assert_eq!((&*seen.content_type, &*seen.metadata["who"]), ("application/json", "me"));
    assert_eq!(seen.generation, written.generation);
}

#[tokio::test]
async fn an_object_is_written_only_over_the_generation_that_was_meant() {
    let bench = bench().await;
    let write = |generation: i64| {
        let request = bench.storage.write_object(path("scratch"), "lease", "mine");
        request.set_if_generation_match(generation).send_buffered()
    };
    let first = write(0).await.unwrap().generation;
    let taken = write(0).await.unwrap_err();
    assert_eq!(taken.http_status_code(), Some(412));
    let second = write(first).await.unwrap().generation;
    assert!(second > first);
    assert_eq!(write(first).await.unwrap_err().http_status_code(), Some(412));

    let delete = || bench.control.delete_object().set_bucket(path("scratch")).set_object("lease");
    assert!(delete().set_if_generation_match(first).send().await.is_err());
    delete().set_if_generation_match(second).send().await.unwrap();
    assert_eq!(bench.contents("lease").await.unwrap_err().http_status_code(), Some(404));
}

#[tokio::test]
async fn a_part_of_an_object_can_be_read() {
    use google_cloud_storage::model_ext::ReadRange;
    let bench = bench().await;
    bench.write("a", "0123456789").await;
    let request = bench.storage.read_object(path("scratch"), "a");
    let mut response = request.set_read_range(ReadRange::segment(2, 3)).send().await.unwrap();
    assert_eq!(&response.next().await.unwrap().unwrap()[..], b"234");
}

#[tokio::test]
async fn objects_are_listed_by_folder_and_page() {
    let bench = bench().await;
    for name in ["a", "dir/1", "dir/2", "dir/3", "e", "f/1"] {
        bench.write(name, "x").await;
    }
    let list = || bench.control.list_objects().set_parent(path("scratch"));
    let mut items = list().set_page_size(4).by_item();
    let mut names = Vec::new();
    while let Some(object) = items.next().await {
        names.push(object.unwrap().name);
    }
    assert_eq!(names, ["a", "dir/1", "dir/2", "dir/3", "e", "f/1"]);

    let first = list().set_delimiter("/").set_page_size(2).send().await.unwrap();
    assert_eq!((first.objects.len(), &first.prefixes[..]), (1, &["dir/".to_owned()][..]));
    let rest = list().set_delimiter("/").set_page_token(first.next_page_token).send().await;
    let rest = rest.unwrap();
    assert_eq!((&*rest.objects[0].name, &*rest.prefixes[0]), ("e", "f/"));
    assert_eq!((rest.objects.len(), &*rest.next_page_token), (1, ""));
}

#[tokio::test]
async fn a_resumable_upload_of_the_official_client_arrives() {
    let bench = bench().await;
    let request = bench.storage.write_object(path("scratch"), "big", "0123456789");
    let written = request.with_resumable_upload_threshold(0_usize).send_buffered().await.unwrap();
    assert_eq!(written.size, 10);
    assert_eq!(bench.contents("big").await.unwrap(), b"0123456789");
}
