// The bar of stock empties as requests are ticked; "tout cocher" ticks them all.
const scopeOf = (element) => element.closest("form") ?? document;
const itemsIn = (scope) => [...scope.querySelectorAll("[data-stock-item]:not(:disabled)")];

const count = (bar) => {
  const scope = bar.closest("form") ?? document;
  const items = itemsIn(scope).filter((item) => !bar.dataset.kind || item.dataset.kind === bar.dataset.kind);
  const taken = items.filter((item) => item.checked).length;
  const left = Number(bar.dataset.left);
  const total = Number(bar.dataset.total);
  const rest = left - taken;
  bar.querySelector("[data-stock-rest]").textContent = Math.max(rest, 0);
  bar.querySelector("[data-stock-bar]")?.setAttribute("width", total ? (100 * Math.max(rest, 0)) / total : 0);
  bar.classList.toggle("stock--over", rest < 0);
  const note = bar.querySelector("[data-stock-note]");
  if (!note) return; // the figure alone, beside the buttons
  const { one, many, over, overOne, none } = note.dataset;
  if (rest < 0) note.textContent = rest === -1 ? overOne : over.replace("{n}", -rest);
  else note.textContent = taken === 0 ? none : taken === 1 ? one : many.replace("{n}", taken);
};

const countTicks = (all) => {
  const items = itemsIn(scopeOf(all));
  const taken = items.filter((item) => item.checked).length;
  all.checked = items.length > 0 && taken === items.length;
  all.indeterminate = taken > 0 && taken < items.length;
};

const countAll = (element) => {
  for (const bar of element.querySelectorAll("[data-stock]")) if (itemsIn(scopeOf(bar)).length) count(bar);
  for (const all of element.querySelectorAll("[data-check-all]")) countTicks(all);
};

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-check-all]")) for (const item of itemsIn(scopeOf(box))) item.checked = box.checked;
  else if (!box.matches("[data-stock-item]")) return;
  countAll(document);
});
document.addEventListener("htmx:load", () => countAll(document));
addEventListener("pageshow", () => countAll(document));
