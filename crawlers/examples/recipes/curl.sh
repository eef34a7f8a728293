#!/bin/sh
# sh curl.sh URL...     prints "STATUS REASON URL" for each; needs curl 7.83
set -eu
: "${FACEGATE_PROXY_URL:?}" "${FACEGATE_CA:?}"
for url in "$@"; do
    # --noproxy '' because a NO_PROXY of the environment counts even beside --proxy
    curl --silent --show-error --proxy "$FACEGATE_PROXY_URL" --noproxy '' --cacert "$FACEGATE_CA" \
        --output /dev/null --write-out '%{http_code} %header{facegate-reason} %{url}\n' -- "$url"
done
