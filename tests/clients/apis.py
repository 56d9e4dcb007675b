"""The APIs of a platform, driven by the client that Google makes from its own discovery documents.

That client knows which methods and parameters there are, so what the sandbox does not serve under
its published name cannot be called here. Reads the sandbox's address from SANDBOX_URL and the
program from LEAP_INFRA.
"""

import os
import pathlib
import subprocess
import tempfile
import time

import httplib2
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from stories import run

url = os.environ["SANDBOX_URL"]
project = "projects/platform-project"
region = f"{project}/locations/us-central1"


def api(name, version, path=""):
    """A client of an API, from the document that comes with the package; some have a path."""
    endpoint = {"api_endpoint": f"{url}/{path}"}
    return build(name, version, http=httplib2.Http(), static_discovery=True, client_options=endpoint)


gke = api("container", "v1").projects().locations()
iam = api("iam", "v1").projects()
projects = api("cloudresourcemanager", "v3").projects()
services = api("serviceusage", "v1")
secrets = api("secretmanager", "v1").projects().secrets()
compute = api("compute", "v1", "compute/v1/")
dns = api("dns", "v1")
uptime = api("monitoring", "v3").projects().uptimeCheckConfigs()
channels = api("monitoring", "v3").projects().notificationChannels()
budgets = api("billingbudgets", "v1").billingAccounts().budgets()
bigquery = api("bigquery", "v2", "bigquery/v2/")
registries = api("artifactregistry", "v1", "artifactregistry/").projects().locations()


def refused(status, call):
    """Says that a call is refused with this HTTP status, and returns what was said."""
    try:
        outcome = call.execute()
    except HttpError as error:
        assert error.status_code == status, error
        return error.reason
    raise AssertionError(f"not refused with {status}: {outcome!r}")


def waited(ask, done=lambda operation: operation.get("done")):
    """Asks how an operation fares until it is done."""
    for _ in range(600):
        operation = ask().execute()
        if done(operation):
            assert "error" not in operation, operation
            return operation
        time.sleep(0.05)
    raise AssertionError(f"never done: {operation}")


def gke_done(operation):
    name = f"{region}/operations/{operation['name']}"
    return waited(lambda: gke.operations().get(name=name), lambda it: it["status"] == "DONE")


def a_cluster_takes_its_time_and_one_change_at_a_time():
    pool = {
        "name": "core",
        "initialNodeCount": 1,
        "config": {"machineType": "n2-highmem-4", "diskSizeGb": 30, "labels": {"hub": "core"}},
        "autoscaling": {"enabled": True, "minNodeCount": 1, "maxNodeCount": 5},
        "management": {"autoUpgrade": True},
    }
    cluster = {"name": "one", "nodePools": [pool], "resourceLabels": {"team": "data"}}
    clusters = gke.clusters()
    begun = clusters.create(parent=region, body={"cluster": cluster}).execute()
    assert begun["operationType"] == "CREATE_CLUSTER", begun
    refused(409, clusters.create(parent=region, body={"cluster": cluster}))
    gke_done(begun)
    name = f"{region}/clusters/one"
    seen = clusters.get(name=name).execute()
    assert (seen["status"], seen["nodePools"][0]["config"]["machineType"]) == ("RUNNING", "n2-highmem-4")
    labels = {"resourceLabels": {"team": "ml"}, "labelFingerprint": seen["labelFingerprint"]}
    begun = clusters.setResourceLabels(name=name, body=labels).execute()
    more = {"nodePool": {"name": "more", "initialNodeCount": 0, "config": {"machineType": "n1-standard-8"}, "management": {"autoUpgrade": True}}}
    said = refused(400, clusters.nodePools().create(parent=name, body=more))
    assert "incompatible operation" in said, said
    gke_done(begun)
    refused(400, clusters.setResourceLabels(name=name, body=labels))
    gke_done(clusters.nodePools().create(parent=name, body=more).execute())
    limits = {"autoscaling": {"enabled": True, "totalMinNodeCount": 0, "totalMaxNodeCount": 9}}
    pools = clusters.nodePools()
    gke_done(pools.setAutoscaling(name=f"{name}/nodePools/more", body=limits).execute())
    assert pools.get(name=f"{name}/nodePools/more").execute()["autoscaling"]["totalMaxNodeCount"] == 9
    gke_done(pools.delete(name=f"{name}/nodePools/more").execute())
    assert [pool["name"] for pool in pools.list(parent=name).execute()["nodePools"]] == ["core"]
    assert [it["name"] for it in clusters.list(parent=f"{project}/locations/-").execute()["clusters"]] == ["one"]
    gke_done(clusters.delete(name=name).execute())
    refused(404, clusters.get(name=name))


def an_account_is_made_switched_off_and_leaves_a_deleted_member():
    accounts = iam.serviceAccounts()
    body = {"accountId": "client-robot", "serviceAccount": {"displayName": "Robot"}}
    made = accounts.create(name=project, body=body).execute()
    refused(409, accounts.create(name=project, body=body))
    refused(400, accounts.create(name=project, body={"accountId": "short"}))
    accounts.disable(name=made["name"], body={}).execute()
    assert accounts.get(name=made["name"]).execute()["disabled"]
    member = f"serviceAccount:{made['email']}"
    policy = projects.getIamPolicy(resource=project, body={}).execute()
    policy.setdefault("bindings", []).append({"role": "roles/viewer", "members": [member]})
    waited(lambda: Granting(policy))
    accounts.delete(name=made["name"]).execute()
    bindings = projects.getIamPolicy(resource=project, body={}).execute()["bindings"]
    [members] = [it["members"] for it in bindings if it["role"] == "roles/viewer"]
    assert members == [f"deleted:{member}?uid={made['uniqueId']}"], members
    said = refused(409, projects.setIamPolicy(resource=project, body={"policy": policy}))
    assert "concurrent" in said, said


class Granting:
    """Sets a policy, again and again while the cloud does not know the new account yet."""

    def __init__(self, policy):
        self.call = projects.setIamPolicy(resource=project, body={"policy": policy})

    def execute(self):
        try:
            return {"done": True, "policy": self.call.execute()}
        except HttpError as error:
            assert error.status_code == 400 and "does not exist" in error.reason, error
            return {"done": False}


def a_deleted_role_comes_back():
    roles = iam.roles()
    role = {"title": "Pays", "includedPermissions": ["serviceusage.services.use"], "stage": "GA"}
    made = roles.create(parent=project, body={"roleId": "client_pays", "role": role}).execute()
    roles.delete(name=made["name"]).execute()
    assert roles.list(parent=project).execute().get("roles", []) == []
    assert roles.list(parent=project, showDeleted=True).execute()["roles"][0]["deleted"]
    refused(409, roles.create(parent=project, body={"roleId": "client_pays", "role": role}))
    back = roles.undelete(name=made["name"], body={}).execute()
    assert not back.get("deleted") and back["name"] == made["name"]


def a_way_in_for_jobs_of_github_is_made_and_comes_back():
    pools = iam.locations().workloadIdentityPools()
    parent = f"{project}/locations/global"
    pool = f"{parent}/workloadIdentityPools/client-github"
    done = lambda operation: waited(lambda: pools.operations().get(name=operation["name"]))
    done(pools.create(parent=parent, workloadIdentityPoolId="client-github", body={"displayName": "GitHub"}).execute())
    provider = {
        "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": "assertion.repository == 'leap-stc/infrastructure'",
    }
    providers = pools.providers()
    made = providers.create(parent=pool, workloadIdentityPoolProviderId="github", body=provider).execute()
    waited(lambda: providers.operations().get(name=made["name"]))
    assert providers.get(name=f"{pool}/providers/github").execute()["oidc"] == provider["oidc"]
    done(pools.delete(name=pool).execute())
    assert pools.get(name=pool).execute()["state"] == "DELETED"
    done(pools.undelete(name=pool, body={}).execute())
    assert pools.get(name=pool).execute()["state"] == "ACTIVE"


def an_api_is_enabled_and_listed():
    service = f"{project}/services/container.googleapis.com"
    begun = services.services().enable(name=service, body={}).execute()
    if not begun.get("done"):
        waited(lambda: services.operations().get(name=begun["name"]))
    assert services.services().get(name=service).execute()["state"] == "ENABLED"
    listed = services.services().list(parent=project, filter="state:ENABLED").execute()["services"]
    assert service.split("/")[-1] in [it["config"]["name"] for it in listed], listed


def a_secret_is_made_filled_and_never_listed_with_its_value():
    body = {"replication": {"automatic": {}}, "labels": {"team": "data"}}
    made = secrets.create(parent=project, secretId="client-secret", body=body).execute()
    secrets.addVersion(parent=made["name"], body={"payload": {"data": "aGVsbG8="}}).execute()
    latest = secrets.versions().access(name=f"{made['name']}/versions/latest").execute()
    assert latest["payload"]["data"] == "aGVsbG8="
    assert "aGVsbG8" not in str(secrets.list(parent=project).execute())
    assert "aGVsbG8" not in str(secrets.versions().list(parent=made["name"]).execute())
    secrets.delete(name=made["name"]).execute()
    refused(404, secrets.get(name=made["name"]))


def what_a_month_cost_is_asked_of_the_export_page_by_page():
    name, asked = "platform-project", {"projectId": "platform-project"}
    services.services().enable(name=f"{project}/services/bigquery.googleapis.com", body={}).execute()
    hubs = {"prod": 30.0, "staging": 2.5, "public": 4.0}
    rows = [
        {
            "json": {
                "invoice": {"month": "202610"},
                "labels": [{"key": "hub", "value": hub}],
                "cost": cost,
                "currency": "USD",
                "credits": [{"amount": -0.5}],
            }
        }
        for hub, cost in hubs.items()
    ]
    place = {**asked, "datasetId": "billing", "tableId": "gcp_billing_export_resource_v1_X"}
    answer = bigquery.tabledata().insertAll(**place, body={"rows": rows}).execute()
    assert "insertErrors" not in answer, answer
    table = f"{name}.billing.gcp_billing_export_resource_v1_*"
    text = {"parameterType": {"type": "STRING"}}
    body = {
        "query": "SELECT IFNULL((SELECT ANY_VALUE(l.value) FROM UNNEST(labels) AS l "
        "WHERE l.key = @label), '') AS name, currency, SUM(cost) AS cost, "
        "SUM(IFNULL((SELECT SUM(c.amount) FROM UNNEST(credits) AS c), 0)) AS credits "
        f"FROM `{table}` WHERE invoice.month = @month "
        "GROUP BY name, currency ORDER BY cost DESC, name, currency",
        "useLegacySql": False,
        "parameterMode": "NAMED",
        "queryParameters": [
            {"name": "label", **text, "parameterValue": {"value": "hub"}},
            {"name": "month", **text, "parameterValue": {"value": "202610"}},
        ],
        "maxResults": 2,
    }
    job = bigquery.jobs().query(**asked, body=body).execute()["jobReference"]["jobId"]
    results = bigquery.jobs().getQueryResults
    page = waited(lambda: results(**asked, jobId=job, maxResults=2), lambda it: it["jobComplete"])
    rest = results(**asked, jobId=job, maxResults=2, pageToken=page["pageToken"]).execute()
    rows = [[cell["v"] for cell in row["f"]] for row in page["rows"] + rest["rows"]]
    costs = [(hub, float(cost)) for hub, _, cost, _ in rows]
    assert costs == [("prod", 30.0), ("public", 4.0), ("staging", 2.5)], rows
    body["query"] = "SELECT 1"
    refused(501, bigquery.jobs().query(**asked, body=body))


def a_registry_is_made_changed_and_given_back():
    body = {"format": "DOCKER", "labels": {"team": "data"}}
    make = {"parent": region, "repositoryId": "images", "body": body}
    begun = registries.repositories().create(**make).execute()
    done = lambda: registries.operations().get(name=begun["name"])
    there = waited(done)["response"]["name"]
    refused(409, registries.repositories().create(**make))
    cleanup = {"id": "old", "action": "DELETE", "condition": {"olderThan": "86400s"}}
    patch = {"cleanupPolicies": {"old": cleanup}, "description": "not named"}
    changed = registries.repositories().patch(
        name=there, updateMask="cleanupPolicies", body=patch
    ).execute()
    assert changed["cleanupPolicies"]["old"]["action"] == "DELETE", changed
    assert "description" not in changed, changed
    listed = registries.repositories().list(parent=region).execute()["repositories"]
    assert there in [it["name"] for it in listed], listed
    assert registries.repositories().packages().list(parent=there).execute() == {}
    begun = registries.repositories().delete(name=there).execute()
    waited(done)
    refused(404, registries.repositories().get(name=there))


def compute_done(operation):
    here = {"project": "platform-project", "operation": operation["name"]}
    if "zone" in operation:
        zone = operation["zone"].split("/")[-1]
        ask = lambda: compute.zoneOperations().get(zone=zone, **here)
    else:
        region = operation["region"].split("/")[-1]
        ask = lambda: compute.regionOperations().get(region=region, **here)
    waited(ask, lambda it: it["status"] == "DONE")


def a_disk_grows_follows_a_schedule_and_does_not_shrink():
    here = {"project": "platform-project", "zone": "us-central1-c"}
    made = {"name": "homes", "sizeGb": "10", "type": "zones/us-central1-c/diskTypes/pd-balanced"}
    compute_done(compute.disks().insert(body=made, **here).execute())
    refused(409, compute.disks().insert(body=made, **here))
    compute_done(compute.disks().resize(disk="homes", body={"sizeGb": "20"}, **here).execute())
    refused(400, compute.disks().resize(disk="homes", body={"sizeGb": "15"}, **here))
    there = {"project": "platform-project", "region": "us-central1"}
    daily = {"dailySchedule": {"daysInCycle": 1, "startTime": "04:00"}}
    policy = {"schedule": daily, "retentionPolicy": {"maxRetentionDays": 14}}
    body = {"name": "nightly", "snapshotSchedulePolicy": policy}
    compute_done(compute.resourcePolicies().insert(body=body, **there).execute())
    link = "projects/platform-project/regions/us-central1/resourcePolicies/nightly"
    follow = compute.disks().addResourcePolicies(disk="homes", body={"resourcePolicies": [link]}, **here)
    compute_done(follow.execute())
    refused(400, compute.resourcePolicies().delete(resourcePolicy="nightly", **there))
    seen = compute.disks().get(disk="homes", **here).execute()
    assert (seen["sizeGb"], seen["resourcePolicies"][0].endswith(link)) == ("20", True), seen
    labels = {"labels": {"team": "data"}, "labelFingerprint": seen["labelFingerprint"]}
    compute_done(compute.disks().setLabels(resource="homes", body=labels, **here).execute())
    refused(412, compute.disks().setLabels(resource="homes", body=labels, **here))
    listed = compute.disks().aggregatedList(project="platform-project").execute()["items"]
    assert [it["name"] for it in listed["zones/us-central1-c"]["disks"]] == ["homes"]
    compute_done(compute.disks().delete(disk="homes", **here).execute())
    refused(404, compute.disks().get(disk="homes", **here))


def an_address_is_reserved_and_given_back():
    here = {"project": "platform-project", "region": "us-central1"}
    compute_done(compute.addresses().insert(body={"name": "hub"}, **here).execute())
    seen = compute.addresses().get(address="hub", **here).execute()
    assert seen["status"] == "RESERVED" and seen["address"], seen
    compute_done(compute.addresses().delete(address="hub", **here).execute())


def a_record_changes_whole_or_not_at_all():
    here = {"project": "platform-project", "managedZone": "hubs"}
    zone = {"name": "hubs", "dnsName": "example.org.", "description": "Hubs"}
    dns.managedZones().create(project="platform-project", body=zone).execute()
    number = lambda data: {"name": "hub.example.org.", "type": "A", "ttl": 300, "rrdatas": [data]}
    change = lambda **body: dns.changes().create(body=body, **here)
    begun = change(additions=[number("192.0.2.1")]).execute()
    ask = lambda: dns.changes().get(changeId=begun["id"], **here)
    waited(ask, lambda it: it["status"] == "done")
    refused(409, change(additions=[number("192.0.2.2")]))
    refused(412, change(deletions=[number("192.0.2.2")], additions=[number("192.0.2.3")]))
    change(deletions=[number("192.0.2.1")], additions=[number("192.0.2.2")]).execute()
    seen = dns.resourceRecordSets().list(name="hub.example.org.", type="A", **here).execute()
    assert [it["rrdatas"] for it in seen["rrsets"]] == [["192.0.2.2"]], seen
    refused(400, dns.managedZones().delete(**here))
    change(deletions=[number("192.0.2.2")]).execute()
    dns.managedZones().delete(**here).execute()
    assert dns.managedZones().list(project="platform-project").execute().get("managedZones", []) == []


def an_uptime_check_is_named_by_the_server_and_keeps_its_host():
    check = {
        "displayName": "Hub",
        "monitoredResource": {"type": "uptime_url", "labels": {"host": "hub.example.org"}},
        "httpCheck": {"useSsl": True, "path": "/hub/health"},
    }
    made = uptime.create(parent=project, body=check).execute()
    assert made["name"].startswith(f"{project}/uptimeCheckConfigs/"), made
    changed = uptime.patch(name=made["name"], updateMask="period", body={"period": "300s"}).execute()
    assert (changed["period"], changed["timeout"]) == ("300s", "10s"), changed
    moved = {"monitoredResource": {"type": "uptime_url", "labels": {"host": "lab.example.org"}}}
    refused(400, uptime.patch(name=made["name"], updateMask="monitoredResource", body=moved))
    assert [it["name"] for it in uptime.list(parent=project).execute()["uptimeCheckConfigs"]] == [made["name"]]
    uptime.delete(name=made["name"]).execute()
    refused(404, uptime.get(name=made["name"]))


def a_budget_changes_for_its_etag_and_writes_to_a_channel():
    mail = {"type": "email", "labels": {"email_address": "money@leap.example.org"}}
    channel = channels.create(name=project, body=mail).execute()
    assert channels.list(name=project).execute()["notificationChannels"] == [channel]
    account = "billingAccounts/012345-6789AB-CDEF01"
    body = {
        "displayName": "Platform",
        "budgetFilter": {"projects": [project]},
        "amount": {"specifiedAmount": {"units": "7000", "currencyCode": "USD"}},
        "thresholdRules": [{"thresholdPercent": 0.9}],
        "notificationsRule": {"monitoringNotificationChannels": [channel["name"]]},
    }
    made = budgets.create(parent=account, body=body).execute()
    assert made["budgetFilter"]["projects"] != [project], made
    patch = lambda **fields: budgets.patch(name=made["name"], updateMask="displayName", body=fields)
    patch(displayName="Other", etag=made["etag"]).execute()
    refused(409, patch(displayName="Third", etag=made["etag"]))
    refused(400, patch(displayName="b" * 61))
    assert [it["displayName"] for it in budgets.list(parent=account).execute()["budgets"]] == ["Other"]
    budgets.delete(name=made["name"]).execute()
    channels.patch(name=channel["name"], updateMask="enabled", body={"enabled": False}).execute()
    channels.delete(name=channel["name"]).execute()
    refused(404, channels.get(name=channel["name"]))


folder = pathlib.Path(tempfile.mkdtemp())
(folder / "environments").mkdir()
(folder / "environments" / "prod.yaml").write_text("environment: prod\n")
stack = folder / "stacks" / "platform"
stack.mkdir(parents=True)
(stack / "stack.yaml").write_text(
    """stack: platform
prefix: platform
cloud: { project: platform-project, project_number: 123456789012, region: us-central1, zone: us-central1-c }

clusters:
  main:
    pools:
      t4: { role: user, machine: n1-standard-8, gpu: nvidia-tesla-t4, nodes: { total: 0..10 } }
"""
)


def expect(code, *words, says=""):
    """Runs the program on the stack, and looks for a text in what it says."""
    done = subprocess.run(
        [os.environ["LEAP_INFRA"], words[0], str(stack), *words[1:]],
        env={**os.environ, "LEAP_INFRA_SANDBOX_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code and says in said, f"{words} ended with {done.returncode}:\n{said}"


def limits_that_others_changed_are_drift_and_are_repaired():
    expect(0, "apply", "--auto-approve")
    expect(0, "drift")
    [cluster] = gke.clusters().list(parent=f"{project}/locations/-").execute()["clusters"]
    [pool] = cluster["nodePools"]
    place = f"{project}/locations/{cluster['location']}"
    name = f"{place}/clusters/{cluster['name']}/nodePools/{pool['name']}"
    limits = {"autoscaling": {**pool["autoscaling"], "totalMaxNodeCount": 99}}
    begun = gke.clusters().nodePools().setAutoscaling(name=name, body=limits).execute()
    operation = f"{place}/operations/{begun['name']}"
    waited(lambda: gke.operations().get(name=operation), lambda it: it["status"] == "DONE")
    expect(3, "drift", says="0..10")
    expect(0, "apply", "--auto-approve")
    expect(0, "drift")
    after = gke.clusters().nodePools().get(name=name).execute()
    assert after["autoscaling"]["totalMaxNodeCount"] == 10, after


def the_cluster_goes_only_with_the_words():
    expect(7, "destroy", "--auto-approve", says="--dangerous-delete")


run(globals())
