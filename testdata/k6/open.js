// Opens as many sockets at a time as there are virtual users, each for HOLD ms, and
// says how each went.
import ws from "k6/ws";

export const options = { vus: 3, iterations: 3 };

export default function () {
  const answer = ws.connect(__ENV.TARGET, {}, (socket) => {
    socket.on("open", () => socket.setTimeout(() => socket.close(), Number(__ENV.HOLD)));
    socket.on("error", () => {}); // the status says it
  });
  console.log(`status ${answer.status}`);
}
