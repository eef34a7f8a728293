// npm install undici && node with_undici.mjs URL...     prints "STATUS REASON URL" for each
import { readFileSync } from "node:fs";
import { ProxyAgent, fetch } from "undici";

const ca = readFileSync(process.env.FACEGATE_CA);
// requestTls: towards the origin, inside the tunnel
const dispatcher = new ProxyAgent({ uri: process.env.FACEGATE_PROXY_URL, requestTls: { ca } });

for (const url of process.argv.slice(2)) {
  const answer = await fetch(url, { dispatcher });
  await answer.arrayBuffer();
  console.log(answer.status, answer.headers.get("facegate-reason") ?? "", url);
}
await dispatcher.close();
