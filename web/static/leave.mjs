// The page that links out of Keepwell lead to. The person's page may not leave its
// origin, neither by a program nor by a click (Connection-Allowlist); this one may,
// by the person's click, and knows nothing but the address in its own.
const address = parse(decodeURIComponent(location.hash.slice(1)));
const shown = document.getElementById(address ? "way" : "nowhere");
if (address) {
  shown.href = address.href;
  shown.textContent = address.href;
}
shown.hidden = false;
(address ? shown : document.querySelector("h1")).focus();

function parse(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ["https:", "http:"].includes(url.protocol) ? url : undefined;
}
