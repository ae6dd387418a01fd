// What cannot be taken back is asked once: <button data-confirm="Withdraw “Rice paper”?">. The dialog stands in base.html.
const dialog = document.getElementById("ask");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-confirm]");
  if (!button || button.dataset.asked) return;
  event.preventDefault();
  event.stopPropagation();
  dialog.querySelector("p").textContent = button.dataset.confirm;
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "yes") return;
    button.dataset.asked = "1";
    button.click();
    delete button.dataset.asked;
  };
  dialog.showModal();
  dialog.querySelector('button[value=""]').focus();
}, true);
