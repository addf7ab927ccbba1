/* Brings a part of this page anew, without taking away what somebody has just chosen, opened or focused. */

/** Waits for a quiet moment, then does it; once at a time, and once more where it was asked for meanwhile. */
export function gathered(what, quiet) {
  let timer = 0;
  let busy = false;
  let again = false;
  const run = async () => {
    timer = 0;
    busy = true;
    await what().catch(() => {});
    busy = false;
    if (again) ask();
  };
  const ask = () => {
    again = busy;
    if (!busy && !timer) timer = setTimeout(run, quiet);
  };
  return ask;
}

/** The page or fragment at an address; null where it is not there (any more). */
export async function fetched(address) {
  const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function describe(element) {
  if (!element || element === document.body) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const link = element.getAttribute("href");
  if (link) return `a[href="${CSS.escape(link)}"]`;
  const value = element.getAttribute("value");
  return value && element.name ? `[name="${CSS.escape(element.name)}"][value="${CSS.escape(value)}"]` : "";
}

/** Puts new content in place; what was ticked, open or focused is so again. */
export function renew(place, content) {
  const focused = place.contains(document.activeElement) ? describe(document.activeElement) : "";
  const ticked = [...place.querySelectorAll("input:checked")].map(describe);
  const open = [...place.querySelectorAll("details[open]")].map(describe);
  place.replaceChildren(...content);
  for (const each of ticked) place.querySelector(each)?.click();
  for (const each of open) if (each) place.querySelector(each)?.setAttribute("open", "");
  if (focused) place.querySelector(focused)?.focus({ preventScroll: true });
}
