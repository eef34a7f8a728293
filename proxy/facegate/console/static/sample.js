// Marks samples by keyboard: N and F mark and go on, J and K move. Pictures are hidden when nobody looks any more.

import { watch } from "./pictures.js";

const form = document.getElementById("deciding");
const SECONDS = 600; // twelve pictures are looked at together

if (form) {
  const samples = [...form.querySelectorAll(".sample")];
  const at = () => Math.max(0, samples.findIndex((it) => it.contains(document.activeElement)));
  const go = (number) => {
    const sample = samples[Math.min(Math.max(number, 0), samples.length - 1)];
    (sample.querySelector("input:checked") ?? sample.querySelector("input")).focus();
    sample.scrollIntoView({ block: "nearest" });
  };
  const mark = (value) => {
    const number = at();
    samples[number].querySelector(`input[value="${value}"]`).checked = true;
    go(number + 1);
  };
  const keys = { n: () => mark("no-face"), f: () => mark("face"), j: () => go(at() + 1), k: () => go(at() - 1) };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  watch(SECONDS, () => form.querySelectorAll("img").forEach((image) => image.remove()));
  go(0);
}
