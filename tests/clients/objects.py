"""Google's Python client against the sandbox. Reads the sandbox's address from SANDBOX_URL."""

import os

from google.api_core.exceptions import BadRequest, Conflict, NotFound, NotModified, PreconditionFailed
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from stories import refused, run

client = storage.Client(
    project="leap",
    credentials=AnonymousCredentials(),
    client_options={"api_endpoint": os.environ["SANDBOX_URL"]},
)


def fresh(name, **settings):
    bucket = client.bucket(name)
    bucket.iam_configuration.uniform_bucket_level_access_enabled = True
    for key, value in settings.items():
        setattr(bucket, key, value)
    return client.create_bucket(bucket, location="us-central1")


def a_bucket_is_made_read_patched_listed_and_deleted():
    made = fresh("client-one", labels={"team": "data", "old": "yes"}, storage_class="NEARLINE")
    made.add_lifecycle_delete_rule(age=7, matches_prefix=["tmp/"])
    made.cors = [{"origin": ["*"], "method": ["GET"], "maxAgeSeconds": 60}]
    made.versioning_enabled = True
    made.patch()
    labels = made.labels
    del labels["old"]
    made.labels = labels
    made.patch()
    seen = client.get_bucket("client-one")
    assert (seen.labels, seen.location, seen.storage_class) == ({"team": "data"}, "US-CENTRAL1", "NEARLINE")
    assert seen.versioning_enabled and seen.cors[0]["maxAgeSeconds"] == 60
    [rule] = seen.lifecycle_rules
    assert rule["condition"] == {"age": 7, "matchesPrefix": ["tmp/"]}, rule
    assert seen.metageneration == 3 and seen.project_number > 0
    assert seen.iam_configuration.uniform_bucket_level_access_locked_time is not None
    assert [b.name for b in client.list_buckets(prefix="client-")] == ["client-one"]
    refused(Conflict, lambda: fresh("client-one"))
    refused(BadRequest, lambda: fresh("client-One"))
    refused(PreconditionFailed, lambda: seen.patch(if_metageneration_match=1))
    seen.delete()
    refused(NotFound, lambda: client.get_bucket("client-one"))


def a_retention_policy_is_locked_for_good():
    bucket = fresh("client-locked", retention_period=3600)
    bucket.lock_retention_policy()
    assert client.get_bucket("client-locked").retention_policy_locked
    blob = bucket.blob("kept")
    blob.upload_from_string("x")
    refused(Exception, blob.delete)


def small_and_large_objects_come_back_as_they_went():
    bucket = fresh("client-bytes")
    small, large = bucket.blob("a/b c.txt"), bucket.blob("large")
    small.metadata = {"who": "me"}
    small.upload_from_string("0123456789", content_type="text/plain", checksum="md5")
    content = os.urandom(1 << 20) * 20
    large.chunk_size = 5 << 20
    large.upload_from_string(content, checksum="crc32c")  # in a session, in four chunks
    assert large.size == len(content) and large.md5_hash
    assert large.download_as_bytes(checksum="md5") == content
    assert large.download_as_bytes(start=7_000_000, end=7_000_009) == content[7_000_000:7_000_010]
    assert small.download_as_bytes(start=-3) == b"789"
    seen = bucket.get_blob("a/b c.txt")
    assert (seen.content_type, seen.metadata) == ("text/plain", {"who": "me"})
    seen.metadata = {"who": None, "when": "now"}
    seen.patch()
    assert bucket.get_blob("a/b c.txt").metadata == {"when": "now"}
    refused(NotModified, lambda: small.reload(if_generation_not_match=small.generation))
    refused(Conflict, bucket.delete)
    bucket.delete(force=True)


def a_stream_of_unknown_length_is_uploaded():
    bucket = fresh("client-stream")
    with bucket.blob("s").open("wb", chunk_size=1 << 20) as file:
        for _ in range(30):
            file.write(b"x" * 100_000)
    assert bucket.get_blob("s").size == 3_000_000
    with bucket.blob("s").open("rb") as file:
        file.seek(2_999_990)
        assert file.read() == b"x" * 10


def names_are_listed_by_folder_page_range_and_pattern():
    bucket = fresh("client-list")
    for name in ["a", "dir/", "dir/1", "dir/2", "dir/sub/3", "e.txt", "f.txt"]:
        bucket.blob(name).upload_from_string("x")
    names = lambda **arguments: [b.name for b in client.list_blobs(bucket, **arguments)]
    assert names(page_size=2) == ["a", "dir/", "dir/1", "dir/2", "dir/sub/3", "e.txt", "f.txt"]
    listing = client.list_blobs(bucket, delimiter="/")
    assert ([b.name for b in listing], listing.prefixes) == (["a", "e.txt", "f.txt"], {"dir/"})
    assert names(delimiter="/", include_trailing_delimiter=True) == ["a", "dir/", "e.txt", "f.txt"]
    assert names(prefix="dir/", delimiter="/") == ["dir/", "dir/1", "dir/2"]
    assert names(start_offset="dir/2", end_offset="f") == ["dir/2", "dir/sub/3", "e.txt"]
    assert names(match_glob="**.txt") == ["e.txt", "f.txt"]
    assert names(fields="items(name),nextPageToken", page_size=3)[0] == "a"


def generations_are_kept_and_checked():
    bucket = fresh("client-versions", versioning_enabled=True)
    blob = bucket.blob("lease")
    blob.upload_from_string("one", if_generation_match=0)
    first = blob.generation
    refused(PreconditionFailed, lambda: bucket.blob("lease").upload_from_string("x", if_generation_match=0))
    blob.upload_from_string("two", if_generation_match=first)
    assert bucket.blob("lease", generation=first).download_as_bytes() == b"one"
    versions = lambda: [(b.name, b.time_deleted is None) for b in client.list_blobs(bucket, versions=True)]
    assert versions() == [("lease", False), ("lease", True)]
    bucket.delete_blob("lease")
    assert bucket.get_blob("lease") is None
    bucket.copy_blob(bucket.blob("lease"), bucket, "lease", source_generation=first)
    assert bucket.blob("lease").download_as_bytes() == b"one"
    bucket.blob("lease", generation=first).delete()
    assert len(versions()) == 2, versions()
    refused(Conflict, bucket.delete)


def objects_are_copied_rewritten_and_composed():
    bucket = fresh("client-copies")
    for name, text in [("a", "one "), ("b", "two")]:
        bucket.blob(name, chunk_size=None).upload_from_string(text)
    both = bucket.blob("both")
    both.content_type = "text/plain"
    both.compose([bucket.blob("a"), bucket.blob("b")])
    assert (both.download_as_bytes(), both.component_count, both.md5_hash) == (b"one two", 2, None)
    big = bucket.blob("big")
    big.upload_from_string(b"x" * (3 << 20))
    cold = bucket.blob("cold")
    cold.storage_class = "COLDLINE"
    token, done, total = cold.rewrite(big)
    assert (token, done, total) == (None, 3 << 20, 3 << 20)
    cold.reload()
    assert cold.storage_class == "COLDLINE"
    refused(PreconditionFailed, lambda: both.compose([bucket.blob("a")], if_generation_match=1))


def several_calls_travel_as_one():
    bucket = fresh("client-batch")
    for name in "ab":
        bucket.blob(name).upload_from_string("x")
    with client.batch(raise_exception=False) as batch:
        for name in ["a", "missing", "b"]:
            bucket.blob(name).delete()
    statuses = [response.status_code for response in batch._responses]
    assert statuses == [204, 404, 204], statuses
    assert list(client.list_blobs(bucket)) == []


def access_is_read_changed_and_written():
    bucket = fresh("client-access")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.version = 3
    policy.bindings.append({
        "role": "roles/storage.objectViewer",
        "members": {"user:reader@example.org"},
        "condition": {"title": "soon", "expression": "request.time < timestamp('2030-01-01T00:00:00Z')"},
    })
    stale = bucket.get_iam_policy(requested_policy_version=3)
    bucket.set_iam_policy(policy)
    refused(PreconditionFailed, lambda: bucket.set_iam_policy(stale))
    refused(BadRequest, lambda: bucket.get_iam_policy(requested_policy_version=1))
    seen = bucket.get_iam_policy(requested_policy_version=3)
    assert any(b.get("condition", {}).get("title") == "soon" for b in seen.bindings), seen.bindings
    assert bucket.test_iam_permissions(["storage.buckets.get"]) == ["storage.buckets.get"]
    assert client.get_service_account_email().endswith("gs-project-accounts.iam.gserviceaccount.com")
    refused(BadRequest, bucket.acl.reload)


run(globals())
