// The control API of the sandbox, as this page uses it.

async function read(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || `HTTP ${response.status}`);
  return answer;
}

export const get = (path) => fetch(`/sandbox/${path}`).then(read);

export const call = (name, body) =>
  fetch(`/sandbox/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).then(read);

export function post({ channel, user, text = "", thread = "", files = [] }) {
  const form = new FormData();
  form.set("channel", channel);
  form.set("user", user);
  form.set("text", text);
  form.set("thread_ts", thread);
  for (const file of files) form.append("file", file, file.name);
  return fetch("/sandbox/post", { method: "POST", body: form }).then(read);
}

// Calls `note` with every change, and `fresh` whenever the connection was made (again).
export function listen(note, fresh) {
  const source = new EventSource("/sandbox/stream");
  source.addEventListener("open", fresh);
  source.addEventListener("message", (event) => note(JSON.parse(event.data)));
}
