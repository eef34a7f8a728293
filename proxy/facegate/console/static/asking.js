// Dialogs that ask for a reason. In them a number key chooses the reason of that number, and answers at once.

const remembered = new Map();
let asking = null;

/** The dialog's fields as an object, or null when it was closed. One that is to be kept answers by itself. */
export function ask(id, preset = {}) {
  if (remembered.has(id)) return Promise.resolve(remembered.get(id));
  if (asking) return Promise.resolve(null);
  const dialog = document.getElementById(id);
  const form = dialog.querySelector("form");
  form.reset();
  for (const [name, value] of Object.entries(preset)) form.elements[name].value = value;
  return new Promise((resolve) => {
    asking = dialog;
    const before = document.activeElement;
    const keys = (event) => {
      const radios = [...form.querySelectorAll('input[type="radio"]')];
      const typing = event.target.matches?.('input[type="text"], textarea');
      const chosen = /^[1-9]$/.test(event.key) && !typing && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (chosen && radios[event.key - 1]) {
        event.preventDefault();
        radios[event.key - 1].checked = true;
        form.requestSubmit(form.querySelector('[value="go"]'));
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        form.requestSubmit(form.querySelector('[value="go"]'));
      }
    };
    const end = () => {
      dialog.removeEventListener("keydown", keys);
      asking = null;
      before?.focus?.({ preventScroll: true });
      if (dialog.returnValue !== "go") return resolve(null);
      const fields = Object.fromEntries(new FormData(form));
      if (fields.keep) remembered.set(id, fields);
      return resolve(fields);
    };
    dialog.addEventListener("keydown", keys);
    dialog.addEventListener("close", end, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
    form.querySelector('input[type="radio"]:checked, textarea, input[type="text"]')?.focus();
  });
}

for (const button of document.querySelectorAll("dialog [data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close(""));
}
