// A station that goes on alone when the network is cut. While it is there, scan.js and the server do the work; when a scan
// gets no answer, what the post remembers (memory.js) answers, keeps it, and sends it later.
const patience = 4000; // ms for an answer, after which the network counts as cut
const pulse = 3000; // ms between two attempts to send what waits
const rest = 20_000; // ms between two signs of life when nothing waits
const renewal = 60_000; // ms after which what the post remembers is asked again

const root = () => document.querySelector("[data-station]");
let address = location.pathname; // without network, it is all that the page knows
const part = (name) => document.getElementById(`station-${name}`);
const field = (name) => part("verdict").querySelector(`[name=${name}]`);

let memory = null; // null where the browser can keep no secret
let erase = () => {};
let isCut = false;
let waits = 0;
let renewed = 0;

const news = (when, shown) => {
  for (const line of part("news").querySelectorAll("[data-when]")) if (line.dataset.when === when) line.hidden = !shown;
  root().toggleAttribute("data-cut", isCut); // what needs the network is not offered
};
const count = async () => {
  waits = memory ? (await memory.waiting()).length : 0;
  const line = part("news").querySelector("[data-waits]");
  line.textContent = waits > 1 ? line.dataset.many.replace("{n}", waits) : waits ? line.dataset.one : line.dataset.none;
  if (waits) localStorage.setItem("station", address);
  else localStorage.removeItem("station");
};

// --- a scan without an answer ----------------------------------------------------------------------------------------

const show = (said) => {
  const words = part("words").content.querySelector(`[data-words="${said.word}"]`).cloneNode(true);
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => said[name] ?? "").replace(/\s+\./, ".");
  for (const line of words.querySelectorAll("p")) if (!line.children.length) line.textContent = fill(line.textContent);
  const verdict = words.firstElementChild;
  verdict.dataset.announce = fill(verdict.dataset.announce);
  field("eleve").value = said.held?.code ?? "";
  field("appareil").value = said.held?.tag ?? "";
  field("cle").value = crypto.randomUUID();
  part("verdict").replaceChildren(...part("verdict").querySelectorAll("input"), verdict);
  window.htmx.trigger(verdict, "htmx:afterSettle"); // read aloud and played, as any answer of the portal
};

const decide = async ({ value, done }) => {
  if (!field("cle").value) field("cle").value = crypto.randomUUID();
  show(await memory.decide(value, field("cle").value, { code: field("eleve").value, tag: field("appareil").value }));
  await count();
  done();
};
document.addEventListener("scan:leaves", (event) => {
  if (!memory || !(isCut || waits)) return;
  event.preventDefault();
  decide(event.detail);
});
document.addEventListener("scan:unanswered", (event) => {
  if (!memory) return;
  event.preventDefault();
  isCut = true;
  news("cut", true);
  decide(event.detail);
});
// Signed out meanwhile (the session is over, or its token is): the scan is kept, and the page stays.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  const isOut = [400, 403].includes(xhr.status) || xhr.getResponseHeader("HX-Redirect");
  if (!memory || !elt.matches("[data-scan]") || !isOut) return;
  event.preventDefault();
  isCut = true;
  news("out", true);
  decide({ value: elt.querySelector("[data-scan-value]").value, done: () => {} });
});
// The post says so itself, beside the field: no second message.
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => memory && document.querySelector("#messages > [data-trouble]")?.remove());
}
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.matches("[data-scan]")) detail.timeout = patience;
});

// --- what waits leaves, what is remembered is renewed ----------------------------------------------------------------

const swap = (html) => {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const piece of answer.querySelectorAll("body > [id]")) {
    piece.removeAttribute("data-hx-swap-oob");
    document.getElementById(piece.id)?.replaceWith(piece);
    window.htmx.process(piece);
  }
};

const renew = async () => {
  const answer = await fetch(`${address}/memoire`, { redirect: "error", signal: AbortSignal.timeout(patience) });
  const { Memory } = await import(root().dataset.memory);
  memory = await Memory.of(address, await answer.json());
  renewed = Date.now();
};

const send = async () => {
  const form = new FormData();
  form.set("csrf_token", part("scan").elements.csrf_token.value);
  form.set("attente", waits);
  form.set("scans", JSON.stringify(memory ? (await memory.sheets()).slice(0, 200) : []));
  const answer = await fetch(`${address}/nouvelles`, { method: "POST", body: form, headers: { "HX-Request": "true" }, redirect: "manual" });
  if (answer.status !== 200) return news("out", answer.type === "opaqueredirect" || answer.status < 500);
  swap(await answer.text());
  const { kept, open } = part("news").dataset;
  await memory?.forget(kept.split(" "));
  await count();
  isCut = false;
  news("cut", false);
  if (!open && !waits) await over();
  else if (!waits && Date.now() - renewed > renewal) await renew();
};

const over = async () => {
  await erase();
  await caches.delete("station");
  await (await navigator.serviceWorker?.getRegistration("/distribution/"))?.unregister();
  localStorage.removeItem("station");
  location.reload();
};

const tell = async () => {
  try {
    if (root().hasAttribute("data-alone")) {
      await fetch(`${address}/memoire`, { redirect: "manual", signal: AbortSignal.timeout(patience) });
      return location.reload(); // the network is back: the page itself sends what waits
    }
    if (!waits && isCut === false && Date.now() - told < rest) return;
    told = Date.now();
    await send();
  } catch {
    isCut = true;
    news("cut", true);
    await count();
  }
};
let told = 0;

// --- the camera ------------------------------------------------------------------------------------------------------

let close = null;
const toggle = async (button) => {
  const video = part("field").querySelector("video");
  const { camera, fallback, stop, refused } = button.dataset;
  button.dataset.start ??= button.textContent;
  part("camera").textContent = "";
  if (close) {
    close();
    close = null;
  } else {
    try {
      const { open } = await import(camera);
      close = await open(video, fallback, (code) => {
        document.getElementById("station-code").value = code;
        part("scan").requestSubmit();
      });
      caches.open("station").then((kept) => kept.addAll([camera, fallback])); // it has been used: so it may be, alone
    } catch {
      part("camera").textContent = refused;
    }
  }
  video.hidden = !close;
  button.textContent = close ? stop : button.dataset.start;
  button.setAttribute("aria-pressed", `${Boolean(close)}`);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-camera]");
  if (button) toggle(button);
});

// --- begin -----------------------------------------------------------------------------------------------------------

const prepare = async () => {
  const { worker, alonePage, memory: module } = root().dataset;
  if (!worker || !navigator.serviceWorker) return;
  const files = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")].map((file) => file.src ?? file.href);
  const sprites = [...document.querySelectorAll("use")].map((use) => use.href.baseVal.split("#")[0]);
  const kept = await caches.open("station");
  await kept.addAll([...new Set([alonePage, module, ...files, ...sprites])]);
  await navigator.serviceWorker.register(worker, { scope: "/distribution/" });
};

let begun = false;
const begin = async () => {
  if (begun || !root()) return;
  begun = true;
  address = root().dataset.station || address; // a scan sent without scripts answers at another one
  part("field").querySelector("[data-camera]").hidden = !navigator.mediaDevices?.getUserMedia;
  const canKeep = window.isSecureContext && "indexedDB" in window;
  if (canKeep) {
    const module = await import(root().dataset.memory);
    erase = module.erase;
    memory = await module.Memory.of(address).catch(() => null);
    if (root().hasAttribute("data-alone")) {
      isCut = true;
      news("cut", true);
      document.querySelector("[data-number]").textContent = memory?.known.number ?? "";
    } else await renew().catch(() => {});
    await count();
    await prepare().catch(() => {});
  }
  root().dataset.ready = "yes";
  await tell();
  setInterval(tell, pulse);
  addEventListener("online", () => {
    told = 0;
    tell();
  });
};
document.addEventListener("htmx:load", begin);
begin();
