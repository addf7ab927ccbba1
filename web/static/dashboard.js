// Keeps the numbers fresh and makes the copy buttons work. Without this script the page is complete.
// The page itself is asked for again, so that it is drawn in one place alone; what differs is changed in place, so
// that focus, scrolling, selection and open tables stay as they are.
"use strict";

const EVERY = 10_000;
const KEPT = new Set(["open"]); // people open and close tables
let timer = 0;
let last = Date.now();
let paused = false;

function byKey(parent) {
  const found = new Map();
  for (const child of parent.children) if (child.dataset.key) found.set(child.dataset.key, child);
  return found;
}

// Children that name themselves (data-key) are told apart by name, all others by their place.
function aligned(old, fresh) {
  const keyed = byKey(old);
  for (const [place, child] of [...fresh.childNodes].entries()) {
    const known = child.dataset && keyed.get(child.dataset.key);
    if (known && old.childNodes[place] !== known) old.insertBefore(known, old.childNodes[place] ?? null);
  }
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
}

function change(old, fresh) {
  if (old.nodeName !== fresh.nodeName || (old.dataset && old.dataset.key !== fresh.dataset.key)) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  aligned(old, fresh);
  const wanted = [...fresh.childNodes];
  wanted.forEach((child, place) => {
    if (place < old.childNodes.length) change(old.childNodes[place], child);
    else old.append(child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild.remove();
}

function reveal(root) {
  for (const button of root.querySelectorAll("[data-script], #pause")) button.hidden = false;
}

function carry(from, to, id) {
  const [known, fresh] = [from.getElementById(id), to.getElementById(id)];
  if (known && fresh) fresh.replaceWith(to.importNode(known, true));
}

function say(words) {
  const place = document.getElementById("trouble");
  if (place.textContent !== words) place.textContent = words;
}

async function refresh() {
  last = Date.now();
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    reveal(fresh);
    for (const id of ["refreshing", "copied"]) carry(document, fresh, id);
    change(document.getElementById("live"), fresh.getElementById("live"));
    document.title = fresh.title;
    say("");
  } catch {
    say("Loupe does not answer; these numbers are old.");
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (!paused && !document.hidden) timer = setTimeout(refresh, Math.max(0, last + EVERY - Date.now()));
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.textContent);
    return true;
  } catch {
    // Pages on plain http have no clipboard; browsers still know the old command there.
    getSelection().selectAllChildren(field);
    return document.execCommand("copy");
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "pause") {
    paused = !paused;
    button.setAttribute("aria-pressed", paused);
    wait();
  } else {
    const done = await copy(button.parentElement.querySelector("code"));
    document.getElementById("copied").textContent = done ? "Copied." : "It could not be copied; it is selected.";
    button.textContent = done ? "Copied" : "Copy";
  }
});
document.addEventListener("visibilitychange", wait);
reveal(document);
document.getElementById("unscripted").hidden = true;
wait();
