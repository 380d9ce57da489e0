// What the lint says while a prompt is typed, and what simplifying would leave of it.
const QUIET = 350;

export function retakes() {
  const prompt = document.querySelector("textarea[data-lint]");
  if (!prompt) return;
  let timer = null, asked = null;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const form = new FormData();
    form.set("prompt", prompt.value);
    form.set("seconds", prompt.form.elements.seconds.value || prompt.form.elements.seconds.placeholder);
    try {
      const answer = await fetch(prompt.dataset.lint, { method: "POST", body: form, signal: asked.signal });
      if (answer.ok) document.getElementById("lint").innerHTML = await answer.text();
    } catch (error) { if (error.name !== "AbortError") throw error; }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, QUIET); };
  prompt.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  prompt.addEventListener("compositionend", soon);
  prompt.closest("details").addEventListener("toggle", (event) => { if (event.currentTarget.open) soon(); });
}
