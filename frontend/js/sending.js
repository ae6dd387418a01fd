// Forms: sent once, filters sent as soon as they change, the first error in view.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
// A page that the browser takes back from its memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-auto]")) form.requestSubmit();
});

document.querySelector("[data-focus]")?.focus();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.setAttribute("aria-pressed", "true");
});
