// How far a verification is, until it ends; then the page is loaded anew with what it came to.

import { say } from "./live.js";

const place = document.getElementById("verification");
const bar = document.getElementById("verifying");
let told = 0;

async function look() {
  try {
    const answer = await fetch("/ledger/verification", { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { running, percent } = await answer.json();
    if (!running) {
      location.assign("/ledger");
      return;
    }
    bar.value = percent;
    bar.textContent = `${percent} %`;
    if (percent - told >= 25) {
      told = percent;
      say(`Verified: ${percent} percent`);
    }
  } catch {
    // the console is away for a moment
  }
  setTimeout(look, 1000);
}

if (place?.dataset.running) setTimeout(look, 500);
