// The list of channels and direct messages, and who is acting.
import { $, el } from "./dom.js";

export const titleOf = (channel, name) => (channel.is_im ? name(channel.user) : channel.name);

export function sidebar(state, { name, choose, act }) {
  const item = (channel) => {
    const current = channel.id === state.channel;
    const mark = channel.is_im ? "●" : channel.is_private ? "🔒" : "#";
    const props = {
      type: "button",
      class: state.unread.has(channel.id) ? "unread" : "",
      "aria-current": current ? "page" : undefined,
      onclick: () => choose(channel.id),
    };
    return el("li", {}, el("button", props, el("span", { "aria-hidden": "true" }, mark), ` ${titleOf(channel, name)}`));
  };
  $("channels").replaceChildren(...state.page.channels.filter((one) => !one.is_im).map(item));
  $("directs").replaceChildren(...state.page.channels.filter((one) => one.is_im).map(item));
  const people = state.page.people.map((id) => el("option", { value: id, selected: id === state.user }, name(id)));
  $("person").replaceChildren(...people);
  $("person").onchange = (event) => act(event.target.value);
}

export function drawer() {
  const button = $("open-sidebar");
  const set = (open) => {
    document.body.classList.toggle("sidebar-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => set(!document.body.classList.contains("sidebar-open")));
  $("main").addEventListener("click", (event) => { if (!button.contains(event.target)) set(false); });
  return () => set(false);
}
