# syntax=docker/dockerfile:1
# The gateway in a small image: not root, nothing but the virtual environment, fit for a read-only root.
FROM python:3.13-slim AS build
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

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/facegate facegate \
    && install -d -o facegate -g facegate -m 0700 /var/lib/facegate
COPY --from=build /opt/facegate /opt/facegate
ENV PATH=/opt/facegate/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER facegate
WORKDIR /var/lib/facegate
VOLUME /var/lib/facegate
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --start-interval=1s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8081/healthz', timeout=2)"]
ENTRYPOINT ["facegate"]
CMD ["serve", "--home", "/var/lib/facegate", "--listen", "0.0.0.0:8080", "--console", "0.0.0.0:8081"]
