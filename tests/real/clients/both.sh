#!/usr/bin/env bash
# Tells a story of this folder to the real Kubernetes and to the sandbox, and shows where they differ:
#   both.sh NAME [VARIABLE=VALUE...]
# Reads KUBECONFIG (the real one), SANDBOX_URL and PROGRAMS.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
name=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/sandbox" <<YAML
apiVersion: v1
kind: Config
clusters: [{ name: it, cluster: { server: "$SANDBOX_URL/kubernetes/context/sandbox-$name" } }]
users: [{ name: us, user: { token: sandbox } }]
contexts: [{ name: here, context: { cluster: it, user: us } }]
current-context: here
YAML
told() { # without identities and times
  env "PATH=$PROGRAMS:$PATH" "KUBECONFIG=$1" "HOME=$work/home-$2" "${@:3}" "./$name.sh" |
    sed -E 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/UID/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)/TIME/g; s/resourceVersion: "[0-9]+"/resourceVersion: VERSION/' \
      >"$work/$2"
}
told "$KUBECONFIG" real "$@"
told "$work/sandbox" sandbox.said "$@"
if ! diff -u --label real "$work/real" --label sandbox "$work/sandbox.said"; then
  echo "  $name: the sandbox says otherwise" >&2
  exit 1
fi
printf '  %s: %s lines alike\n' "$name $*" "$(wc -l <"$work/real")"
