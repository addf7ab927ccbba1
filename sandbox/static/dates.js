// Dates in the reader's own time zone, in the forms of <!date^...>.

const day = { day: "numeric", month: "long", year: "numeric" };
const short = { day: "numeric", month: "short", year: "numeric" };
const show = (options) => (when) => new Intl.DateTimeFormat("en", options).format(when);

const DAY_MS = 86_400_000;
const startOfDay = (when) => new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();

const pretty = (options) => (when) => {
  const days = Math.round((startOfDay(new Date()) - startOfDay(when)) / DAY_MS);
  return { 0: "today", 1: "yesterday", "-1": "tomorrow" }[days] || show(options)(when);
};

function ago(when) {
  const seconds = Math.round((when - Date.now()) / 1000);
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) || steps[3];
  return new Intl.RelativeTimeFormat("en").format(Math.round(seconds / size), unit);
}

const FORMS = {
  date: show(day),
  date_num: (when) => when.toISOString().slice(0, 10),
  date_slash: show({ day: "2-digit", month: "2-digit", year: "numeric" }),
  date_long: show({ weekday: "long", ...day }),
  date_short: show(short),
  date_pretty: pretty(day),
  date_long_pretty: pretty({ weekday: "long", ...day }),
  date_short_pretty: pretty(short),
  day_divider_pretty: pretty({ weekday: "long", day: "numeric", month: "long" }),
  time: show({ hour: "numeric", minute: "2-digit" }),
  time_secs: show({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

export const dateText = (format, when) =>
  Number.isNaN(when.getTime())
    ? ""
    : format.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(FORMS, name) ? FORMS[name](when) : whole));

export const whenOf = (ts) => new Date(Number(ts) * 1000);
export const clock = (ts) => FORMS.time(whenOf(ts));
export const dayOf = (ts) => FORMS.day_divider_pretty(whenOf(ts)).replace(/^./, (letter) => letter.toUpperCase());
