// Draws docs/page.png anew: the page as she sees it, in both themes, from real sessions.
//
//   node tests/page/picture.mjs

import { writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, Room, journal, pause } from "./room.mjs";

const SCREEN = [360, 640];
const shots = [];
const endings = [];
const held = { after: (end) => endings.push(end) };

for (const dark of [false, true]) {
  const take = async (room) => shots.push(await room.page.screenshot({ encoding: "base64" }));
  const room = await Room.open(held, { screen: SCREEN, dark, kept: { journal: journal(30) } });
  await room.ready();
  await take(room);
  await room.start();
  await room.goesOn((view) => view.question?.[0] === 1 && view.phase === "asking");
  await pause(500);
  await take(room);
  const rest = await Room.open(held, { page: "rest.html", screen: SCREEN, dark });
  await rest.start();
  await rest.goesOn((view) => view.breath?.phase === "out", 300);
  await pause(1000);
  await take(rest);
  await rest.touch();
  await rest.says("Paused.", 10);
  await take(rest);
}

const sheet = await Room.open(held, { screen: [1480, 1300], script: false, url: "about:blank" });
const pictures = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`).join("");
await sheet.page.setContent(`<style>body{margin:8px;background:#888}img{width:350px;margin:6px}</style>${pictures}`);
writeFileSync(path.join(ROOT, "docs/page.png"), await sheet.page.screenshot({ captureBeyondViewport: false }));
await Promise.all(endings.map((end) => end()));
