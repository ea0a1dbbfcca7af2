// After a swap the focus is on something that matters, what happened is said once, and a cut network is told.
const root = document.documentElement;
root.classList.add("script");

const announcer = document.createElement("div");
announcer.className = "visually-hidden";
announcer.setAttribute("role", "status");
document.body.append(announcer);

const focusOn = (element) => {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus();
};
const within = (element, selector) => (element.matches(selector) ? element : element.querySelector(selector));
// A scanner types into whatever has the focus: before anything else, its field.
const wanted = (element) =>
  within(element, "#error-summary") ?? within(element, "[data-scan-input][data-focus]") ?? within(element, "[data-focus]");

// The page as it arrives.
const first = wanted(document.body);
if (first && !location.hash) focusOn(first);

let before = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  before = document.activeElement;
  // The server aimed its sentence at the message region: show it, whatever the status.
  if (detail.xhr.getResponseHeader("HX-Retarget")) Object.assign(detail, { shouldSwap: true, isError: false });
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (!(target instanceof Element) || !target.isConnected) return;
  const summary = within(target, "#error-summary");
  const prefix = summary?.dataset.title;
  if (prefix && !document.title.startsWith(prefix)) document.title = `${prefix} ${document.title}`;
  const said = within(target, "[data-announce]");
  if (said) announcer.textContent = said.dataset.announce;
  const next = wanted(target) ?? (target.id === "messages" && target.textContent.trim() ? target : null);
  if (next) focusOn(next);
  // The control that was pressed went away with the swap: stay where it was.
  else if (before && !before.isConnected && document.activeElement === document.body) {
    focusOn((before.id && document.getElementById(before.id)) || target);
  }
});

// A link of the error summary lands on its field, with the question in sight.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-focus-field]");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

// A menu closes like a menu.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("[data-menu][open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

// While a request runs, what waits for it says so.
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target?.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (detail.successful) document.querySelector("#messages > [data-trouble]")?.remove();
});

// A failure is a sentence in the message region; what was typed stays where it is.
const tell = (kind) => {
  const region = document.getElementById("messages");
  const text = region?.dataset[kind];
  if (!text || region.textContent.trim() === text) return;
  const notice = document.createElement("div");
  notice.className = "notice notice--problem";
  notice.dataset.trouble = "";
  const line = document.createElement("p");
  line.className = "notice__text";
  line.textContent = text;
  notice.append(line);
  region.replaceChildren(notice);
  region.scrollIntoView({ block: "nearest" });
};
for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => tell("offline"));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const { status } = detail.xhr;
  tell({ 401: "forbidden", 403: "forbidden", 404: "gone", 410: "gone" }[status] ?? "failed");
});
