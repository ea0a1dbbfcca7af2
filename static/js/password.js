// « Afficher » beside a password: seeing what one types replaces typing it twice.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-password-show]");
  if (!button) return;
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const shown = field.type === "text";
  const usual = (button.dataset.usual ??= button.textContent);
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  button.textContent = shown ? usual : button.dataset.hide;
});
