import { play } from "./grid.js";

// Keys. Off while somebody types, and while an input method composes.
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=range]), textarea, select, [contenteditable]");

let byPointer = false; // whether the focus is where it is because somebody pressed there

export function keys() {
  const table = document.getElementById("keys");
  document.addEventListener("pointerdown", () => { byPointer = true; }, true);
  reasons();
  document.querySelector("[data-keys]")?.addEventListener("click", () => table.showModal());
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab") byPointer = false;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    // A key that is held down decides once: the next shot has not been looked at.
    if (typing(event.target) || table.open || (event.repeat && !/^([,.]|Arrow.*)$/.test(event.key))) return;
    const act = action(event.key, event.target);
    if (act) { event.preventDefault(); act(); }
  });
  swipes();
}

function action(key, target) {
  if (key === "?") return () => document.getElementById("keys").showModal();
  if (key === "u" || key === "U") return click("[data-undo]");
  const player = document.querySelector("take-player");
  if (player) return onShot(key.length === 1 ? key.toLowerCase() : key, target, player);
  if (document.getElementById("tiles")) return onGrid(key.length === 1 ? key.toLowerCase() : key, target);
  return null;
}

const click = (selector) => {
  const found = document.querySelector(selector);
  return found ? () => found.click() : null;
};
const focus = (selector) => {
  const found = document.querySelector(selector);
  return found ? () => { const within = found.closest("details"); if (within) within.open = true; found.focus(); found.setSelectionRange?.(found.value.length, found.value.length); } : null;
};

function onShot(key, target, player) {
  if (/^[1-9]$/.test(key)) return () => player.look(Number(key));
  switch (key) {
    case " ": return target.closest("button, summary, a, input[type=checkbox]") && !byPointer ? null : () => { if (target !== document.body) target.blur(); player.toggle(); };
    case ",": case "ArrowLeft": return target.matches("input") ? null : () => player.step(-1);
    case ".": case "ArrowRight": return target.matches("input") ? null : () => player.step(1);
    case "f": return () => player.flip();
    case "w": return () => player.mode("wipe");
    case "a": return click('[data-key="a"]');
    case "r": return document.querySelector('[data-key="r"]') ? () => { const why = document.querySelector(".decision [name=why]"); why.form.classList.add("armed"); why.focus(); } : null;
    case "t": return focus("#retake textarea");
    case "c": return focus("#comment-text");
    case "j": return click('a[rel="next"]');
    case "k": return click('a[rel="prev"]');
    default: return null;
  }
}

function onGrid(key, target) {
  const tiles = [...document.querySelectorAll(".tile")];
  const at = tiles.findIndex((tile) => tile.classList.contains("at"));
  const go = (to) => () => {
    const next = tiles[Math.max(0, Math.min(tiles.length - 1, to))];
    tiles[at]?.classList.remove("at");
    next.classList.add("at");
    next.scrollIntoView({ block: "nearest" });
    next.querySelector(".picture").focus({ preventScroll: true });
  };
  const across = () => { const top = tiles[0].offsetTop; return Math.max(1, tiles.findIndex((tile) => tile.offsetTop > top)); };
  if (!tiles.length) return null;
  switch (key) {
    case "j": case "ArrowRight": return go(at + 1);
    case "k": case "ArrowLeft": return go(at - 1);
    case "ArrowDown": return go(at + across());
    case "ArrowUp": return go(at - across());
    case " ": {
      const film = (target.closest(".tile") ?? tiles[at])?.querySelector("[data-film]");
      return film && !target.closest("button, input, summary") ? () => play(film) : null;
    }
    case "x": return at < 0 ? null : () => tiles[at].querySelector("input")?.click();
    case "Enter": return at < 0 || target.closest("a, button") ? null : () => tiles[at].querySelector("a").click();
    default: return null;
  }
}

// R asks for the reason, and Enter there rejects; Escape, or going elsewhere, leaves all as it is.
function reasons() {
  const form = document.querySelector("form.decision"), why = form?.elements.why;
  if (!why) return;
  why.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (form.classList.contains("armed")) form.querySelector('[data-key="r"]')?.click();
  });
  why.addEventListener("blur", () => setTimeout(() => form.classList.remove("armed")));
}

// A finger that goes far sideways over the stage means the next shot, or the one before.
function swipes() {
  const stage = document.querySelector(".stage");
  if (!stage) return;
  let from = null;
  stage.addEventListener("touchstart", (event) => { from = event.touches.length === 1 && !event.target.closest(".marking") ? event.touches[0] : null; }, { passive: true });
  stage.addEventListener("touchend", (event) => {
    if (!from) return;
    const to = event.changedTouches[0], across = to.clientX - from.clientX, down = to.clientY - from.clientY;
    if (Math.abs(across) > 64 && Math.abs(across) > 2 * Math.abs(down)) document.querySelector(across < 0 ? 'a[rel="next"]' : 'a[rel="prev"]')?.click();
    from = null;
  }, { passive: true });
}
