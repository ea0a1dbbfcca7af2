// The same answers sent twice to the same address within a second and a half are a slip of the finger.
// Told by their content, not by the form's element: a fast answer may already have replaced the form.
const pause = 1500;
const sent = new Map();

const contentOf = (form, submitter) => {
  const data = new FormData(form, submitter);
  data.delete("csrf_token"); // signed anew on each page
  return JSON.stringify([form.action, ...[...data].map(([name, value]) => [name, value.name ?? value])]);
};

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[data-scan]")) return;
    const button = event.submitter ?? form.querySelector("[type=submit]");
    const content = contentOf(form, event.submitter);
    const now = Date.now();
    if (now - (sent.get(content) ?? -pause) < pause) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.clear();
    sent.set(content, now);
    button?.setAttribute("aria-disabled", "true");
    setTimeout(() => button?.removeAttribute("aria-disabled"), pause);
  },
  { capture: true },
);
