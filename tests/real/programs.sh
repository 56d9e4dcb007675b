#!/usr/bin/env bash
# Prints the folder with the programs of other people that the rigs start: Kubernetes, etcd and Helm,
# built once for each content of servers/go.mod, outside the checkout. Needs Go, and builds on half of a
# machine's patience: some eight minutes of a processor for all, with nothing to see on the way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/servers"

# Its name, and where its source is. Helm is there twice, since people use both.
programs=(
  "etcd go.etcd.io/etcd/server/v3"
  "kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver"
  "kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager"
  "kubectl k8s.io/kubernetes/cmd/kubectl"
  "helm helm.sh/helm/v3/cmd/helm"
  "helm4 helm.sh/helm/v4/cmd/helm"
)

folder=${XDG_CACHE_HOME:-$HOME/.cache}/leap-infra/go-$(cat go.mod go.sum | cksum | tr ' ' -)
export CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly -trimpath"
mkdir -p "$folder"
for program in "${programs[@]}"; do
  read -r name source <<<"$program"
  if [[ ! -e $folder/$name ]]; then
    echo "  building $name" >&2
    nice -n 15 go build -p 2 -ldflags "-s -w" -o "$folder/$name.part" "$source" >&2
    mv "$folder/$name.part" "$folder/$name"
  fi
done
printf '%s\n' "$folder"
