// Opens WebSockets one after another, as a load tool on Node.js would, through the proxy that the environment names, and
// prints how each went:  node open.js URL COUNT
const WebSocket = require("ws");
const { HttpsProxyAgent } = require("https-proxy-agent");

const [url, count] = process.argv.slice(2);
const agent = new HttpsProxyAgent(process.env.HTTPS_PROXY);
const open = [];

function next(n) {
  if (n === 0) return open.forEach((socket) => socket.close(1000));
  const socket = new WebSocket(url, { agent });
  socket.on("open", () => socket.send("n" + n));
  socket.on("message", (data) => { console.log("open", String(data)); open.push(socket); next(n - 1); });
  socket.on("unexpected-response", (_, res) => { console.log("refused", res.statusCode); res.resume(); next(n - 1); });
  socket.on("error", (e) => { console.log("error", e.message); process.exit(1); });
}

next(Number(count));
