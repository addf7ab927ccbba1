// The channel page: who is looking at what, and what to do when something changes.
import { $, el, toast } from "./dom.js";
import { call, get, listen, post } from "./api.js";
import { composer, onDrop, stored } from "./composer.js";
import { MessageList } from "./list.js";
import { setNames } from "./mrkdwn.js";
import { showHome, showModal } from "./modal.js";
import { drawer, sidebar, titleOf } from "./sidebar.js";

const state = { user: "", channel: "", thread: "", page: null, unread: new Set(), mine: new Set(), waiting: null, home: false, latest: new Map() };
const channelList = new MessageList($("messages"));
const threadList = new MessageList($("replies"));

const name = (id) => {
  const user = state.page.users.find((one) => one.id === id);
  return user ? user.real_name : id;
};
const channel = () => state.page.channels.find((one) => one.id === state.channel);

function view(inThread) {
  return { user: state.user, channel: state.channel, name, call, shortcuts: state.page.shortcuts, openThread, inThread };
}

async function load(user) {
  state.page = await get(`page?user=${user}`);
  state.user = state.page.user;
  for (const one of state.page.channels) state.latest.set(one.id, one.latest_ts);
  setNames({
    user: name,
    channel: (id) => state.page.channels.find((one) => one.id === id)?.name || id,
  });
}

// What was said elsewhere while nobody listened.
async function catchUp() {
  const before = new Map(state.latest);
  await load(state.user);
  for (const one of state.page.channels) {
    if (one.id !== state.channel && one.latest_ts > (before.get(one.id) ?? "")) state.unread.add(one.id);
  }
  sidebar(state, { name, choose, act });
  await refresh();
}

async function choose(id) {
  if (!state.page.channels.some((one) => one.id === id)) id = state.page.channels.find((one) => one.name === "pictures").id;
  state.channel = id;
  state.unread.delete(id);
  history.replaceState(null, "", `/archives/${id}`);
  closeThread();
  closeDrawer();
  channelList.clear();
  showTab(false);
  drawHead();
  await refresh();
  channelList.toEnd();
  if (channel().is_im) call("open_home", { user: state.user, tab: "messages" });
}

function drawHead() {
  const title = titleOf(channel(), name);
  document.title = `${title} | Sandbox workspace`;
  $("channel-name").textContent = channel().is_im ? title : `# ${title}`;
  $("tabs").hidden = !channel().is_im;
  $("composer-text").placeholder = channel().is_im ? `Message ${title}` : `Message #${title}`;
  sidebar(state, { name, choose, act });
}

function empty() {
  const words = el("li", { class: "empty" },
    el("p", { class: "empty-title" }, "Drop a picture here"),
    el("p", {}, "Or add one with +, paste one, or type ", el("code", {}, state.page.commands[0] || "/help"), "."));
  return { id: "nothing", node: words };
}

async function refresh() {
  const id = state.channel;
  const answer = await get(`channels/${id}?user=${state.user}`);
  if (id !== state.channel) return;
  $("channel-note").textContent = answer.archived ? "Archived" : answer.bot_here ? "" : "Loupe is not in this channel";
  const own = answer.messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts);
  channelList.show(own, view(false), empty());
  openExpected(answer.messages);
  drawThread(answer.messages);
}

// The thread of a picture just posted opens by itself with its first reply, where there is room beside it.
function openExpected(messages) {
  const room = window.matchMedia("(min-width: 1000px)").matches;
  const reply = messages.findLast((one) => state.mine.has(one.thread_ts) && one.thread_ts !== one.ts);
  if (!reply || !room || state.thread === reply.thread_ts) return;
  state.mine.delete(reply.thread_ts);
  openThread(reply.thread_ts);
}

function openThread(ts, focus = false) {
  state.thread = ts;
  state.mine.delete(ts);
  threadList.clear();
  $("thread").hidden = false;
  refresh().then(() => {
    threadList.toEnd();
    if (focus) $("reply-text").focus();
  });
}

function closeThread() {
  state.thread = "";
  $("thread").hidden = true;
}

function drawThread(messages) {
  if (!state.thread) return;
  const inside = messages.filter((one) => one.ts === state.thread || one.thread_ts === state.thread);
  if (!inside.length) closeThread();
  else threadList.show(inside, view(true));
}

async function send({ text, files, thread }) {
  const at = { channel: state.channel, user: state.user };
  if (text.startsWith("/") && !files.length) {
    await call("command", { ...at, line: text });
    return;
  }
  const message = await post({ ...at, text: stored(text, state.page.users), files, thread });
  if (files.length && !thread) state.mine.add(message.ts);
  await refresh();
  (thread ? threadList : channelList).toEnd();
}

async function act(user) {
  await load(user);
  await choose(state.channel);
  await modals();
}

async function modals() {
  const answer = await call("views", { user: state.user });
  showModal(answer.views, state.user, call);
  if (state.home) showHome(answer.home, state.user, call);
}

function showTab(home) {
  state.home = home;
  $("home").hidden = !home;
  $("messages").hidden = home;
  $("composer").hidden = home;
  $("tab-home").setAttribute("aria-pressed", String(home));
  $("tab-messages").setAttribute("aria-pressed", String(!home));
  if (home) call("open_home", { user: state.user, tab: "home" }).then(modals);
}

function heard(note) {
  if (note.type === "views" || note.type === "home") {
    if (note.user === state.user) modals();
  } else if (note.channel === state.channel) {
    state.waiting ||= setTimeout(() => { state.waiting = null; refresh().catch(() => {}); }, 30);
  } else if (state.page.channels.some((one) => one.id === note.channel)) {
    state.unread.add(note.channel);
    sidebar(state, { name, choose, act });
  }
}

function keys(event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (state.thread) {
    closeThread();
    $("composer-text").focus();
  }
}

// A menu closes when anything else is clicked.
function outside(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
}

function wire() {
  const commands = () => state.page.commands;
  const main = composer($("composer"), { id: "composer-text", label: "Message", send, commands, thread: () => "" });
  const reply = composer($("reply"), { id: "reply-text", label: "Reply", send, commands, thread: () => state.thread });
  onDrop($("drop"), (files, target) => ($("thread").contains(target) ? reply : main)(files));
  $("close-thread").addEventListener("click", closeThread);
  $("tab-home").addEventListener("click", () => showTab(true));
  $("tab-messages").addEventListener("click", () => showTab(false));
  document.addEventListener("keydown", keys);
  document.addEventListener("click", outside);
}

const closeDrawer = drawer();

async function start() {
  const [, id = "", point = ""] = /^\/archives\/(\w+)(?:\/p(\d+))?/.exec(location.pathname) || [];
  const thread = new URLSearchParams(location.search).get("thread_ts");
  wire();
  await load("");
  await choose(id);
  const ts = point && `${point.slice(0, -6)}.${point.slice(-6)}`;
  if (thread) openThread(thread);
  else if (ts) channelList.point(ts);
  await modals();
  listen(heard, () => catchUp().catch(() => {}));
}

start().catch((error) => toast(`The page could not start: ${error.message}`));
