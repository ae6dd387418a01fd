// Suggestions under a search box: arrow keys walk the links, Escape or leaving closes.
// The box names its list: <input data-suggest="id-of-list">; the list holds links.
for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(box.dataset.suggest);
  const form = box.form;
  const close = () => list.replaceChildren();

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      box.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [box, ...list.querySelectorAll("a")];
    if (!step || stops.length === 1) return;
    const here = stops.indexOf(document.activeElement);
    if (here < 0) return;
    event.preventDefault();
    stops[(here + step + stops.length) % stops.length].focus();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  box.addEventListener("input", () => {
    if (!box.value.trim()) close();
  });
  // A click on a suggestion must not take the focus from the form first: that would close the list under the pointer.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
