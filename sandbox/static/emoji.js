// The emoji that bots and people use most; a name not listed here is shown as :name:.

const EMOJI = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", eyes: "👀", tada: "🎉", heart: "❤️", joy: "😂",
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫",
  mag: "🔍", mag_right: "🔎", camera: "📷", camera_with_flash: "📸", frame_with_picture: "🖼️", round_pushpin: "📍",
  pushpin: "📌", world_map: "🗺️", earth_africa: "🌍", earth_americas: "🌎", earth_asia: "🌏", bust_in_silhouette: "👤",
  busts_in_silhouette: "👥", smiley: "😃", slightly_smiling_face: "🙂", see_no_evil: "🙈", lock: "🔒", unlock: "🔓",
  shield: "🛡️", stopwatch: "⏱️", hourglass: "⌛", hourglass_flowing_sand: "⏳", clock3: "🕒", calendar: "📆", date: "📅",
  rotating_light: "🚨", question: "❓", grey_question: "❔", exclamation: "❗", information_source: "ℹ️", bulb: "💡",
  link: "🔗", package: "📦", inbox_tray: "📥", outbox_tray: "📤", floppy_disk: "💾", wastebasket: "🗑️", pencil2: "✏️",
  gear: "⚙️", wrench: "🔧", robot_face: "🤖", wave: "👋", pray: "🙏", raised_hands: "🙌", fire: "🔥", star: "⭐",
  sparkles: "✨", zap: "⚡", rocket: "🚀", bell: "🔔", no_bell: "🔕", mute: "🔇", speech_balloon: "💬", label: "🏷️",
  bar_chart: "📊", chart_with_upwards_trend: "📈", clipboard: "📋", page_facing_up: "📄", file_folder: "📁",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", white_circle: "⚪", large_blue_circle: "🔵",
  arrows_counterclockwise: "🔄", repeat: "🔁", arrow_right: "➡️", arrow_down: "⬇️", arrow_up: "⬆️", hash: "#️⃣",
  underage: "🔞", peach: "🍑", raised_hand: "✋", ok_hand: "👌", thinking_face: "🤔", confused: "😕", sob: "😭",
  iphone: "📱", computer: "💻", art: "🎨", scissors: "✂️", recycle: "♻️", droplet: "💧", compass: "🧭", mountain: "⛰️",
};

export function emoji(name) {
  const [base] = name.split("::");
  return Object.hasOwn(EMOJI, base) ? EMOJI[base] : `:${name}:`; // `constructor` is no emoji
}

export const PICKABLE = ["eyes", "white_check_mark", "+1", "heart", "tada", "warning"];
