// npm install crawlee && NODE_EXTRA_CA_CERTS=facegate-ca.pem node with_crawlee.mjs URL...
// prints "STATUS REASON URL" for each
import { CheerioCrawler, Configuration, ProxyConfiguration } from "crawlee";

const configuration = new Configuration({ persistStorage: false });
const crawler = new CheerioCrawler(
  {
    proxyConfiguration: new ProxyConfiguration({ proxyUrls: [process.env.FACEGATE_PROXY_URL] }),
    ignoreSslErrors: false, // Crawlee checks no certificates unless it is told to
    ignoreHttpErrorStatusCodes: [451], // an answer for the handler, not a failure
    additionalMimeTypes: ["application/problem+json"], // the type of a refusal
    requestHandler({ request, response }) {
      console.log(response.statusCode, response.headers["facegate-reason"] ?? "", request.url);
    },
  },
  configuration,
);
await crawler.run(process.argv.slice(2));
