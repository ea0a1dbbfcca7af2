// The scanning post. A scanner types fast and does not wait: each scan is queued, sent in its turn, and kept until answered.
// A form's own `data-scan-echo` counts first. Whoever can answer a scan without the network prevents `scan:leaves` or
// `scan:unanswered`, and says `done()`.
const echo = 800; // ms: the same label read twice by one pull of the trigger
const retry = 3000; // ms between two attempts while the network is cut
const patience = 3; // attempts when the server answers that it failed
const played = new WeakSet();
const posts = new Map(); // one queue per address, which survives the swap of its form

const clean = (text) => text.replace(/[\r\n\t]+/g, " ").trim();

let audio = null;
const tone = (pitch, start, length, wave) => {
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  oscillator.type = wave;
  oscillator.frequency.value = pitch;
  volume.gain.setValueAtTime(0.2, audio.currentTime + start);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + length);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(audio.currentTime + start);
  oscillator.stop(audio.currentTime + start + length);
};
const play = (verdict) => {
  if (audio?.state !== "running") return;
  if (verdict === "ok") tone(880, 0, 0.15, "sine");
  else for (const start of [0, 0.22]) tone(196, start, 0.18, "square");
};
const wakeAudio = () => {
  audio ??= "AudioContext" in window ? new AudioContext() : null;
  if (audio?.state === "suspended") audio.resume();
};

const postOf = (form) => {
  const key = form.action;
  if (!posts.has(key)) posts.set(key, { queue: [], busy: false, last: "", at: 0, timer: 0, tries: 0 });
  return posts.get(key);
};

const formOf = (url) => [...document.querySelectorAll("[data-scan]")].find((form) => form.action === url);
// The first of the queue was answered: the next one leaves.
const next = (url) => {
  const post = posts.get(url);
  post.queue.shift();
  Object.assign(post, { busy: false, tries: 0 });
  setTimeout(() => formOf(url) && pump(formOf(url), post));
};
const answeredElsewhere = (form, kind, value) => {
  const done = () => next(form.action);
  return !form.dispatchEvent(new CustomEvent(kind, { bubbles: true, cancelable: true, detail: { value, done } }));
};

const pump = (form, post) => {
  if (post.busy || !post.queue.length || !window.htmx) return;
  post.busy = true;
  if (answeredElsewhere(form, "scan:leaves", post.queue[0])) return;
  form.querySelector("[data-scan-value]").value = post.queue[0];
  window.htmx.trigger(form, "scan-ready");
};

const take = (form) => {
  const post = postOf(form);
  const input = form.querySelector("[data-scan-input]");
  const value = clean(input.value);
  input.value = "";
  input.focus();
  if (!value || (value === post.last && Date.now() - post.at < (form.dataset.scanEcho ?? echo))) return;
  Object.assign(post, { last: value, at: Date.now() });
  post.queue.push(value);
  wakeAudio();
  pump(form, post);
};

const bind = (form) => {
  if (form.dataset.bound || !window.htmx) return;
  form.dataset.bound = "yes";
  const input = form.querySelector("[data-scan-input]");
  // What is sent is a copy: the field itself is free for the next label.
  const copy = Object.assign(document.createElement("input"), { type: "hidden", name: input.name });
  copy.dataset.scanValue = "";
  input.removeAttribute("name");
  form.append(copy);
  form.setAttribute("data-hx-trigger", "scan-ready");
  window.htmx.process(form);
  pump(form, postOf(form));
};
const bindAll = () => document.querySelectorAll("[data-scan]").forEach(bind);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-scan][data-bound]")) return;
  event.preventDefault();
  take(event.target);
});
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.key !== "Tab" || event.shiftKey || !input.matches?.("[data-scan-input]") || !clean(input.value)) return;
  event.preventDefault();
  input.form.requestSubmit();
});
document.addEventListener("focusout", (event) => {
  // A control may take the focus; a click beside everything may not.
  if (!event.target.matches("[data-scan-input]") || event.relatedTarget?.tabIndex >= 0) return;
  setTimeout(() => {
    if (document.activeElement.tabIndex < 0 && !getSelection().toString()) event.target.focus({ preventScroll: true });
  }, 150);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("[data-scan]")) return;
  const url = form.action;
  const post = postOf(form);
  const { status } = detail.xhr;
  if (status === 0 || (status >= 500 && ++post.tries < patience)) {
    // No answer: the scan stays first in the queue. The server recognises one that it already had.
    if (answeredElsewhere(form, "scan:unanswered", post.queue[0])) return;
    post.busy = false;
    clearTimeout(post.timer);
    post.timer = setTimeout(() => formOf(url) && pump(formOf(url), post), retry);
    return;
  }
  // Given up: back in the field, where the person sees it.
  const field = formOf(url)?.querySelector("[data-scan-input]");
  if (status >= 500 && field && !field.value) field.value = post.queue[0];
  next(url);
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const verdict = target.matches?.("[data-verdict]") ? target : target.querySelector?.("[data-verdict]");
  if (!verdict || played.has(verdict)) return; // what is swapped out of band settles twice
  played.add(verdict);
  play(verdict.dataset.verdict);
  document.querySelector("[data-scan-input]")?.focus({ preventScroll: true }); // whatever was pressed, the next label goes there
});
document.addEventListener("click", (event) => event.target.closest("[data-wakes-sound]") && wakeAudio());
document.addEventListener("htmx:load", bindAll);
bindAll();
