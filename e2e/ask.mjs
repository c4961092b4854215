// Asking a server of the site as no browser would: any path, method and content.
import { readdir } from "node:fs/promises";
import http from "node:http";
import { builtSite } from "./harness.mjs";

/** Names of all files of the built site, compressed ones included. */
export async function namesOfSite() {
  return (await readdir(builtSite, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(builtSite.length + 1));
}

/** Asks an origin for a path as it is written, which fetch would tidy up: {status, headers, body}. */
export function askFor(origin, path, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = http.request({ hostname, port, path, method, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}
