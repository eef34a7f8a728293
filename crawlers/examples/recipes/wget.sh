#!/bin/sh
# sh wget.sh URL...     saves what passes here; of what does not it says "ERROR 451", and ends with status 8
set -eu
: "${FACEGATE_PROXY_URL:?}" "${FACEGATE_CA:?}"
# as -e, which comes after the environment and ~/.wgetrc
wget --no-verbose --tries=1 --ca-certificate="$FACEGATE_CA" -e use_proxy=yes -e no_proxy= \
    -e "http_proxy=$FACEGATE_PROXY_URL" -e "https_proxy=$FACEGATE_PROXY_URL" -- "$@"
