// The page that links out of Keepwell lead to. The person's page may not leave its
// origin, neither by a program nor by a click (Connection-Allowlist); this one may,
// by the person's click, and knows nothing but the address in its own.
const address = parse(location.hash.slice(1));
const shown = document.getElementById(address ? "way" : "nowhere");
if (address) {
  shown.href = address.href;
  shown.textContent = address.href;
}
shown.hidden = false;
(address ? shown : document.querySelector("h1")).focus();

function parse(encoded) {
  try {
    const url = new URL(decodeURIComponent(encoded));
    return ["https:", "http:"].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
