//! What becomes of objects in a cluster: watching, holding, growing, defining.

use futures::{StreamExt as _, TryStreamExt as _};
use kube::api::{Api, DynamicObject, PostParams, WatchEvent, WatchParams};
use serde_json::{Value, json};

use super::kubernetes::{CLUSTER, client, config, configs, get, of, send, told};
use super::*;

const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const DEFINITIONS: &str = "apis/apiextensions.k8s.io/v1/customresourcedefinitions";

fn maps(bench: &Bench) -> Api<DynamicObject> {
    Api::namespaced_with(client(bench), "default", &of("", "ConfigMap"))
}

fn word(event: &WatchEvent<DynamicObject>) -> (&'static str, String) {
    let name = |object: &DynamicObject| object.metadata.name.clone().unwrap_or_default();
    match event {
        WatchEvent::Added(object) => ("added", name(object)),
        WatchEvent::Modified(object) => ("modified", name(object)),
        WatchEvent::Deleted(object) => ("deleted", name(object)),
        WatchEvent::Bookmark(_) => ("bookmark", String::new()),
        WatchEvent::Error(_) => ("error", String::new()),
    }
}

#[tokio::test]
async fn whoever_watches_is_told_everything_since_their_list_in_order() {
    let bench = Bench::new().await;
    let api = maps(&bench);
    let since = api.list(&Default::default()).await.unwrap().metadata.resource_version.unwrap();
    let path = configs("default");
    bench.call("POST", &path, config("a", json!({ "app": "hub" }))).await;
    bench.call("POST", &path, config("b", json!({ "app": "x" }))).await;
    let away = json!({ "metadata": { "labels": { "app": "x" } } });
    send(&bench, "PATCH", &format!("{path}/a"), MERGE, &away).await;

    let params = WatchParams::default().labels("app=hub").timeout(20);
    let mut seen = api.watch(&params, &since).await.unwrap().boxed();
    let mut next = async || word(&soon(seen.try_next()).await.unwrap().unwrap());
    assert_eq!(next().await, ("added", "a".to_owned()));
    assert_eq!(next().await, ("deleted", "a".to_owned()));
    let back = json!({ "metadata": { "labels": { "app": "hub" } } });
    send(&bench, "PATCH", &format!("{path}/b"), MERGE, &back).await;
    assert_eq!(next().await, ("added", "b".to_owned()));
    bench.call("DELETE", &format!("{path}/b"), Value::Null).await;
    assert_eq!(next().await, ("deleted", "b".to_owned()));
}

#[tokio::test]
async fn a_watch_that_ends_leaves_a_bookmark_and_one_from_long_ago_is_refused() {
    let bench = Bench::new().await;
    let path = configs("default");
    for _ in 0..600 {
        bench.call("POST", &path, config("a", json!({}))).await;
        bench.call("DELETE", &format!("{path}/a"), Value::Null).await;
    }
    let api = maps(&bench);
    let params = WatchParams::default().timeout(1);
    let old: Vec<_> = api.watch(&params, "1").await.unwrap().try_collect().await.unwrap();
    let [WatchEvent::Error(error)] = old.as_slice() else { panic!("{old:?}") };
    assert_eq!((error.code, error.reason.as_str()), (410, "Expired"));
    let now = api.list(&Default::default()).await.unwrap().metadata.resource_version.unwrap();
    let new: Vec<_> = api.watch(&params, &now).await.unwrap().try_collect().await.unwrap();
    assert_eq!(new.iter().map(word).collect::<Vec<_>>(), [("bookmark", String::new())]);
}

#[tokio::test]
async fn a_finalizer_holds_an_object_until_it_is_taken_away() {
    let bench = Bench::new().await;
    let mut held = config("a", json!({}));
    held["metadata"]["finalizers"] = json!(["example.org/wait"]);
    bench.call("POST", &configs("default"), held).await;
    let path = format!("{}/a", configs("default"));
    let (_, going) = bench.call("DELETE", &path, Value::Null).await;
    assert!(going["metadata"]["deletionTimestamp"].is_string());
    let more = json!({ "metadata": { "finalizers": ["example.org/wait", "example.org/more"] } });
    assert_eq!(send(&bench, "PATCH", &path, MERGE, &more).await.0, 422);
    let free = json!({ "metadata": { "finalizers": null } });
    assert_eq!(send(&bench, "PATCH", &path, MERGE, &free).await.0, 200);
    assert_eq!(get(&bench, &path).await.0, 404);
}

#[tokio::test]
async fn what_belongs_to_an_object_goes_with_it_unless_it_is_to_be_left() {
    let bench = Bench::new().await;
    for (policy, code) in [("Background", 404), ("Foreground", 404), ("Orphan", 200)] {
        let (_, owner) = bench.call("POST", &configs("default"), config("owner", json!({}))).await;
        let mut own = config(&format!("own-{}", policy.to_lowercase()), json!({}));
        let uid = &owner["metadata"]["uid"];
        let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid });
        own["metadata"]["ownerReferences"] = json!([owner]);
        bench.call("POST", &configs("default"), own.clone()).await;
        let options = json!({ "propagationPolicy": policy });
        let path = configs("default");
        assert_eq!(bench.call("DELETE", &format!("{path}/owner"), options).await.0, 200);
        let name = own["metadata"]["name"].as_str().unwrap();
        assert_eq!(get(&bench, &format!("{path}/{name}")).await.0, code, "{policy}");
        assert_eq!(get(&bench, &format!("{path}/owner")).await.0, 404, "{policy}");
    }
}

#[tokio::test]
async fn all_that_is_selected_is_deleted_in_one_call_and_only_if_it_is_what_was_meant() {
    let bench = Bench::new().await;
    let path = configs("default");
    for (name, app) in [("a", "hub"), ("b", "hub"), ("c", "x")] {
        bench.call("POST", &path, config(name, json!({ "app": app }))).await;
    }
    let selected = format!("{path}?labelSelector=app%3Dhub");
    let (code, gone) = bench.call("DELETE", &selected, Value::Null).await;
    assert_eq!((code, gone["items"].as_array().unwrap().len()), (200, 2));
    let other = json!({ "preconditions": { "uid": "another" } });
    let refused = bench.call("DELETE", &format!("{path}/c"), other).await;
    assert_eq!((refused.0, refused.1["reason"].as_str()), (409, Some("Conflict")));
    assert!(refused.1["message"].as_str().unwrap().contains("does not match the UID in record"));
}

#[tokio::test]
async fn a_claim_is_bound_grows_and_goes_with_its_volume() {
    let bench = Bench::new().await;
    let claims = format!("{CLUSTER}/api/v1/namespaces/default/persistentvolumeclaims");
    let spec = |size: &str| json!({ "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": size } } });
    let claim = json!({ "metadata": { "name": "hub-db" }, "spec": spec("1024Mi") });
    let (_, made) = bench.call("POST", &claims, claim).await;
    assert_eq!(made["spec"]["resources"]["requests"]["storage"], "1Gi");
    let path = format!("{claims}/hub-db");
    let (_, bound) = get(&bench, &path).await;
    assert_eq!(bound["status"]["phase"], "Bound");
    let volume = format!(
        "{CLUSTER}/api/v1/persistentvolumes/{}",
        bound["spec"]["volumeName"].as_str().unwrap()
    );
    assert_eq!(get(&bench, &volume).await.1["spec"]["claimRef"]["name"], "hub-db");
    let size = |size: &str| json!({ "spec": { "resources": { "requests": { "storage": size } } } });
    assert_eq!(send(&bench, "PATCH", &path, MERGE, &size("2Gi")).await.0, 200);
    assert_eq!(get(&bench, &path).await.1["status"]["capacity"]["storage"], "2Gi");
    assert_eq!(send(&bench, "PATCH", &path, MERGE, &size("1Gi")).await.0, 422);
    bench.call("DELETE", &path, Value::Null).await;
    assert_eq!(get(&bench, &path).await.0, 404);
    assert_eq!(get(&bench, &volume).await.0, 404);
}

#[tokio::test]
async fn a_service_gets_an_address_and_keeps_it() {
    let bench = Bench::new().await;
    let path = format!("{CLUSTER}/api/v1/namespaces/default/services");
    let spec =
        json!({ "type": "LoadBalancer", "ports": [{ "port": 80 }], "selector": { "app": "hub" } });
    let service = json!({ "metadata": { "name": "proxy" }, "spec": spec });
    let (_, made) = bench.call("POST", &path, service.clone()).await;
    assert!(made["spec"]["clusterIP"].is_string() && made["spec"]["ports"][0]["nodePort"].is_u64());
    let (_, now) = get(&bench, &format!("{path}/proxy")).await;
    assert!(now["status"]["loadBalancer"]["ingress"][0]["ip"].is_string());
    let (_, after) = bench.call("PUT", &format!("{path}/proxy"), service).await;
    assert_eq!(after["spec"], made["spec"]);
}

fn definition() -> Value {
    let schema = json!({ "type": "object", "properties": { "spec": { "type": "object", "properties": {
        "trees": { "type": "integer" },
    } } } });
    let version = json!({ "name": "v1", "served": true, "storage": true,
        "schema": { "openAPIV3Schema": schema } });
    json!({ "metadata": { "name": "gardens.example.org" }, "spec": {
        "group": "example.org", "scope": "Namespaced",
        "names": { "plural": "gardens", "kind": "Garden" }, "versions": [version],
    } })
}

#[tokio::test]
async fn a_definition_adds_a_type_and_takes_its_objects_along() {
    let bench = Bench::new().await;
    let (code, _) = bench.call("POST", &format!("{CLUSTER}/{DEFINITIONS}"), definition()).await;
    assert_eq!(code, 201);
    let api: Api<DynamicObject> =
        Api::namespaced_with(client(&bench), "default", &of("example.org", "Garden"));
    let new = json!({ "metadata": { "name": "one" }, "spec": { "trees": 3, "weeds": 4 } });
    let new: DynamicObject = serde_json::from_value(new).unwrap();
    let made = api.create(&PostParams::default(), &new).await.unwrap();
    assert_eq!(made.data["spec"], json!({ "trees": 3 }));
    let path = format!("{CLUSTER}/{DEFINITIONS}/gardens.example.org");
    assert_eq!(
        bench.call("DELETE", &path, Value::Null).await.1["kind"],
        "CustomResourceDefinition"
    );
    let gone = format!("{CLUSTER}/apis/example.org/v1/namespaces/default/gardens/one");
    assert_eq!(get(&bench, &gone).await.0, 404);
    bench.call("POST", &format!("{CLUSTER}/{DEFINITIONS}"), definition()).await;
    assert!(api.get_opt("one").await.unwrap().is_none());
}

#[tokio::test]
async fn whoever_is_strict_is_told_of_fields_that_there_are_not() {
    let bench = Bench::new().await;
    let mut wrong = config("a", json!({}));
    wrong["dota"] = json!({});
    let path = configs("default");
    let strict = bench.call("POST", &format!("{path}?fieldValidation=Strict"), wrong.clone()).await;
    let words = "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: \
                 unknown field \"dota\"";
    assert_eq!(told(&strict), (400, "BadRequest", words));
    assert!(bench.call("POST", &path, wrong).await.1.get("dota").is_none());
    let number = json!({ "metadata": { "name": "b" }, "data": { "a": 1 } });
    assert_eq!(bench.call("POST", &path, number).await.0, 400);
}

#[tokio::test]
async fn a_scale_is_read_and_changed_by_itself() {
    let bench = Bench::new().await;
    let path = format!("{CLUSTER}/apis/apps/v1/namespaces/default/deployments");
    let labels = json!({ "app": "hub" });
    let template = json!({ "metadata": { "labels": labels },
        "spec": { "containers": [{ "name": "hub", "image": "hub:1", "env": [{ "name": "A" }] }] } });
    let spec = json!({ "selector": { "matchLabels": labels }, "template": template });
    bench.call("POST", &path, json!({ "metadata": { "name": "hub" }, "spec": spec })).await;
    let scale = format!("{path}/hub/scale");
    assert_eq!(get(&bench, &scale).await.1["spec"]["replicas"], 1);
    let more = json!({ "spec": { "replicas": 3 } });
    assert_eq!(send(&bench, "PATCH", &scale, MERGE, &more).await.1["spec"]["replicas"], 3);
    assert_eq!(get(&bench, &format!("{path}/hub")).await.1["status"]["readyReplicas"], 3);
    let env = json!({ "spec": { "template": { "spec": { "containers": [
        { "name": "hub", "env": [{ "name": "B" }] },
    ] } } } });
    let (_, after) = send(&bench, "PATCH", &format!("{path}/hub"), STRATEGIC, &env).await;
    let names = after["spec"]["template"]["spec"]["containers"][0]["env"].clone();
    assert_eq!(names, json!([{ "name": "B" }, { "name": "A" }]));
}

#[tokio::test]
async fn a_machine_tells_how_full_the_volumes_of_its_pods_are() {
    let bench = Bench::new().await;
    let make = async |path: &str, object: Value| {
        let path = format!("{CLUSTER}/api/v1/{path}");
        let (status, said) = bench.call("POST", &path, object).await;
        assert_eq!(status, 201, "{said}");
    };
    make("nodes", json!({ "metadata": { "name": "one" } })).await;
    let size = json!({ "storage": "100Gi" });
    let volume = json!({
        "metadata": { "name": "v", "annotations": { "sandbox.leap-infra/filled": "90 of 100" } },
        "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": size, "storageClassName": "",
            "csi": { "driver": "pd.csi.storage.gke.io", "volumeHandle": "disks/d" },
        },
    });
    make("persistentvolumes", volume).await;
    let claim = json!({
        "metadata": { "name": "c" },
        "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": { "requests": size },
            "storageClassName": "", "volumeName": "v",
        },
    });
    make("namespaces/default/persistentvolumeclaims", claim).await;
    let pod = json!({
        "metadata": { "name": "p" },
        "spec": {
            "nodeName": "one", "containers": [{ "name": "a", "image": "a:1" }],
            "volumes": [{ "name": "d", "persistentVolumeClaim": { "claimName": "c" } }],
        },
    });
    make("namespaces/default/pods", pod).await;
    let summary = |node: &str| format!("{CLUSTER}/api/v1/nodes/{node}/proxy/stats/summary");
    let (_, told) = get(&bench, &summary("one")).await;
    let volume = &told["pods"][0]["volume"][0];
    assert_eq!(volume["pvcRef"], json!({ "name": "c", "namespace": "default" }));
    assert_eq!(
        (&volume["usedBytes"], &volume["capacityBytes"]),
        (&json!(90u64 << 30), &json!(100u64 << 30))
    );
    assert_eq!(get(&bench, &summary("two")).await.0, 404);
}
