// A part of the page that could not be fetched is told in words; the page stays as it was.
const toast = document.getElementById("toast");
let timer;

function tell(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (toast.hidden = true), 8000);
}

document.addEventListener("htmx:response:error", ({ detail }) => {
  if (detail.ctx.response.status === 422) return;
  const page = new DOMParser().parseFromString(detail.ctx.text, "text/html");
  tell(page.querySelector("main h1")?.textContent ?? toast.dataset.offline);
});
document.addEventListener("htmx:error", () => tell(toast.dataset.offline));
