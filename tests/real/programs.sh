#!/usr/bin/env bash
# Prints the folder with programs of other people that the rigs start, built once for each content of a
# go.mod, outside the checkout: those of servers/ (Kubernetes, etcd and Helm), or of another folder that is
# named. Needs Go, and builds on half of a machine's patience: some eight minutes of a processor for all of
# servers/, three for alerts/, with nothing to see on the way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/${1:-servers}"

# Its name, and where its source is, a line each in the folder's programs.txt. Helm is there twice, since
# people use both.
mapfile -t programs <programs.txt

folder=${XDG_CACHE_HOME:-$HOME/.cache}/leap-infra/go-$(cat go.mod go.sum | cksum | tr ' ' -)
export CGO_ENABLED=0 GOFLAGS="-buildvcs=false -mod=readonly -trimpath"
mkdir -p "$folder"
for program in "${programs[@]}"; do
  read -r name source <<<"$program"
  if [[ ! -e $folder/$name ]]; then
    echo "  building $name" >&2
    # The tag leaves out of Prometheus what finds machines in clouds, which is most of it.
    nice -n 15 go build -p 2 -tags remove_all_sd -ldflags "-s -w" -o "$folder/$name.part" "$source" >&2
    mv "$folder/$name.part" "$folder/$name"
  fi
done
printf '%s\n' "$folder"
