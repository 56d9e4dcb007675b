#!/usr/bin/env bash
# Helm, with which charts are installed. Says what it says to us and leaves there, without what must differ.
# Reads KUBECONFIG, and which helm from HELM.
set -euo pipefail
chart=$(cd "$(dirname "${BASH_SOURCE[0]}")/../chart" && pwd)
space=helm-story
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HELM_CACHE_HOME=$work HELM_CONFIG_HOME=$work HELM_DATA_HOME=$work
run() {
  printf '$ helm %s\n' "${*//$chart/CHART}"
  "$HELM" -n "$space" "$@" 2>&1 || printf 'ended with %s\n' $?
}
revisions() { run history garden -o json | python3 -c '
import json, sys
print(next(sys.stdin), end="")
for it in json.load(sys.stdin):
    print(it["revision"], it["status"], it["chart"], it["description"])'; }
# What Helm keeps: its release Secrets, by their labels.
kept() {
  echo '$ kubectl get secrets -l owner=helm'
  kubectl -n "$space" get secrets -l owner=helm --no-headers -o custom-columns=N:.metadata.name,T:.type,L:.metadata.labels |
    sed -E 's/(modifiedAt|createdAt):[0-9]+ ?//g; s/ +/ /g'
}
# Makes the last revision look as one does whose Helm was killed at its work.
stuck() {
  local secret
  secret=$(kubectl -n "$space" get secret -l owner=helm,status=deployed -o name)
  kubectl -n "$space" get "$secret" -o json | python3 -c '
import base64, gzip, json, sys
secret = json.load(sys.stdin)
release = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
secret["metadata"]["labels"]["status"] = release["info"]["status"] = "pending-upgrade"
packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
secret["data"]["release"] = base64.b64encode(packed).decode()
json.dump(secret, sys.stdout)' | kubectl replace -f - | sed 's/\.v1\.garden\.v./.v1.garden/'
}
there() {
  echo '$ kubectl get'
  kubectl -n "$space" get configmap,secret,service,deployment -l app=garden -o name
  kubectl -n "$space" get configmap garden-settings -o jsonpath='{.data} {.metadata.labels} {.metadata.annotations}{"\n"}' 2>&1 || true
}

run upgrade --install garden "$chart" --create-namespace --labels leap-infra-stack=leap -f - -o json <<<'{"trees":4}' |
  python3 -c '
import json, sys
print(next(sys.stdin), end="")
it = json.load(sys.stdin)
print(it["name"], it["version"], it["info"]["status"], it["config"], it.get("labels"))'
revisions
kept
there
run upgrade --install garden "$chart" --labels leap-infra-stack=leap --reset-values --set trees=5,greeting=moin >/dev/null
run get values garden -o json
revisions
there
run upgrade garden "$chart" --set trees=0 | sed -E 's/at .*trees.*//'
run rollback garden 1
revisions
there
run list -o json | python3 -c '
import json, sys
print(next(sys.stdin), end="")
for it in json.load(sys.stdin):
    print(it["name"], it["revision"], it["status"], it["chart"])'

echo '$ a release whose holder is gone'
stuck
run list --pending -q
run upgrade garden "$chart" --set trees=6
run rollback garden 1
revisions
run uninstall garden
kept
there
kubectl delete namespace "$space" --wait >/dev/null
