/* Tells those who listen what happens: a sentence now and then, and a number where much happens at once. */

const REST_MS = 1_500;
const MOST = 2;

/** A teller into a live region. `sum()` says how all stands, for when there is too much for single sentences. */
export function teller(region, sum) {
  const heard = [];
  let timer = 0;
  const speak = () => {
    timer = 0;
    region.textContent = heard.length > MOST ? sum() : heard.join(" ");
    heard.length = 0;
  };
  return (sentence) => {
    heard.push(sentence);
    timer ||= setTimeout(speak, REST_MS);
  };
}
