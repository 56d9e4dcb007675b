#!/usr/bin/env bash
# kubectl, with which people look at clusters and change them. Says what it says to us, without what
# must differ; both.sh runs it on two servers. Reads KUBECONFIG.
set -euo pipefail
space=kubectl-story
run() {
  printf '$ kubectl %s\n' "$*"
  kubectl "$@" 2>&1 || printf 'ended with %s\n' $?
}

run create namespace "$space"
run -n "$space" create configmap one --from-literal a=1 --from-literal b=2
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
applied() {
  printf '$ kubectl %s\n' "$*"
  kubectl "$@" 2>&1 || printf 'ended with %s\n' $?
}
manifest 1 | applied apply -f -
manifest 1 | applied apply -f -
manifest 2 | applied apply -f -
manifest 2 | applied diff -f -
run -n "$space" get deployment hub -o jsonpath='{.spec.template.spec.containers[0].image}{"\n"}'
manifest 3 | applied apply --server-side --field-manager leap-infra -f -
manifest 3 | applied apply --server-side --field-manager leap-infra --force-conflicts -f -
manifest 4 | applied apply --server-side --field-manager leap-infra --dry-run=server -f -
run -n "$space" scale deployment hub --replicas 0
run -n "$space" set image deployment/hub hub=hub:9
manifest 3 | applied apply --server-side --field-manager leap-infra -f -
run -n "$space" rollout status deployment/hub --timeout 60s
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: %s }\ndota: {}\n' "$space" | applied apply -f -
run -n "$space" wait configmap/one --for=jsonpath='{.data.a}'=1 --timeout 30s
run -n "$space" delete configmap one
run -n "$space" delete deployment hub --wait
run auth can-i create configmaps -n "$space"
run delete namespace "$space" --wait --timeout 120s
run get namespace "$space"
