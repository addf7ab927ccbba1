/* The page's words: what {name} stands for is filled in, and a count picks its form. */
const written = document.documentElement.lang || "en";

/** The page's language, as it is written where the reader lives: en-GB on a page in English. */
export const language = navigator.languages.find((each) => each.split("-")[0] === written) ?? written;
const forms = new Intl.PluralRules(language);
const counted = new Intl.NumberFormat(language);

/** All words of the page, from its data block. */
export const read = () => JSON.parse(document.querySelector("#words").textContent);

/** `text` with what is known put into its {places}. */
export const fill = (text, known = {}) => text.replace(/\{(\w+)\}/g, (_, name) => String(known[name] ?? ""));

/** The form of `key` for so many: `key_one`, `key_other`; {count} is the number as people write it. */
export const many = (words, key, count, known = {}) =>
  fill(words[`${key}_${forms.select(count)}`] ?? words[`${key}_other`], { count: counted.format(count), ...known });
