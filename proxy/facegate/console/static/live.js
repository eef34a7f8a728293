// Keeps what is on the page true while somebody looks: [data-live="queue.open"] shows `open` of the event `queue`.

const known = new Map();
const listeners = new Map();
let source;
let speaking;

/** Calls `listener(facts)` for each event of this name, and at once when one came already. */
export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
  if (known.has(name)) listener(known.get(name));
  else if (source) hear(name);
}

/** Says `text` to screen readers, politely, and not more than once a while. */
export function say(text) {
  const place = document.getElementById("live");
  if (!place) return;
  clearTimeout(speaking);
  speaking = setTimeout(() => { place.textContent = text; }, 1000);
}

/** A POST with the session's token; `fields` is an object or a form. Rejects with the server's line. */
export async function post(path, fields = {}) {
  const csrf = document.querySelector('input[name="csrf"]')?.value ?? "";
  const body = fields instanceof HTMLFormElement ? new URLSearchParams(new FormData(fields)) : new URLSearchParams(fields);
  const headers = { "X-CSRF-Token": csrf, Accept: "application/json" };
  const answer = await fetch(path, { method: "POST", body, headers, redirect: "manual" });
  if (answer.type === "opaqueredirect") return null;
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(said?.detail ?? `the console answered ${answer.status}`);
  return said;
}

function show(name, facts) {
  for (const element of document.querySelectorAll(`[data-live^="${name}."]`)) {
    const value = facts[element.dataset.live.slice(name.length + 1)];
    if (value === undefined) continue;
    const text = String(value);
    if (element.textContent !== text) {
      const before = element.textContent;
      element.textContent = text;
      if (before && element.dataset.say) say(`${element.dataset.say}: ${text}`);
    }
    if (element.classList.contains("count")) element.hidden = value === 0;
  }
}

const heard = new Set();

function hear(name) {
  if (heard.has(name)) return;
  heard.add(name);
  source.addEventListener(name, (event) => {
    const facts = JSON.parse(event.data);
    known.set(name, facts);
    show(name, facts);
    for (const listener of listeners.get(name) ?? []) listener(facts);
  });
}

function connect() {
  heard.clear();
  source = new EventSource("/events");
  for (const element of document.querySelectorAll("[data-live]")) hear(element.dataset.live.split(".")[0]);
  for (const name of listeners.keys()) hear(name);
  source.addEventListener("end", () => {
    source.close();
    say("Live updates ended. Load the page again.");
  });
  // A server that is away is tried again by the browser; one that refuses is not.
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 15000);
  });
}

// A tab that nobody sees holds no connection.
function follow() {
  if (document.hidden) source?.close();
  else if (!source || source.readyState === EventSource.CLOSED) connect();
}

document.addEventListener("visibilitychange", follow);
if (!document.hidden) queueMicrotask(follow);
