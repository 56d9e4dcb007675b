"""gcsfs, through which xarray and zarr read buckets. Reads the sandbox's address from SANDBOX_URL."""

import os

import gcsfs

from stories import refused, run

gcs = gcsfs.GCSFileSystem(
    project="leap", token="anon", endpoint_url=os.environ["SANDBOX_URL"], cache_timeout=0
)


def a_bucket_is_made_and_listed():
    # Without lists of access control, which it asks for unless told.
    uniform = {"uniformBucketLevelAccess": {"enabled": True}}
    gcs.mkdir("gcsfs-bucket", acl=None, default_acl=None, location="US", iam_configuration=uniform)
    assert any(path.strip("/") == "gcsfs-bucket" for path in gcs.ls(""))
    assert gcs.exists("gcsfs-bucket")


def small_files_are_written_read_and_listed_by_folder():
    gcs.pipe({"gcsfs-bucket/store/.zgroup": b"{}", "gcsfs-bucket/store/t/0.0": b"0123456789"})
    assert gcs.cat("gcsfs-bucket/store/t/0.0") == b"0123456789"
    assert gcs.cat_file("gcsfs-bucket/store/t/0.0", start=2, end=5) == b"234"
    assert gcs.cat_file("gcsfs-bucket/store/t/0.0", start=-3) == b"789"
    assert gcs.ls("gcsfs-bucket/store") == ["gcsfs-bucket/store/.zgroup", "gcsfs-bucket/store/t"]
    assert gcs.glob("gcsfs-bucket/**/0.*") == ["gcsfs-bucket/store/t/0.0"]
    assert gcs.du("gcsfs-bucket") == 12
    assert gcs.isdir("gcsfs-bucket/store/t") and gcs.info("gcsfs-bucket/store/.zgroup")["size"] == 2
    refused(FileNotFoundError, lambda: gcs.cat("gcsfs-bucket/store/nothing"))


def a_large_file_is_uploaded_in_a_session_and_read_in_ranges():
    content = os.urandom(1 << 20) * 20
    with gcs.open("gcsfs-bucket/large", "wb", block_size=5 << 20) as file:
        file.write(content)
    assert gcs.info("gcsfs-bucket/large")["size"] == len(content)
    with gcs.open("gcsfs-bucket/large", "rb") as file:
        file.seek(12_345_678)
        assert file.read(100) == content[12_345_678:12_345_778]
    assert gcs.cat("gcsfs-bucket/large") == content


def files_are_described_copied_moved_and_deleted():
    gcs.setxattrs("gcsfs-bucket/store/.zgroup", content_type="application/json", who="me")
    assert gcs.getxattr("gcsfs-bucket/store/.zgroup", "who") == "me"
    gcs.copy("gcsfs-bucket/large", "gcsfs-bucket/copy")
    gcs.mv("gcsfs-bucket/copy", "gcsfs-bucket/moved")
    assert gcs.exists("gcsfs-bucket/moved") and not gcs.exists("gcsfs-bucket/copy")
    gcs.merge("gcsfs-bucket/joined", ["gcsfs-bucket/store/.zgroup", "gcsfs-bucket/store/t/0.0"])
    assert gcs.cat("gcsfs-bucket/joined") == b"{}0123456789"
    gcs.rm("gcsfs-bucket/", recursive=True)
    assert not gcs.exists("gcsfs-bucket")


run(globals())
