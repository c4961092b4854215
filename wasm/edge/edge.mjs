// The Worker: hands requests to wasm/edge by way of the adapter, which is written
// beside it (internal/build).
import adapter from "./worker.mjs";

export default {
  async fetch(request, env, context) {
    let response;
    try {
      response = await adapter.fetch(asSent(request), env, context);
    } catch {
      // An address that Go can't read. The error names it, and its query, for the log.
      return new Response("400 Bad Request", { status: 400 });
    }
    const { body, status, statusText, headers } = response;
    // What has an encoding is encoded already: the runtime would compress it once more.
    return new Response(body, { status, statusText, headers, encodeBody: "manual" });
  },
};

// asSent gives a request the encodings that the client takes. Cloudflare asks for
// "br, gzip" in any case, and says beside it what it replaced.
function asSent(request) {
  const takes = request.cf?.clientAcceptEncoding;
  if (takes === undefined) return request;
  const headers = new Headers(request.headers);
  headers.set("Accept-Encoding", takes);
  return new Request(request, { headers });
}
