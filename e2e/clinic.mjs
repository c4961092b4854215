// The server of a portal that serves Keepwell's files itself.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { extname, join } from "node:path";
import { builtSite } from "./harness.mjs";

/** The Content-Security-Policy that docs/embedding.md asks of such a portal's page. */
export const needed = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; worker-src 'self'";

const enginePolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'";
const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves pages, by path [content, headers], and Keepwell's files below /keepwell/, and
 * below /bare/ without the engine's header: {origin, stop}.
 */
export async function startClinic(pages) {
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [, folder, file] = pathname.match(/^\/(keepwell|bare)\/(.*)$/) ?? [];
    try {
      const [content, headers] = pages[pathname] ?? [await readFile(join(builtSite, folder ? file || "index.html" : "nowhere")), {}];
      const kind = pages[pathname] || file === "" ? "text/html" : types[extname(pathname)] ?? "application/octet-stream";
      const policy = folder === "keepwell" && file.startsWith("assets/engine.") ? { "Content-Security-Policy": enginePolicy } : {};
      response.writeHead(200, { "Content-Type": kind, ...policy, ...headers }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://localhost:${server.address().port}`, stop: () => server.close() };
}
