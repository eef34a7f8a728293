#!/bin/sh
# sh gallery-dl.sh URL...     saves what passes below ./gallery-dl; of what does not it says '451 Unavailable For Legal Reasons'
set -eu
: "${FACEGATE_PROXY_URL:?}" "${FACEGATE_CA:?}"
gallery-dl --proxy "$FACEGATE_PROXY_URL" -o proxy-env=false -o verify="$FACEGATE_CA" -- "$@"
