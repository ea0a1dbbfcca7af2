// The square of a letter brings the code after a #: browsers never send that part, so no server or log sees it.
// Here it goes into its field and leaves the address, so that it stays neither on the screen nor in the history.
const field = document.querySelector("form[data-letter] #code");
if (field && location.hash.length > 1) {
  const code = decodeURIComponent(location.hash.slice(1)).replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  history.replaceState(null, "", location.pathname + location.search);
  if (code.length === 12) {
    field.value = code.match(/.{4}/g).join("-");
    document.getElementById("day")?.focus();
  }
}
// Whoever then chooses another language does not scan again.
for (const link of field ? document.querySelectorAll("a[hreflang]") : []) {
  link.addEventListener("click", () => (link.hash = field.value));
}
