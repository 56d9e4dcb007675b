#!/usr/bin/env bash
# `gcloud storage`, with which people look at buckets. Reads the sandbox's address from SANDBOX_URL.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CLOUDSDK_CONFIG=$work/config CLOUDSDK_CORE_DISABLE_PROMPTS=1 CLOUDSDK_CORE_PROJECT=leap
export CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true
export CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK=true
export CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE=$SANDBOX_URL/storage/v1/
storage() { gcloud storage --quiet --verbosity error "$@"; }

echo "  a bucket is made, changed and described"
storage buckets create gs://gcloud-one --location us-central1 --uniform-bucket-level-access
storage buckets update gs://gcloud-one --update-labels team=data
[[ $(storage buckets describe gs://gcloud-one --format 'value(labels.team,location)') == $'data\tUS-CENTRAL1' ]]

echo "  objects are copied there and back, small and in a session"
printf small >"$work/small"
head -c 20971520 /dev/urandom >"$work/large"
storage cp "$work/small" "$work/large" gs://gcloud-one/in/
storage cat gs://gcloud-one/in/small | grep -qx small
storage cp gs://gcloud-one/in/large "$work/back"
cmp "$work/large" "$work/back"
[[ $(storage cat --range 12345678-12345777 gs://gcloud-one/in/large | wc -c) == 100 ]]
[[ $(storage ls 'gs://gcloud-one/in/*' | wc -l) == 2 ]]

echo "  a member is added to the policy"
storage buckets add-iam-policy-binding gs://gcloud-one --member user:reader@example.org \
  --role roles/storage.objectViewer >/dev/null
storage buckets get-iam-policy gs://gcloud-one --format json | grep -q user:reader@example.org

echo "  a precondition that does not hold is refused, and all of it is removed"
if storage cp --if-generation-match 1 "$work/small" gs://gcloud-one/in/small 2>/dev/null; then
  echo "a precondition was ignored" >&2
  exit 1
fi
storage rm --recursive gs://gcloud-one
