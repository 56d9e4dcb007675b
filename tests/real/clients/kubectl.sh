#!/usr/bin/env bash
# kubectl, with which people look at clusters and change them, as far as it speaks JSON: the sandbox reads
# no protobuf, in which kubectl makes what it puts together itself. Says what it says to us, without what
# must differ; both.sh runs it on two servers. Reads KUBECONFIG.
set -euo pipefail
space=kubectl-story
run() {
  printf '$ kubectl %s\n' "$*"
  kubectl "$@" 2>&1 || printf 'ended with %s\n' $?
}

printf 'apiVersion: v1\nkind: Namespace\nmetadata: { name: %s }\n' "$space" | run apply --validate=false -f -
settings() { printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one, namespace: %s }\ndata: { a: "1", b: "2" }\n' "$space"; }
settings | run create --validate=false -f -
settings | run create --validate=false -f -
run -n "$space" label configmap one team=data
run -n "$space" annotate configmap one note=yes
run -n "$space" get configmap one -o jsonpath='{.data}{"\n"}'
run -n "$space" get configmaps -l team=data -o name
run -n "$space" get configmap,secret -l team=data -o name
run -n "$space" patch configmap one --type merge -p '{"data":{"b":null}}'
run -n "$space" get configmap two

manifest() {
  cat <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: { name: hub, namespace: $space }
spec:
  replicas: 0
  selector: { matchLabels: { app: hub } }
  template:
    metadata: { labels: { app: hub } }
    spec:
      containers: [{ name: hub, image: "hub:$1" }]
YAML
}
manifest 1 | run apply --validate=false -f -
manifest 1 | run apply --validate=false -f -
manifest 2 | run apply --validate=false -f -
manifest 2 | run diff -f -
run -n "$space" get deployment hub -o jsonpath='{.spec.template.spec.containers[0].image}{"\n"}'
manifest 3 | run apply --validate=false --server-side --field-manager leap-infra -f -
manifest 3 | run apply --validate=false --server-side --field-manager leap-infra --force-conflicts -f -
manifest 4 | run apply --validate=false --server-side --field-manager leap-infra --dry-run=server -f -
run -n "$space" scale deployment hub --replicas 0
run -n "$space" set image deployment/hub hub=hub:9
manifest 3 | run apply --validate=false --server-side --field-manager leap-infra -f -
run -n "$space" rollout status deployment/hub --timeout 60s | grep -v '^Waiting for' # or not yet
run -n "$space" wait configmap/one --for=jsonpath='{.data.a}'=1 --timeout 30s
run -n "$space" delete configmap one
run -n "$space" delete deployment hub --wait
run delete namespace "$space" --wait --timeout 120s
run get namespace "$space"
