// Reads a text aloud, where the browser can speak its language; without that, there is no button at all.
const voice = window.speechSynthesis;

function button(place) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--secondary";
  made.textContent = place.dataset.listen;
  made.addEventListener("click", () => (place.dataset.speaking ? voice.cancel() : speak(place, made)));
  place.append(made);
}

function speak(place, made) {
  const lang = place.dataset.aloudLang;
  const texts = document.querySelectorAll(`#${place.dataset.aloud} [lang="${lang}"] :is(h2, h3, p, li)`);
  const lines = [...texts].filter((one) => !one.querySelector("p, li")).map((one) => one.textContent.trim());
  voice.cancel();
  place.dataset.speaking = "yes";
  made.textContent = place.dataset.stop;
  const ended = () => {
    delete place.dataset.speaking;
    made.textContent = place.dataset.listen;
  };
  lines.filter(Boolean).forEach((line, index, all) => {
    const said = new SpeechSynthesisUtterance(line);
    said.lang = lang;
    said.onerror = ended;
    if (index === all.length - 1) said.onend = ended;
    voice.speak(said);
  });
}

function offer() {
  const spoken = voice.getVoices().map((one) => one.lang.slice(0, 2).toLowerCase());
  for (const place of document.querySelectorAll("[data-aloud]:empty")) {
    if (spoken.includes(place.dataset.aloudLang)) button(place);
  }
}

if (voice && window.SpeechSynthesisUtterance) {
  offer();
  voice.addEventListener?.("voiceschanged", offer);
  window.addEventListener("pagehide", () => voice.cancel());
}
