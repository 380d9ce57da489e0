// What all pages share: theme, language, keys, news. Everything works without it but slower: forms are forms.
import "./player.js";
import { listen } from "./live.js";
import { keys } from "./keys.js";
import { grid } from "./grid.js";
import { retakes } from "./retakes.js";
import { drop } from "./drop.js";
import { comments } from "./comments.js";

const YEAR = 365 * 24 * 3600;
const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=strict`; };

document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  remember("desk_theme", root.dataset.theme);
});
document.querySelector("[data-language]")?.addEventListener("click", (event) => {
  remember("desk_language", event.currentTarget.dataset.language);
  location.href = document.querySelector("article.shot")?.dataset.at ?? location.href;
});
document.querySelector("form[data-at-once]")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
document.querySelector("form[data-at-once]")?.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "" || (name === "sort" && value === "list")) event.formData.delete(name);
});

// A tile's film that is no longer there is said in words, not by a browser's sign for it; others have their `alt`.
const FILMS = ".picture[data-gone] > img";
document.addEventListener("error", ({ target }) => { if (target.matches?.(FILMS)) target.classList.add("broken"); }, true);
for (const each of document.querySelectorAll(FILMS)) if (each.complete && each.currentSrc && !each.naturalWidth) each.classList.add("broken");

keys();
grid();
retakes();
drop();
comments();
for (const toast of document.querySelectorAll("[data-passing]")) setTimeout(() => toast.remove(), Number(toast.dataset.passing));
listen();
