#!/bin/sh
# sh yt-dlp.sh URL...     saves what passes here; of what does not it says "HTTP Error 451"
set -eu
: "${FACEGATE_PROXY_URL:?}" "${FACEGATE_CA:?}"
# no-certifi: else SSL_CERT_FILE counts only where certifi is not installed
SSL_CERT_FILE=$FACEGATE_CA yt-dlp --proxy "$FACEGATE_PROXY_URL" --compat-options no-certifi --no-progress -- "$@"
