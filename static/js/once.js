// A second press on the same button within a second and a half is an accident.
const pause = 1500;
const sent = new WeakMap();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[data-scan]")) return;
    const now = Date.now();
    if (now - (sent.get(form) ?? -pause) < pause) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.set(form, now);
    const button = event.submitter ?? form.querySelector("[type=submit]");
    button?.setAttribute("aria-disabled", "true");
    setTimeout(() => button?.removeAttribute("aria-disabled"), pause);
  },
  { capture: true },
);
