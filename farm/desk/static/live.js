// What others do and what the farm makes appears by itself. A tab that nobody looks at listens to nothing:
// a browser has six connections for all its tabs.
const QUIET = 120; // milliseconds in which news are gathered
const COUNTS = 900; // and those in which the counts of states are

const AGAIN = 5000; // after which a stream that the desk refused is asked for again
const MOST = 50; // tiles in one address

let turn = Promise.resolve();
const inTurn = (work) => { turn = turn.catch(() => {}).then(work); }; // an old answer never comes over a new one
let source = null;
let gathered = new Map(); // production → codes
let timer = null;
let counts = null;

export function listen() {
  if (!("news" in document.body.dataset)) return; // who is not known hears nothing
  const start = () => { if (!document.hidden && !source) open(); };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { start(); refreshAll(); }
  });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  start();
}

function open() {
  source = new EventSource(`/live?after=${document.body.dataset.news}`);
  source.onopen = () => { document.getElementById("lost").hidden = true; };
  source.onerror = () => {
    document.getElementById("lost").hidden = false;
    if (source?.readyState !== EventSource.CLOSED) return; // it comes back by itself
    source = null;
    setTimeout(() => { if (!document.hidden && !source) open(); }, AGAIN);
  };
  source.onmessage = (event) => {
    document.body.dataset.news = event.lastEventId || document.body.dataset.news;
    if (event.data === "[]") { refreshAll(); return; } // more happened than was told
    for (const { production, shot } of JSON.parse(event.data)) {
      if (!gathered.has(production)) gathered.set(production, new Set());
      gathered.get(production).add(shot);
    }
    timer ??= setTimeout(() => { timer = null; const news = gathered; gathered = new Map(); inTurn(() => refresh(news)); }, QUIET);
  };
}

async function fetched(address) {
  let answer;
  try { answer = await fetch(address, { headers: { "X-Part": "1" } }); } catch { return null; } // no desk is there
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function refreshAll() {
  const tiles = document.getElementById("tiles");
  if (tiles) inTurn(() => refresh(new Map([[tiles.dataset.production, new Set([...tiles.querySelectorAll("[data-shot]")].map((each) => each.dataset.shot))]])));
  else inTurn(() => refresh(null));
}

async function refresh(news) {
  const tiles = document.getElementById("tiles");
  const shot = document.querySelector("article.shot");
  if (tiles) await refreshTiles(tiles, news?.get(tiles.dataset.production));
  else if (shot) { if (!news || news.get(shot.dataset.production)?.has(shot.dataset.code)) await refreshShot(); }
  else for (const part of document.querySelectorAll("[data-live]")) await swap(part.dataset.live + location.search, [`[data-live="${part.dataset.live}"]`]);
}

async function refreshTiles(tiles, codes) {
  const shown = [...(codes ?? [])].filter((code) => tiles.querySelector(`[data-shot="${CSS.escape(code)}"]`));
  for (let from = 0; from < shown.length; from += MOST) {
    const query = new URLSearchParams(location.search);
    shown.slice(from, from + MOST).forEach((code) => query.append("code", code));
    const page = await fetched(`${location.pathname}/tiles?${query}`);
    for (const fresh of page?.querySelectorAll("[data-shot]") ?? []) {
      const old = tiles.querySelector(`[data-shot="${CSS.escape(fresh.dataset.shot)}"]`);
      if (!old) continue;
      const box = fresh.querySelector("input");
      if (box) box.checked = old.querySelector("input")?.checked ?? false;
      const focused = old.contains(document.activeElement) ? document.activeElement.className || document.activeElement.tagName : null;
      fresh.classList.toggle("at", old.classList.contains("at"));
      keepOver(old, fresh);
      old.replaceWith(fresh);
      if (focused) (fresh.querySelector("." + focused) ?? fresh.querySelector(focused) ?? fresh.querySelector("a")).focus({ preventScroll: true });
    }
  }
  if (codes?.size) counts ??= setTimeout(() => { counts = null; inTurn(() => swap(`${location.pathname}/states${location.search}`, ["#states"])); }, COUNTS);
}

// What somebody looks through under the pointer stays over the same film.
function keepOver(old, fresh) {
  const from = old.querySelector("[data-film]"), to = fresh.querySelector("[data-film]");
  if (!from || from.dataset.film !== to?.dataset.film) return;
  for (const over of from.querySelectorAll(".strip, .strip-at, video")) {
    to.append(over);
    if (over.matches("video")) setTimeout(() => over.play().catch(() => {}));
  }
}

async function refreshShot() {
  const shot = document.querySelector("article.shot"); // the address of a page that refused leads nowhere
  await swap(shot.dataset.at, ["#standing", "#takes", "#about", "#history", "#comments-list", "form.decision .buttons", 'form.decision [name="newest"]', 'form.decision [name="known"]', '#retake [name="newest"]', '#retake [name="known"]', "#priority", "#retake", "#stage"]);
  document.querySelector("take-player")?.renewed();
}

// Parts are exchanged where they differ, never one in which somebody types.
async function swap(address, selectors) {
  const page = await fetched(address);
  if (!page) return;
  for (const selector of selectors) {
    const old = document.querySelector(selector), fresh = page.querySelector(selector);
    if (selector === "#retake") { if (old && fresh) old.hidden = fresh.hidden; continue; } // what is typed in it stays
    if (!old || !fresh || old.outerHTML === fresh.outerHTML || typing(old)) continue;
    if (selector === "#stage") { addTakes(old, fresh); continue; }
    for (const each of [old, ...old.querySelectorAll("details[id]")].filter((part) => part.matches("details"))) {
      const now = each === old ? fresh : fresh.querySelector(`#${each.id}`);
      if (now) now.open = each.open;
    }
    old.replaceWith(fresh);
  }
}

function typing(part) {
  const now = document.activeElement;
  return part.contains(now) && now.matches("input:not([type=checkbox]), textarea, select");
}

// A film that plays goes on playing: only screens that were not there are added.
function addTakes(old, fresh) {
  if (fresh.querySelector("video")) old.querySelector(":scope > .still")?.remove();
  for (const screen of fresh.querySelectorAll(".screen[data-take]")) {
    const there = old.querySelector(`.screen[data-take="${screen.dataset.take}"]`);
    if (!there) { screen.hidden = true; old.append(screen); }
    else if (!there.querySelector("video") && screen.querySelector("video")) { screen.hidden = there.hidden; there.replaceWith(screen); }
  }
}
