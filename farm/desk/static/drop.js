// Files may be dropped anywhere on the page of lists.
export function drop() {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const input = form.querySelector('input[type="file"]');
  for (const kind of ["dragenter", "dragover"]) addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}
