// SPDX-License-Identifier: MIT
// undici, which pipelines, run by test_clients_node.py as `node undici_clients.cjs SCENARIO URL`; it
// finds the package by NODE_PATH. A scenario asks the mirror (mirror.c) and returns what it has
// seen, which is printed as JSON.
const { Client, Pool } = require('undici');

const scenarios = {
    // Each response has to belong to its request.
    async pipeline(url) {
        const client = new Client(url, { pipelining: 16 });
        const seen = await Promise.all(Array.from({ length: 500 }, async (_, i) => {
            const method = i % 5 === 4 ? 'HEAD' : 'GET';
            const path = i % 3 === 2 ? `/body/${i * 100}` : `/head/${i}`;
            const { statusCode, headers, body } = await client.request({ method, path });
            const got = await body.text();
            const length = Number(headers['content-length']);
            const wanted = path.startsWith('/body') ? length === i * 100
                : method === 'HEAD' || got.startsWith(`GET /head/${i}\n`);
            return statusCode === 200 && wanted && got.length === (method === 'HEAD' ? 0 : length);
        }));
        await client.close();
        return { inPlace: seen.filter(Boolean).length };
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
        return { ok: seen.filter(([path, text]) => path === '/' && text === 'ok').length,
                 closing: seen.filter(([path, text]) => path !== '/' && text === 'closing').length };
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
            const { body } = await client.request({ method: 'GET', path: '/body/33554432' });
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
