/* The words of the phone's part of the page, in the page's language. */
export const words = JSON.parse(document.querySelector("#phone-words").textContent);
const rules = new Intl.PluralRules(document.documentElement.lang || "en");

/* The sentence for so many: `name_one` or `name_other`. */
export function counted(name, count) {
  const sentence = words[`${name}_${rules.select(count)}`] ?? words[`${name}_other`];
  return sentence.replace("{count}", count);
}
