# syntax=docker/dockerfile:1
# The gateway in a small image: not root, nothing but the virtual environment, fit for a read-only root.
# the tag is for people; the digest is what is built on
FROM python:3.13.15-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
# the version that wrote uv.lock; tools/uv names the same one
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/opt/facegate
WORKDIR /src
# Dependencies first: they change less often than we do. The lock covers the workspace, so its member's project file comes too.
COPY pyproject.toml uv.lock ./
COPY crawlers/pyproject.toml crawlers/
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --no-install-workspace
COPY README.md LICENSE ./
COPY addons addons
COPY proxy proxy
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --no-editable

FROM python:3.13.15-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
# /keys: a new volume has the owner of the folder that it is mounted on (docker-compose.yml)
RUN groupadd --system --gid 10001 facegate \
    && useradd --system --uid 10001 --gid facegate --no-create-home --home-dir /var/lib/facegate facegate \
    && install -d -o facegate -g facegate -m 0700 /var/lib/facegate /keys/gateway /keys/storage \
    && install -d -o facegate -g facegate -m 0755 /keys/redis
COPY --from=build /opt/facegate /opt/facegate
ENV PATH=/opt/facegate/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# by number: Kubernetes can see that it is not root
USER 10001:10001
WORKDIR /var/lib/facegate
VOLUME /var/lib/facegate
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8081/healthz', timeout=2)"]
ENTRYPOINT ["facegate"]
CMD ["serve", "--home", "/var/lib/facegate", "--listen", "0.0.0.0:8080", "--console", "0.0.0.0:8081"]
