// A value that was found goes into its field: <button type="button" data-fill="f-hs_code" data-value="08013200">.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fill]");
  if (!button) return;
  const field = document.getElementById(button.dataset.fill);
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  button.closest("[data-found]")?.remove();
  field.focus();
});
