// [data-copy="ID"]: a button that copies the text of that element. Without scripts there is none.

import { say } from "./live.js";

// What is shown once is not there when somebody comes back to the page.
addEventListener("pagehide", () => {
  for (const secret of document.querySelectorAll("[data-once]")) secret.textContent = "It was shown once.";
});

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break; // plain HTTP on another host than localhost has none
  const text = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy: select it instead";
    }
    say(button.textContent);
    setTimeout(() => { button.textContent = text; }, 3000);
  });
}
