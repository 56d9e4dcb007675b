#!/usr/bin/env bash
# rclone, with which data is mirrored. Reads the sandbox's address from SANDBOX_URL.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RCLONE_CONFIG=$work/rclone.conf
printf '[box]\ntype = google cloud storage\nanonymous = true\nproject_number = leap\nbucket_policy_only = true\nendpoint = %s/storage/v1/\n' \
  "$SANDBOX_URL" >"$RCLONE_CONFIG"
rclone() { command rclone --retries 1 --low-level-retries 1 "$@"; }

echo "  a folder is mirrored, checked, changed and mirrored again"
mkdir -p "$work/from/run"
printf one >"$work/from/run/1.txt"
printf two >"$work/from/run/größe 2.txt"
head -c 20971520 /dev/urandom >"$work/from/large"
rclone mkdir box:rclone-mirror
rclone sync "$work/from" box:rclone-mirror/data
rclone check "$work/from" box:rclone-mirror/data 2>&1 | grep -q '0 differences found'
rm "$work/from/run/1.txt"
rclone sync "$work/from" box:rclone-mirror/data
[[ $(rclone lsf --recursive --files-only box:rclone-mirror/data | sort | tr '\n' ' ') == 'large run/größe 2.txt ' ]]

echo "  a part of a large object is read, and a copy is made within the cloud"
rclone cat --offset 12345678 --count 100 box:rclone-mirror/data/large |
  cmp - <(tail -c +12345679 "$work/from/large" | head -c 100)
rclone copyto box:rclone-mirror/data/large box:rclone-mirror/copy
rclone cat box:rclone-mirror/copy | cmp - "$work/from/large"

echo "  a bucket with objects is not removed, an emptied one is"
if rclone rmdir box:rclone-mirror 2>/dev/null; then
  echo "a bucket with objects was removed" >&2
  exit 1
fi
rclone purge box:rclone-mirror
