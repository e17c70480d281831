(() => {
  for (const box of document.querySelectorAll(".legend input"))
    box.addEventListener("change", () => {
      for (const map of document.querySelectorAll(".map")) map.classList.toggle("hide-" + box.value, !box.checked);
    });
  for (const map of document.querySelectorAll(".map")) {
    const parts = new Map();
    for (const part of map.querySelectorAll("[data-node]")) {
      const node = part.dataset.node;
      parts.has(node) ? parts.get(node).push(part) : parts.set(node, [part]);
    }
    const show = (node, on) => {
      map.classList.toggle("picking", on);
      for (const part of parts.get(node)) part.classList.toggle("on", on);
    };
    for (const dot of map.querySelectorAll("circle")) {
      dot.addEventListener("pointerenter", () => show(dot.dataset.node, true));
      dot.addEventListener("pointerleave", () => show(dot.dataset.node, false));
    }
  }
})();
