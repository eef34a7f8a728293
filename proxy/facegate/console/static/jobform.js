// The form of a job: what only a targeted job answers is out of the way for an untargeted one, as long as it is empty.

const kind = document.getElementById("job-scope-kind");
const parts = document.querySelectorAll("fieldset[data-targeted]");

function answered(part) {
  return [...part.querySelectorAll("input, textarea, select")].some((field) => field.value.trim() !== "");
}

function follow() {
  for (const part of parts) {
    const wrong = part.querySelector('[aria-invalid="true"]');
    part.hidden = kind.value === "untargeted" && !answered(part) && !wrong;
  }
}

kind?.addEventListener("change", follow);
if (kind) follow();

// What was found is where to go on.
(document.getElementById("problems") ?? document.getElementById("checked"))?.focus();

// A form that was begun is not lost by a click on something else.
const form = document.querySelector("form.jobform");
let touched = false;
form?.addEventListener("input", () => { touched = true; });
form?.addEventListener("submit", () => { touched = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
