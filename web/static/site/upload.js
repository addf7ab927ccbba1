/* Hands files in, one after the other, and shows what the actors find as they finish. */
const words = JSON.parse(document.querySelector("#words").textContent);
const rows = document.querySelector("#rows");
const shown = new Map();

async function call(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error || answer.statusText);
  return answer.json();
}

async function send(file, row) {
  const { id, url, fields } = await call("/tickets", { name: file.name, type: file.type, size: file.size });
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  const answer = await fetch(url, { method: "POST", body: form });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const { image } = await call(`/tickets/${id}`, {});
  shown.set(image, row);
}

document.querySelector("#files").addEventListener("change", async (event) => {
  for (const file of event.target.files) {
    const row = document.createElement("li");
    row.textContent = `${file.name}: ${words.sending}`;
    rows.append(row);
    await send(file, row).catch((fault) => (row.textContent = `${file.name}: ${fault.message}`));
  }
});

new EventSource("/live").addEventListener("image", (event) => {
  const report = JSON.parse(event.data);
  const row = shown.get(report.id);
  if (row) row.textContent = `${report.source.name}: ${report.state}, ${report.place?.name ?? "no place"}`;
});
