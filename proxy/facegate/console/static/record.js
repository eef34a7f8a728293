// A record's page: what is revealed is hidden again by itself.
import { watch } from "./pictures.js";

const shown = document.getElementById("looking");
if (shown) {
  watch(Number(shown.dataset.seconds), () => {
    const hidden = document.createElement("p");
    hidden.textContent = "Hidden again. Load the page to reveal it with a reason.";
    hidden.setAttribute("role", "status");
    shown.replaceChildren(hidden);
  });
  // a page that comes back out of the browser's memory has nothing to show any more
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
