// A table wider than its frame is scrolled by hand; the keyboard must reach it too.
const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
const watch = () => document.querySelectorAll(".table-wrap, .tabs, .places").forEach((frame) => watcher.observe(frame));

watch();
document.addEventListener("htmx:after:swap", watch);
