// Puts a variable where the cursor stands, in the text that was being written last.
let last;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea:not([readonly])")) last = event.target;
});
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () => {
    const area = last ?? document.getElementById(button.dataset.insertInto);
    area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}
