// Makes the copy buttons work. Without this script the markup can be selected by hand.
"use strict";

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Pages on plain http have no clipboard; browsers still know the old command there.
    return document.execCommand("copy");
  }
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.copies));
    const status = document.getElementById("copied");
    status.textContent = done ? "Copied." : "It could not be copied. The markup is selected: press Ctrl+C.";
    button.textContent = done ? "Copied" : "Copy";
    button.focus();
  });
}
