#!/bin/sh
# sh img2dataset.sh URLS.txt FOLDER     pictures into FOLDER, and what became of each URL into FOLDER/*.parquet
set -eu
: "${FACEGATE_PROXY_URL:?}" "${FACEGATE_CA:?}"
unset no_proxy NO_PROXY
# one try: a 451 stays one
http_proxy=$FACEGATE_PROXY_URL https_proxy=$FACEGATE_PROXY_URL SSL_CERT_FILE=$FACEGATE_CA NO_ALBUMENTATIONS_UPDATE=1 \
    img2dataset --url_list="$1" --input_format=txt --output_folder="$2" --output_format=files \
    --processes_count=1 --thread_count=8 --timeout=60 --retries=0 --image_size=256 --resize_mode=keep_ratio
