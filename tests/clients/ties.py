"""What others do to buckets, and what leap-infra makes of it.

Reads the sandbox's address from SANDBOX_URL and the program from LEAP_INFRA.
"""

import os
import pathlib
import subprocess
import tempfile

from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from stories import run

url = os.environ["SANDBOX_URL"]
client = storage.Client(
    project="ties-project", credentials=AnonymousCredentials(), client_options={"api_endpoint": url}
)
folder = pathlib.Path(tempfile.mkdtemp())
(folder / "environments").mkdir()
(folder / "environments" / "prod.yaml").write_text("environment: prod\n")
stack = folder / "stacks" / "ties"
stack.mkdir(parents=True)
(stack / "stack.yaml").write_text(
    """stack: ties
prefix: ties
cloud: { project: ties-project, region: us-central1 }

buckets:
  data:
    delete_after_days: 30
    grants:
      read: [group:readers@example.org]
"""
)


def leap_infra(*words):
    """Runs the program on the stack and returns how it ended and what it said."""
    done = subprocess.run(
        [os.environ["LEAP_INFRA"], words[0], str(stack), *words[1:]],
        env={**os.environ, "LEAP_INFRA_SANDBOX_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def expect(code, *words, says=""):
    ended, said = leap_infra(*words)
    assert ended == code and says in said, f"{words} ended with {ended} and said:\n{said}"


def a_bucket_that_others_made_is_not_ours():
    theirs = client.create_bucket("ties-data")
    expect(7, "plan", says="ties-data")
    assert client.get_bucket("ties-data").labels == {}
    theirs.delete()


def a_bucket_of_ours_that_others_changed_is_drift_and_is_repaired():
    expect(0, "apply", "--auto-approve")
    expect(0, "drift")
    ours = client.get_bucket("ties-data")
    assert ours.labels["leap-infra-stack"] == "ties"
    ours.clear_lifecycle_rules()
    ours.patch()
    expect(3, "drift", says="ties-data")
    expect(0, "apply", "--auto-approve")
    expect(0, "drift")
    ours.reload()
    assert [rule["condition"]["age"] for rule in ours.lifecycle_rules] == [30]


def a_member_that_others_added_has_an_unknown_owner_and_stays():
    bucket = client.bucket("ties-data")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    role = "roles/storage.objectViewer"
    [readers] = [binding for binding in policy.bindings if binding["role"] == role]
    assert "group:readers@example.org" in readers["members"]
    readers["members"].add("user:bob@example.org")
    bucket.set_iam_policy(policy)
    expect(0, "plan", says="unknown owner")
    expect(0, "apply", "--auto-approve")
    after = bucket.get_iam_policy(requested_policy_version=3)
    assert any("user:bob@example.org" in binding["members"] for binding in after.bindings)


def an_object_guards_its_bucket():
    blob = client.bucket("ties-data").blob("precious")
    blob.upload_from_string("data")
    expect(7, "destroy", "--auto-approve", says="holds objects")
    blob.delete()
    expect(0, "destroy", "--auto-approve")
    assert client.lookup_bucket("ties-data") is None


run(globals())
