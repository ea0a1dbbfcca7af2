// "Copier" beside a reference: the word on the button says that it worked.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const word = button.querySelector("[data-copy-word]");
  const usual = (button.dataset.usual ??= word.textContent);
  word.setAttribute("aria-live", "polite");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = button.dataset.copied;
    setTimeout(() => (word.textContent = usual), 2500);
  } catch {
    // Refused by the browser: select the reference, so that the person can copy it by hand.
    getSelection().selectAllChildren(button.parentElement.querySelector("bdi"));
  }
});
