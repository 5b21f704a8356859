// SPDX-License-Identifier: MIT
// Node's own clients, run by test_clients_node.py as `node node_clients.mjs SCENARIO URL`. A
// scenario asks the mirror (mirror.c) and returns what it has seen, which is printed as JSON.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const large = 'seal'.repeat(50000);

// One request by http.request: the status, the body, and whether the connection was used before.
async function ask(url, options = {}, body = undefined) {
    const request = http.request(url, options);
    request.end(body);
    const [response] = await once(request, 'response');
    return { status: response.statusCode, body: await text(response),
             reused: request.reusedSocket };
}

function times(count, make) {
    return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

// A body without a length, which goes in chunks.
function inPieces() {
    return new ReadableStream({
        start(controller) {
            for (let at = 0; at < large.length; at += 10000)
                controller.enqueue(Buffer.from(large.slice(at, at + 10000)));
            controller.close();
        },
    });
}

export const scenarios = {
    async fetchInTurn(url) {
        const peers = new Set();
        for (let i = 0; i < 100; i++)
            peers.add(await (await fetch(`${url}/peer`)).text());
        return { peers: peers.size };
    },

    async fetchInParallel(url) {
        const bodies = await times(200, async (i) => (await fetch(`${url}/head/${i}`)).text());
        return { inPlace: bodies.filter((body, i) => body.startsWith(`GET /head/${i}\n`)).length };
    },

    async fetchBodies(url) {
        const seen = [];
        const form = new URLSearchParams({ q: 'a b' });
        for (const body of [large, new Blob([large]), form, inPieces()]) {
            const response = await fetch(`${url}/echo`, { method: 'POST', body, duplex: 'half' });
            seen.push([response.status, (await response.text()).length]);
        }
        const head = await fetch(`${url}/body/1000`, { method: 'HEAD' });
        const missing = await fetch(`${url}/nowhere`);
        return { seen, length: head.headers.get('content-length'), missing: missing.status,
                 text: (await missing.text()).slice(0, 3) };
    },

    async fetchAborted(url) {
        let aborted = 0;
        for (let i = 0; i < 10; i++) {
            const abort = new AbortController();
            const response = await fetch(`${url}/body/16777216`, { signal: abort.signal });
            const reader = response.body.getReader();
            await reader.read();
            abort.abort();
            await reader.read().catch((error) => { aborted += error.name === 'AbortError'; });
        }
        return { aborted, then: await (await fetch(url)).text() };
    },

    async agentLimits(url) {
        const seen = {};
        for (const scheduling of ['fifo', 'lifo']) {
            const agent = new http.Agent({ keepAlive: true, maxSockets: 4, scheduling });
            const peers = await times(200, () => ask(`${url}/peer`, { agent }));
            agent.destroy();
            seen[scheduling] = new Set(peers.map(({ body }) => body)).size;
        }
        return seen;
    },

    async agentWithoutKeepAlive(url) {
        const agent = new http.Agent({ keepAlive: false });
        const seen = await times(20, () => ask(url, { agent }));
        return { ok: seen.filter(({ body }) => body === 'ok').length,
                 reused: seen.filter(({ reused }) => reused).length };
    },

    // The server closes the idle connection; the agent notices, and the next request has another.
    async agentLeftIdle(url) {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const first = await ask(url, { agent });
        const [[socket]] = Object.values(agent.freeSockets);
        socket.ref(); // or there would be nothing to wait for
        await once(socket, 'close');
        const second = await ask(url, { agent });
        agent.destroy();
        return { first, second };
    },

    // The body is sent when the server has said that it wants it.
    async expectContinue(url) {
        const headers = { Expect: '100-continue', 'Content-Length': large.length };
        const request = http.request(`${url}/echo`, { method: 'POST', headers });
        request.flushHeaders();
        await once(request, 'continue');
        request.end(large);
        const [response] = await once(request, 'response');
        return { status: response.statusCode, whole: await text(response) === large };
    },

    async expectRefusal(url) {
        const seen = [];
        for (const [path, length] of [['/nowhere', 10], ['/peer', 10], ['/echo', 1 << 24]]) {
            const headers = { Expect: '100-continue', 'Content-Length': length };
            const request = http.request(url + path, { method: 'POST', headers });
            request.flushHeaders();
            request.on('continue', () => seen.push('continue'));
            const [response] = await once(request, 'response');
            seen.push(response.statusCode);
            await text(response);
            request.destroy();
        }
        return { seen };
    },

    async trailers(url) {
        const request = http.request(`${url}/echo`, { method: 'POST',
                                                      headers: { Trailer: 'Digest' } });
        request.write('begin ');
        request.addTrailers({ Digest: 'sha-256=seal' });
        request.end('end');
        const [response] = await once(request, 'response');
        return { body: await text(response) };
    },

    async upgrade(url) {
        const seen = [];
        for (const protocol of ['websocket', 'h2c'])
            seen.push(await ask(url, { headers: { Connection: 'Upgrade', Upgrade: protocol } }));
        return { seen };
    },

    async http2(url) {
        const session = http2.connect(url);
        const [error] = await once(session, 'error');
        return { error: error.code, then: (await ask(url)).body };
    },

    async https(url) {
        const request = https.get(url.replace('http:', 'https:'));
        const [error] = await once(request, 'error');
        return { error: error.code, then: (await ask(url)).body };
    },
};

const [scenario, url] = process.argv.slice(2);
console.log(JSON.stringify(await scenarios[scenario](url)));
process.exit(0);
