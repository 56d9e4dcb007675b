#!/usr/bin/env bash
# gsutil, over HTTPS. Reads its path from GSUTIL, the sandbox's address from SANDBOX_URL, and the
# certificate to trust from SANDBOX_CA.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=${SANDBOX_URL#https://}
cat >"$work/boto" <<BOTO
[Credentials]
gs_json_host = ${host%:*}
gs_json_port = ${host##*:}
[Boto]
https_validate_certificates = True
ca_certificates_file = $SANDBOX_CA
[GSUtil]
check_hashes = always
prefer_api = json
default_project_id = leap
state_dir = $work/state
software_update_check_period = 0
resumable_threshold = 1048576
BOTO
# Neither a login nor a setting of whoever runs this is looked at.
export BOTO_CONFIG=$work/boto HOME=$work CLOUDSDK_CONFIG=$work/config CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL=0
gsutil() { "$GSUTIL" -q "$@"; }
"$GSUTIL" version

echo "  a bucket is made, labelled and described"
gsutil mb -l us-central1 -b on gs://gsutil-one
gsutil label ch -l team:data gs://gsutil-one
gsutil label get gs://gsutil-one | grep -q '"team": "data"'
gsutil ls -L -b gs://gsutil-one | grep -q 'Location constraint:.*US-CENTRAL1'

echo "  objects are copied there and back, small and in a session"
printf small >"$work/small"
head -c 20971520 /dev/urandom >"$work/large"
gsutil cp "$work/small" "$work/large" gs://gsutil-one/in/
[[ $(gsutil cat gs://gsutil-one/in/small) == small ]]
gsutil cp gs://gsutil-one/in/large "$work/back"
cmp "$work/large" "$work/back"
[[ $(gsutil cat -r 12345678-12345777 gs://gsutil-one/in/large | wc -c) == 100 ]]
[[ $(gsutil ls 'gs://gsutil-one/in/*' | wc -l) == 2 ]]
gsutil hash -m -c -h "$work/large" | grep -F "$(gsutil stat gs://gsutil-one/in/large | grep 'Hash (md5)' | awk '{print $NF}')" >/dev/null

echo "  a rule, versions and a member are set"
printf '{"rule": [{"action": {"type": "Delete"}, "condition": {"age": 7}}]}' >"$work/rules"
gsutil lifecycle set "$work/rules" gs://gsutil-one
gsutil lifecycle get gs://gsutil-one | grep -q '"age": 7'
gsutil versioning set on gs://gsutil-one
gsutil iam ch user:reader@example.org:objectViewer gs://gsutil-one
gsutil iam get gs://gsutil-one | grep -q user:reader@example.org

echo "  a precondition that does not hold is refused, and all of it is removed"
if gsutil -h x-goog-if-generation-match:1 cp "$work/small" gs://gsutil-one/in/small 2>/dev/null; then
  echo "a precondition was ignored" >&2
  exit 1
fi
gsutil rm -r gs://gsutil-one
