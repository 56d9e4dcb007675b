# Copies a home from a snapshot into a new folder of the home that is there now. Nothing is ever
# written over: what was begun before lies in a folder of its own until it is whole.
set -eu
from="${SNAPSHOT:-/snapshot}/$HOME_FOLDER"
home="${HOMES:-/homes}/$HOME_FOLDER"
into="$home/$INTO"
part="$home/.$INTO.part"
no() { echo "$1" >&2; exit 1; }
kilobytes() { du -sk "$1" | cut -f1; }

[ -d "$from" ] || no "there is no such home in the snapshot"
[ -d "$home" ] || no "there is no such home now: its owner must have logged in once"
if [ -e "$into" ]; then
  echo "$INTO is there already"
  exit 0
fi
rm -rf "$part"
needed=$(kilobytes "$from")
if [ -n "$QUOTA_KB" ]; then
  used=$(kilobytes "$home")
  [ $((used + needed)) -le "$QUOTA_KB" ] ||
    no "it has $needed KB, and beside the $used KB that are there it is more than the quota, $QUOTA_KB KB"
fi
free=$(df -Pk "$home" | awk 'NR == 2 { print $4 }')
[ "$needed" -lt "$free" ] || no "it has $needed KB, and the disk has $free KB left"
cp -a "$from" "$part"
mv "$part" "$into"
