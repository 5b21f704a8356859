// SPDX-License-Identifier: MIT
// undici, which pipelines, run by test_clients_node.py as `node undici_clients.cjs SCENARIO URL`,
// with NODE_PATH. A scenario asks the mirror (mirror.c) and returns what it has seen, which is
// printed as JSON.
const { Client, Pool } = require('undici');

// Whether the response is the one to this request, of the 500 that are asked at once.
async function isInPlace(client, method, number) {
    const path = number % 3 === 2 ? `/body/${number * 100}` : `/head/${number}`;
    const { statusCode, headers, body } = await client.request({ method, path });
    const text = await body.text();
    const length = Number(headers['content-length']);
    if (statusCode !== 200 || text.length !== (method === 'HEAD' ? 0 : length))
        return false;
    return path.startsWith('/body') ? length === number * 100
        : method === 'HEAD' || text.startsWith(`GET ${path}\n`);
}

async function pipeline(url, methodOf) {
    const client = new Client(url, { pipelining: 16 });
    const seen = await Promise.all(Array.from({ length: 500 },
        (_, number) => isInPlace(client, methodOf(number), number)));
    await client.close();
    return { inPlace: seen.filter(Boolean).length };
}

const scenarios = {
    pipeline(url) {
        return pipeline(url, () => 'GET');
    },

    // undici ends a connection behind each HEAD, since some servers send a body with it.
    pipelineWithHead(url) {
        return pipeline(url, (number) => (number % 50 === 49 ? 'HEAD' : 'GET'));
    },

    async pool(url) {
        const pool = new Pool(url, { connections: 4, pipelining: 8 });
        const peers = await Promise.all(Array.from({ length: 400 }, async () => {
            const { body } = await pool.request({ method: 'GET', path: '/peer' });
            return body.text();
        }));
        await pool.close();
        return { peers: new Set(peers).size };
    },

    // What lies in the pipeline behind a response that closes, the server has not answered: the
    // client asks again on another connection.
    async closedInThePipeline(url) {
        const client = new Client(url, { pipelining: 10 });
        const seen = await Promise.all(Array.from({ length: 100 }, async (_, i) => {
            const path = i % 10 === 3 ? '/close' : '/';
            const { body } = await client.request({ method: 'GET', path });
            return [path, await body.text()];
        }));
        await client.close();
        const count = (asked, answer) =>
            seen.filter(([path, text]) => path === asked && text === answer).length;
        return { ok: count('/', 'ok'), closing: count('/close', 'closing') };
    },

    async bodies(url) {
        const client = new Client(url, { pipelining: 10 });
        const seen = await Promise.all(Array.from({ length: 50 }, async (_, i) => {
            const sent = `${i} `.repeat(i * 200);
            const { body } = await client.request({ method: 'PUT', path: '/echo', body: sent });
            return await body.text() === sent;
        }));
        await client.close();
        return { same: seen.filter(Boolean).length };
    },

    async aborted(url) {
        const client = new Client(url, { pipelining: 4 });
        for (let i = 0; i < 10; i++) {
            const { body } = await client.request({ method: 'GET', path: '/body/16777216' });
            body.once('error', () => {});
            body.destroy();
        }
        const { body } = await client.request({ method: 'GET', path: '/' });
        const then = await body.text();
        await client.close();
        return { then };
    },
};

const [scenario, url] = process.argv.slice(2);
scenarios[scenario](url).then((seen) => {
    console.log(JSON.stringify(seen));
    process.exit(0);
});
