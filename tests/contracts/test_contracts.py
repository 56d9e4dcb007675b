"""The contracts find what is planted, and leave alone what is right."""

import base64
import json
import unittest

from google.cloud._storage_v2.types import storage

import check
import openapi

BUCKET = "/storage/v1/b"


def call(method, path, query="", request=None, status=200, answer=None):
    """A recorded call with JSON on both sides."""

    def content(value):
        if value is None:
            return {"type": "", "text": ""}
        return {"type": "application/json", "text": json.dumps(value)}

    return {
        "api": "gcs", "method": method, "path": path, "query": query,
        "request": content(request), "status": status, "answer": content(answer),
    }  # fmt: skip


def rpc(method, request, answer, status="OK"):
    """A recorded call of gRPC."""

    def content(message):
        raw = message if isinstance(message, bytes) else type(message).serialize(message)
        frame = b"\0" + len(raw).to_bytes(4, "big") + raw
        return {"type": "application/grpc", "base64": base64.b64encode(frame).decode()}

    return {
        "api": "gcs", "method": "POST", "path": f"/google.storage.v2.Storage/{method}", "query": "",
        "request": content(request), "status": 200, "grpc": status, "answer": content(answer),
    }  # fmt: skip


class Story(unittest.TestCase):
    """Each test plants one thing."""

    def found(self, *lines):
        contracts = check.Contracts()
        for line in lines:
            contracts.call(line)
        return [line.split(" (")[0] for line in contracts.findings.lines()]

    def test_what_is_right_is_left_alone(self):
        bucket = {"name": "x", "labels": {"a": "b"}, "metageneration": "1", "location": "US"}
        self.assertEqual(
            self.found(
                call("POST", BUCKET, "project=p&$alt=json;enum-encoding=int", {"name": "x"}, 200, bucket),
                call("PATCH", f"{BUCKET}/x", "", {"labels": {"a": None}}, 200, bucket),
                call("GET", f"{BUCKET}/x/o/a%2Fb", "alt=media"),
                call("DELETE", f"{BUCKET}/x", status=204),
                call("PUT", "/upload/storage/v1/b/x/o", "uploadType=resumable&upload_id=1", status=308),
                call("PATCH", "/v1/projects/p/secrets/s", "updateMask=labels", {"labels": {}}),
            ),
            [],
        )

    def test_an_unknown_field_of_a_request_is_found_with_the_nearest(self):
        found = self.found(call("POST", BUCKET, "project=p", {"lable": {}}))
        self.assertEqual(
            found,
            ["storage.buckets.insert: request lable: is not known to Google; the nearest is `labels`"],
        )

    def test_an_unknown_field_of_an_answer_is_found_at_any_depth_and_told_once(self):
        answer = {"items": [{"name": "a", "sise": "1"}, {"sise": "2"}]}
        found = self.found(call("GET", f"{BUCKET}/x/o", answer=answer))
        self.assertEqual(
            found,
            ["storage.objects.list: answer items[].sise: is not known to Google; the nearest is `size`"],
        )

    def test_an_unknown_parameter_is_found(self):
        found = self.found(call("GET", f"{BUCKET}/x/o", "prefx=a"))
        self.assertIn("?prefx: is not a parameter of this method; the nearest is `prefix`", found[0])

    def test_wrong_types_are_found(self):
        answer = {"metageneration": 1, "timeCreated": "yesterday", "labels": []}
        found = self.found(call("GET", f"{BUCKET}/x", answer=answer))
        self.assertEqual(len(found), 3, found)

    def test_a_wrong_enum_is_found(self):
        found = self.found(call("GET", f"{BUCKET}/x", "projection=ful"))
        self.assertIn("?projection: has no value `ful`; the nearest is `full`", found[0])
        found = self.found(call("GET", "/v1/projects/p/secrets/s/versions/1", answer={"state": "ENABLD"}))
        self.assertIn("answer state: has no value `ENABLD`; the nearest is `ENABLED`", found[0])
        self.assertEqual(
            self.found(call("GET", "/v1/projects/p/secrets/s/versions/1", answer={"state": 1})), []
        )

    def test_a_bad_mask_is_found(self):
        found = self.found(
            call("PATCH", "/v1/projects/p/secrets/s", "updateMask=lables", {"labels": {}})
        )
        self.assertIn("?updateMask=lables: `lables` is not known to Google", found[0])

    def test_a_path_that_google_does_not_have_is_found(self):
        found = self.found(call("GET", f"{BUCKET}/x/objects/a"))
        self.assertIn("no such method; the nearest is `GET /storage/v1/b/{bucket}/", found[0])

    def test_what_was_refused_as_wrong_is_not_held_against_the_caller(self):
        error = {"error": {"code": 400, "message": "no"}}
        self.assertEqual(self.found(call("POST", BUCKET, "", {"lable": {}}, 400, error)), [])
        found = self.found(call("POST", BUCKET, "", {}, 400, {"error": {"code": "400"}, "x": 1}))
        self.assertEqual(len(found), 2, found)

    @unittest.skipUnless(openapi.published("/github"), "the packages of npm were not fetched")
    def test_what_github_does_not_have_is_found(self):
        teams = "/github/orgs/leap-stc/teams"
        refusal = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}
        self.assertEqual(
            self.found(
                call("GET", teams, "per_page=100", answer=[]),
                call("GET", f"{teams}/x", status=404, answer=refusal),
                call("DELETE", f"{teams}/x", status=204),
            ),
            [],
        )
        wrong = [
            call("GET", teams, "per_pag=100", answer=[]),
            call("GET", teams, "per_page=1000", answer=[]),
            call("POST", teams, request={"nam": "x"}, status=403, answer={}),
            call("PUT", f"{teams}/x/memberships/a", request={"role": "boss"}, answer={"state": "active"}),
            call("DELETE", f"{teams}/x", answer={}),
            call("GET", f"{teams}/x/people", answer=[]),
            call("POST", "/github/graphql", request={"query": "{ organization { x } }"}, answer={"data": {}}),
        ]
        counts = [len(self.found(line)) for line in wrong]
        self.assertEqual(counts, [1, 1, 2, 3, 1, 1, 3], list(map(self.found, wrong)))

    def test_the_description_of_an_upload_is_looked_at(self):
        line = call("POST", "/upload/storage/v1/b/x/o", "uploadType=multipart")
        text = '--b\r\nContent-Type: application/json\r\n\r\n{"nam": "a"}\r\n'
        line["request"] = {"type": "multipart/related; boundary=b", "text": text}
        self.assertIn("storage.objects.insert: request nam:", self.found(line)[0])

    def test_the_calls_inside_a_batch_are_looked_at(self):
        line = call("POST", "/batch/storage/v1")
        asked = (
            "--b\r\nContent-Type: application/http\r\nContent-ID: <1>\r\n\r\n"
            "PATCH /storage/v1/b/x?projektion=full HTTP/1.1\r\nContent-Type: application/json\r\n"
            '\r\n{"lable": {}}\r\n--b--\r\n'
        )
        answered = (
            "--c\r\nContent-Type: application/http\r\nContent-ID: <response-1>\r\n\r\n"
            'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"nam": "x"}\r\n--c--\r\n'
        )
        line["request"] = {"type": "multipart/mixed; boundary=b", "text": asked}
        line["answer"] = {"type": "multipart/mixed; boundary=c", "text": answered}
        self.assertEqual(len(self.found(line)), 3, self.found(line))

    def test_an_unknown_field_of_a_message_is_found(self):
        bucket = storage.Bucket(name="x", bucket_id="x")
        good = storage.Bucket.serialize(bucket)
        self.assertEqual(self.found(rpc("GetBucket", storage.GetBucketRequest(name="x"), bucket)), [])
        found = self.found(rpc("GetBucket", storage.GetBucketRequest(name="x"), good + b"\xc2\x3e\x01x"))
        self.assertIn("answer #1000: is not in google.storage.v2.Bucket", found[0])
        # Field 1, the name, as a number.
        found = self.found(rpc("GetBucket", b"\x08\x05", bucket))
        self.assertIn("has another type in google.storage.v2.GetBucketRequest", found[0] + " (name)")

    def test_a_bad_path_of_a_mask_is_found(self):
        def update(path):
            request = storage.UpdateBucketRequest(
                bucket=storage.Bucket(name="x"), update_mask={"paths": [path]}
            )
            return rpc("UpdateBucket", request, storage.Bucket(name="x"))

        for path in ("labels", "labels.a", "iam_config.uniform_bucket_level_access", "*"):
            self.assertEqual(self.found(update(path)), [], path)
        found = self.found(update("lables"))
        self.assertIn("google.storage.v2.Bucket has no `lables`; the nearest is `labels`", found[0])
        self.assertEqual(len(self.found(update("iam_config.public"))), 1)

    def test_a_method_that_google_does_not_have_is_found(self):
        found = self.found(rpc("GetBuckets", b"", b""))
        self.assertIn("no such method", found[0])


if __name__ == "__main__":
    unittest.main()
