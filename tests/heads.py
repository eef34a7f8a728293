"""Response heads as ordinary sites send them: names, order and sizes are real, the tokens in them are drawn."""

import base64
import random
import string

Head = list[tuple[str, str]]

_draw = random.Random(4711)


def hexes(size: int) -> str:
    return "".join(_draw.choices("0123456789abcdef", k=size))


def token(size: int) -> str:
    return "".join(_draw.choices(string.ascii_letters + string.digits + "-_", k=size))


def b64(size: int) -> str:
    return base64.b64encode(_draw.randbytes(size)).decode()


def jwt(size: int) -> str:
    return f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ{token(size)}.{token(342)}"


def cookie(name: str, value: str, *attributes: str) -> tuple[str, str]:
    rest = attributes or ("Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Expires=Thu, 25 Nov 2027 12:00:00 GMT")
    return ("Set-Cookie", "; ".join((f"{name}={value}", *rest)))


_HOSTS = [f"https://{a}.{b}.example" for a in ("cdn", "img", "static", "api", "*") for b in ("ads", "media", "tag")]
_REPORT = '{"endpoints":[{"url":"https:\\/\\/a.nel.cloudflare.com\\/report\\/v4?s='
_DATE = ("Date", "Wed, 25 Nov 2026 12:57:39 GMT")
_SECURITY = [
    ("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-XSS-Protection", "1; mode=block"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", ", ".join(f"{name}=()" for name in ("camera", "microphone", "geolocation", "usb", "midi"))),
    ("Cross-Origin-Opener-Policy", "same-origin-allow-popups"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]


def _csp(hashes: int, hosts: int) -> str:
    scripts = " ".join(f"'sha256-{b64(32)}'" for _ in range(hashes))
    wide = " ".join(_HOSTS * hosts)
    return (
        f"default-src 'self' {wide}; script-src 'self' 'nonce-{b64(16)}' 'strict-dynamic' {scripts} {wide}; "
        f"img-src * data: blob:; style-src 'self' 'unsafe-inline' {wide}; connect-src 'self' wss: {wide}"
    )


def _timing(count: int) -> str:
    names = ("cdn-cache", "edge", "origin", "db", "render", "tls", "queue", "auth")
    return ", ".join(f'{names[at % 8]}{at}; dur={at * 1.37:.2f}; desc="{hexes(8)}"' for at in range(count))


def _preloads(count: int) -> str:
    return ", ".join(
        f"</_next/static/chunks/{hexes(8)}-{hexes(16)}.js>; rel=preload; as=script; crossorigin=anonymous"
        for _ in range(count)
    )


HEADS: dict[str, Head] = {
    "plain nginx": [("Server", "nginx/1.24.0"), _DATE, ("ETag", f'W/"{hexes(8)}-{hexes(3)}"'), ("Vary", "Accept")],
    "cloudflare": [
        _DATE,
        ("CF-Ray", f"{hexes(16)}-FRA"),
        ("CF-Cache-Status", "DYNAMIC"),
        ("Report-To", f'{_REPORT}{token(160)}%2B{token(40)}%3D%3D"}}],"group":"cf-nel","max_age":604800}}'),
        ("NEL", '{"success_fraction":0,"report_to":"cf-nel","max_age":604800}'),
        ("Server", "cloudflare"),
        ("alt-svc", 'h3=":443"; ma=86400'),
        cookie("__cf_bm", f"{token(43)}-1764075459-1.0.1.1-{token(120)}"),
        cookie("_cfuvid", f"{token(43)}-1764075459123-0.0.1.1-604800000"),
        (
            "Server-Timing",
            f'cfCacheStatus;desc="DYNAMIC", cfEdge;dur=9,cfOrigin;dur=143,cfL4;desc="?proto={hexes(60)}"',
        ),
    ],
    "s3": [
        ("x-amz-id-2", b64(57)),
        ("x-amz-request-id", hexes(16).upper()),
        ("x-amz-version-id", token(32)),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-server-side-encryption-aws-kms-key-id", f"arn:aws:kms:eu-central-1:123456789012:key/{hexes(36)}"),
        ("x-amz-checksum-sha256", b64(32)),
        ("x-amz-replication-status", "COMPLETED"),
        ("x-amz-meta-original-name", "Quarterly%20report%20%28final%29.pdf"),
        ("ETag", f'"{hexes(32)}-14"'),
        ("Server", "AmazonS3"),
    ],
    "cloudfront": [
        ("Via", f"1.1 {hexes(32)}.cloudfront.net (CloudFront)"),
        ("X-Cache", "Miss from cloudfront"),
        ("X-Amz-Cf-Pop", "FRA56-P4"),
        ("X-Amz-Cf-Id", b64(39) + "=="),
        cookie("CloudFront-Policy", b64(210).replace("+", "-").replace("/", "~"), "Path=/", "Secure"),
        cookie("CloudFront-Signature", b64(256).replace("+", "-").replace("/", "~"), "Path=/", "Secure"),
        cookie("CloudFront-Key-Pair-Id", hexes(14).upper(), "Path=/", "Secure"),
        *_SECURITY,
    ],
    "azure": [
        ("x-azure-ref", f"{hexes(14)}Z-{token(44)}"),
        ("x-ms-request-id", f"{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}"),
        ("x-ms-correlation-request-id", hexes(36)),
        ("x-ms-routing-request-id", f"GERMANYWESTCENTRAL:20261125T125739Z:{hexes(36)}"),
        ("x-ms-ests-server", "2.1.22465.7 - WEULR1 ProdSlices"),
        ("x-ms-srs", "1.P"),
        ("X-MSEdge-Ref", f"Ref A: {hexes(32).upper()} Ref B: FRA31EDGE0916 Ref C: 2026-11-25T12:57:39Z"),
        cookie("buid", token(140)),
        cookie("esctx", token(900)),
        cookie(f"esctx-{token(11)}", token(280)),
        cookie("fpc", token(48)),
        cookie("x-ms-gateway-slice", "estsfd"),
    ],
    "google": [
        (
            "Content-Security-Policy",
            f"object-src 'none';base-uri 'self';script-src 'nonce-{token(22)}' 'strict-dynamic'",
        ),
        ("P3P", 'CP="This is not a P3P policy! See g.co/p3phelp for more info."'),
        ("Accept-CH", "Sec-CH-Prefers-Color-Scheme, Sec-CH-UA-Bitness, Sec-CH-UA-Arch, Sec-CH-UA-Full-Version-List"),
        (
            "Report-To",
            '{"group":"gws","max_age":2592000,"endpoints":[{"url":"https://csp.example/csp/report-to/gws"}]}',
        ),
        cookie("AEC", token(62)),
        cookie("NID", f"525={token(180)}"),
        cookie("__Secure-ENID", f"29.SE={token(240)}"),
        cookie("SIDCC", token(76)),
        cookie("__Secure-1PSIDCC", token(76)),
        cookie("__Secure-3PSIDCC", token(76)),
        ("Server", "gws"),
    ],
    "csp of 6 KB": [_DATE, ("Content-Security-Policy", _csp(30, 4)), *_SECURITY],
    "csp twice": [
        ("Content-Security-Policy", _csp(12, 2)),
        ("Content-Security-Policy-Report-Only", _csp(20, 3)),
        ("Reporting-Endpoints", f'csp="https://o1.ingest.example/api/{hexes(8)}/security/?sentry_key={hexes(32)}"'),
        *_SECURITY,
    ],
    "forty cookies": [cookie(f"_{name}{at}", token(24 + at)) for at in range(20) for name in ("ga", "opt")],
    "session tokens": [
        cookie("id_token", jwt(900)),
        cookie("access_token", jwt(1200)),
        cookie("refresh_token", token(380)),
        cookie("XSRF-TOKEN", b64(144)),
        cookie("laravel_session", b64(220)),
        cookie("connect.sid", f"s%3A{token(32)}.{token(43)}"),
    ],
    "bot wall": [
        cookie("_abck", f"{hexes(32).upper()}~-1~{token(340)}~-1~-1~-1"),
        cookie("ak_bmsc", f"{hexes(32).upper()}~{hexes(28)}~{token(380)}"),
        cookie("bm_sz", f"{hexes(32).upper()}~{token(300)}"),
        cookie("datadome", f"{token(40)}~{token(60)}"),
        ("X-DataDome", "protected"),
        ("X-Akamai-Transformed", "9 - 0 pmb=mRUM,3"),
        ("Akamai-GRN", f"0.{hexes(8)}.1764075459.{hexes(8)}"),
        ("Server-Timing", 'ak_p; desc="1764075459_388985873_512345678_1234_5678_15_32_146";dur=1'),
    ],
    "next.js": [
        ("x-nextjs-cache", "HIT"),
        ("x-nextjs-prerender", "1"),
        ("x-vercel-id", f"fra1::iad1::{token(5)}-1764075459123-{hexes(12)}"),
        ("x-vercel-cache", "MISS"),
        ("x-matched-path", "/[lang]/products/[slug]"),
        ("Link", _preloads(40)),
        ("Vary", "RSC, Next-Router-State-Tree, Next-Router-Prefetch, Accept-Encoding"),
    ],
    "wordpress": [
        ("X-Powered-By", "PHP/8.2.27"),
        (
            "Link",
            '<https://blog.example/wp-json/>; rel="https://api.w.org/", <https://blog.example/?p=7>; rel=shortlink',
        ),
        ("X-Pingback", "https://blog.example/xmlrpc.php"),
        ("X-Cache-Enabled", "True"),
        ("X-LiteSpeed-Tag", ",".join(f"{hexes(3)}_URL.{hexes(32)}" for _ in range(8))),
        ("X-LiteSpeed-Cache", "hit"),
    ],
    "varnish": [
        ("Surrogate-Key", " ".join(f"node/{at} section/{hexes(6)}" for at in range(120))),
        ("xkey", " ".join(f"article-{at * 7919}" for at in range(100))),
        ("X-Served-By", "cache-fra-etou8220057-FRA, cache-fra-eddf8230098-FRA"),
        ("X-Timer", "S1764075459.123456,VS0,VE123"),
        ("X-Varnish", "123456789 987654321"),
    ],
    "server timing": [("Server-Timing", _timing(40)), ("X-Request-Id", hexes(32)), ("X-Runtime", "0.123456")],
    "github": [
        ("X-GitHub-Request-Id", f"{hexes(4)}:{hexes(6)}:{hexes(6)}:{hexes(7)}:{hexes(8)}".upper()),
        ("X-GitHub-Media-Type", "github.v3; format=json"),
        ("X-OAuth-Scopes", "gist, read:org, repo, workflow"),
        *[(f"X-RateLimit-{name}", "4999") for name in ("Limit", "Remaining", "Reset", "Used", "Resource")],
        ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After, X-RateLimit-Limit, X-OAuth-Scopes"),
        ("Link", f'<https://api.example/repositories/1/issues?after={token(60)}%3D%3D&page=2>; rel="next"'),
        cookie("_gh_sess", f"{token(420)}--{token(16)}--{token(24)}"),
        cookie("_octo", "GH1.1.123456789.1764075459"),
    ],
    "object store": [
        ("x-goog-generation", "1764075459123456"),
        ("x-goog-metageneration", "1"),
        ("x-goog-stored-content-encoding", "identity"),
        ("x-goog-hash", f"crc32c={b64(4)}"),
        ("x-goog-hash", f"md5={b64(16)}"),
        ("x-goog-storage-class", "STANDARD"),
        ("X-GUploader-UploadID", token(150)),
        *[(f"x-goog-meta-{name}", hexes(64)) for name in ("sha256", "parent", "source-revision")],
    ],
    "tracing": [
        ("traceparent", f"00-{hexes(32)}-{hexes(16)}-01"),
        ("tracestate", ",".join(f"{hexes(4)}@dd=s:1;t.dm:-0;p:{hexes(16)}" for _ in range(6))),
        ("X-B3-TraceId", hexes(32)),
        ("X-Amzn-Trace-Id", f"Root=1-{hexes(8)}-{hexes(24)};Parent={hexes(16)};Sampled=1"),
        ("X-Envoy-Upstream-Service-Time", "37"),
        ("X-Debug-Token-Link", f"https://app.example/_profiler/{hexes(6)}"),
    ],
    "registry": [
        ("Docker-Content-Digest", f"sha256:{hexes(64)}"),
        ("Docker-Distribution-Api-Version", "registry/2.0"),
        ("ETag", f'"sha256:{hexes(64)}"'),
        (
            "WWW-Authenticate",
            'Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull"',
        ),
        ("X-PyPI-Last-Serial", "32345678"),
        ("npm-notice", "a new version is there"),
    ],
    "redirect": [
        (
            "Location",
            f"https://login.example/authorize?client_id={hexes(36)}&nonce={token(43)}&state={b64(300)}&x={token(512)}",
        ),
        cookie(f".AspNetCore.Correlation.{token(43)}", "N"),
        cookie(f".AspNetCore.OpenIdConnect.Nonce.{token(120)}", "N"),
    ],
}
