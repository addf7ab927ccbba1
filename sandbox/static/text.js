// Text objects.
import { inline, mrkdwn, unescape } from "./mrkdwn.js";

// Nodes of a plain_text or mrkdwn object.
export function textNodes(text) {
  if (!text) return [];
  return text.type === "mrkdwn" ? mrkdwn(text.text) : plainNodes(text.text);
}

// Plain text knows line breaks and emoji only.
function plainNodes(text) {
  return text.split(/(:[a-z0-9_+-]+:|\n)/).flatMap((part) => (/^(:[a-z0-9_+-]+:|\n)$/.test(part) ? inline(part) : [unescape(part)]));
}
