// The queue by keyboard: one record is the current one; what is decided shows at once, and is taken back if it fails.
import { ask } from "./asking.js";
import { post } from "./live.js";
import { centre, figure, watch } from "./pictures.js";

const AHEAD = 12; // cards before the end from which on more are fetched
const OFF = "facegate-keys-off";

const grid = document.getElementById("grid");
const viewer = document.getElementById("viewer");
const stage = document.getElementById("stage");
const blur = document.getElementById("blur");
const pictures = document.getElementById("pictures");
const said = document.getElementById("said");
const about = document.getElementById("about");
const bulk = document.getElementById("bulk");
const chosen = document.getElementById("chosen");
const help = document.getElementById("help");
const off = document.getElementById("keys-off");

let current = null;
let unwatch = () => {};
let loading = null;
let sending = Promise.resolve();

const cards = () => [...grid.children];
const short = (card) => card.dataset.id.slice(0, 8);

function tell(text, bad = false) {
  said.textContent = text;
  said.classList.toggle("bad", bad);
}

function hide() {
  unwatch();
  unwatch = () => {};
  pictures.replaceChildren();
  stage.classList.remove("revealed", "zoomed", "unboxed");
}

function go(card, { focus = true } = {}) {
  if (!card || card === current) return;
  hide();
  current?.removeAttribute("aria-current");
  current = card;
  card.setAttribute("aria-current", "true");
  blur.src = card.querySelector("img").src;
  blur.alt = `Record ${short(card)}, blurred`;
  about.replaceChildren(card.querySelector(".facts").cloneNode(true));
  if (focus) card.querySelector(".look").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  const all = cards();
  const at = all.indexOf(card);
  const image = all[at + 1]?.querySelector("img");
  if (image) image.loading = "eager";
  if (all.length - at <= AHEAD) more();
}

function step(by, { open = false } = {}) {
  const all = cards();
  let at = all.indexOf(current) + by;
  while (open && all[at] && all[at].dataset.state !== "open") at += by;
  if (all[at]) go(all[at]);
  return Boolean(all[at]);
}

async function onward() {
  if (step(1, { open: true })) return;
  if (await more() && step(1, { open: true })) return;
  tell("That was the last one here.");
}

// The next page comes as a document of its own: nothing of it runs, and its cards are moved here.
function more() {
  const link = document.querySelector('#more a[rel="next"]');
  if (!link) return Promise.resolve(false);
  loading ??= new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", link.getAttribute("href"));
    request.responseType = "document";
    request.onloadend = () => {
      const page = request.status === 200 ? request.response : null;
      const found = [...(page?.querySelectorAll("#grid > .record") ?? [])];
      const known = new Set(cards().map((card) => card.dataset.id));
      grid.append(...found.filter((card) => !known.has(card.dataset.id)).map((card) => document.adoptNode(card)));
      if (page) document.getElementById("more").replaceChildren(...(page.getElementById("more")?.childNodes ?? []));
      loading = null;
      resolve(found.length > 0);
    };
    request.send();
  });
  return loading;
}

function mark(card, state) {
  card.dataset.state = state;
  card.classList.toggle("done", state !== "open");
  const badge = card.querySelector(".state .badge");
  const tones = { open: "warn", confirmed: "bad", "false-positive": "info", released: "good" };
  badge.className = `badge ${tones[state] ?? ""}`;
  badge.textContent = state;
}

// Decisions show before they are made, and are made one after the other, so that undo takes back the last of them.
function decide(decision, fields = {}) {
  const card = current;
  const before = card.dataset.state;
  const after = decision === "confirm" ? "confirmed" : decision;
  if (before !== "open") return tell(`Record ${short(card)} is ${before}; undo it first.`, true);
  card.classList.remove("failed");
  mark(card, after);
  tell(`Record ${short(card)}: ${after}.`);
  onward();
  sending = sending
    .then(() => post(`/records/${encodeURIComponent(card.dataset.id)}/decide`, { decision, expected: before, ...fields }))
    .catch((error) => {
      mark(card, before);
      card.classList.add("failed");
      tell(error.message, true);
      if (card !== current) go(card);
    });
  return sending;
}

const verbs = {
  next: () => step(1) || onward(),
  previous: () => step(-1),
  async reveal() {
    if (stage.classList.contains("revealed")) return hide();
    const card = current;
    if (!("looks" in card.dataset)) return tell("There are no bytes to look at.", true);
    const fields = await ask("ask-reveal");
    if (!fields || card !== current) return;
    delete fields.keep;
    tell("Revealing.");
    try {
      const shown = await post(`/records/${encodeURIComponent(card.dataset.id)}/reveal`, fields);
      if (card !== current || document.hidden) return;
      if (shown.nothing) return tell(shown.nothing);
      pictures.replaceChildren(...shown.pictures.map((picture, at) => figure(picture, at + 1)));
      stage.classList.add("revealed");
      unwatch = watch(shown.seconds, () => { hide(); tell("Hidden again."); });
      const faces = shown.pictures.reduce((sum, picture) => sum + picture.faces.length, 0);
      tell(`Revealed: ${shown.pictures.length === 1 ? "one picture" : `${shown.pictures.length} pictures`}, ${faces} marked.`);
    } catch (error) {
      tell(error.message, true);
    }
  },
  confirm: () => decide("confirm"),
  async "false-positive"() {
    const card = current;
    const fields = await ask("ask-false-positive");
    if (fields && card === current) decide("false-positive", { reason: [fields.reason, fields.more].filter(Boolean).join(" ") });
  },
  async release() {
    const card = current;
    const fields = await ask("ask-release", { job: card.dataset.job });
    if (!fields) return;
    try {
      const { job, why } = fields;
      const done = await post(`/records/${encodeURIComponent(card.dataset.id)}/release`, { job, why, expected: card.dataset.state });
      mark(card, done.state);
      if (card === current) onward();
      tell(done.said);
    } catch (error) {
      tell(error.message, true);
    }
  },
  async note() {
    const card = current;
    const fields = await ask("ask-note");
    if (!fields) return;
    try {
      await post(`/records/${encodeURIComponent(card.dataset.id)}/note`, { text: fields.text });
      tell(`Record ${short(card)}: noted.`);
    } catch (error) {
      tell(error.message, true);
    }
  },
  async undo() {
    await sending;
    try {
      const { done } = await post("/queue/undo");
      for (const { id, state } of done) {
        const card = cards().find((one) => one.dataset.id === id);
        if (card) { mark(card, state); go(card); }
      }
      tell(done.length === 1 ? `Record ${done[0].id.slice(0, 8)}: open again.` : `${done.length} records: open again.`);
    } catch (error) {
      tell(error.message, true);
    }
  },
  choose() {
    const box = current.querySelector('input[type="checkbox"]');
    box.checked = !box.checked;
    count();
  },
  boxes: () => stage.classList.toggle("unboxed"),
  zoom: () => centre(pictures, stage.classList.toggle("zoomed")),
  open: () => location.assign(current.querySelector(".look").href),
  help: () => help.showModal(),
};

const KEYS = {
  j: "next", ArrowRight: "next", ArrowDown: "next", k: "previous", ArrowLeft: "previous", ArrowUp: "previous",
  r: "reveal", c: "confirm", f: "false-positive", l: "release", n: "note", u: "undo",
  x: "choose", b: "boxes", z: "zoom", o: "open", "?": "help",
};

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return hide();
  if (off.checked || event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
  const verb = KEYS[event.key];
  if (!verb || (event.repeat && !["next", "previous"].includes(verb))) return;
  event.preventDefault();
  verbs[verb]();
}

function count() {
  const number = grid.querySelectorAll('input[type="checkbox"]:checked').length;
  bulk.classList.toggle("some", number > 0);
  chosen.textContent = number ? `${number} chosen.` : "None chosen.";
}

function keysAre(offNow) {
  off.checked = offNow;
  document.body.classList.toggle("keyless", offNow);
}

function start() {
  document.body.classList.add("scripted");
  viewer.hidden = false;
  for (const button of viewer.querySelectorAll("[data-do]")) button.addEventListener("click", () => verbs[button.dataset.do]());
  grid.addEventListener("focusin", (event) => go(event.target.closest(".record"), { focus: false }));
  grid.addEventListener("change", count);
  grid.addEventListener("click", (event) => {
    const look = event.target.closest(".look");
    if (!look || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(look.closest(".record"));
    if (matchMedia("(max-width: 60rem)").matches) viewer.scrollIntoView({ block: "start" });
  });
  document.addEventListener("keydown", onKey);
  const button = document.getElementById("help-button");
  button.hidden = false;
  button.addEventListener("click", verbs.help);
  off.addEventListener("change", () => {
    localStorage.setItem(OFF, off.checked ? "1" : "");
    keysAre(off.checked);
  });
  keysAre(localStorage.getItem(OFF) === "1");
  count();
  go(cards()[0], { focus: false });
}

if (grid) start();
